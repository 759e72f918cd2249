package esm_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// readAgain decodes wire, and fails when storing the record and reading it again changes it, or when a reader of lists
// reads another. It is false when wire is no JSON or no record.
func readAgain[R any](t *testing.T, wire []byte) (R, bool) {
	t.Helper()
	var first, second, listed R
	end, quick := loose.NewReader[R]().Read(wire, 0, &listed)
	quick = quick && end == len(wire)
	if err := json.Unmarshal(wire, &first); err != nil {
		if quick {
			t.Fatalf("%s is read in a list: %v", wire, err)
		}
		return first, false
	}
	if diff := cmp.Diff(first, listed); quick && diff != "" {
		t.Fatalf("%s is another record in a list:\n%s", wire, diff)
	}
	stored, err := json.Marshal(first)
	if err != nil {
		t.Fatalf("encode %s: %v", wire, err)
	}
	if err := json.Unmarshal(stored, &second); err != nil {
		t.Fatalf("decode %s again: %v", stored, err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Fatalf("%s changed when it was stored as %s:\n%s", wire, stored, diff)
	}
	return first, true
}

func FuzzHostDetail(f *testing.F) {
	for _, seed := range []string{
		`{"HOST_ID":"h","DISK":"[{\"disk\":\"/dev/sda:599.0GB\"} {\"disk\":\"b\"}]","CPU":"[{\"cores\":\"22\"}]"}`,
		`{"MEMORY":[{"size":"32 GB"}],"DISK":[{"disk":5}],"CPU":"null"}`, `{"DISK":"\"disk\":\"\""}`, `{"HOST_ID":{}}`, `[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		host, ok := readAgain[esm.HostDetail](t, wire)
		if !ok {
			return
		}
		if disks, found := host.Disks(); len(disks) > 0 && !found {
			t.Fatalf("%s: disks beside ok = false", wire)
		}
	})
}

func FuzzAlarm(f *testing.F) {
	for _, seed := range []string{
		`{"csn":"1","count":94,"cleared":"0","LogicalRegionId":"cn-east-206","meDn":"","ack_utc":null,"ext_info":{"a":[1]}}`,
		`{"CSN":1,"csn":"2","first_occur_utc":1793578340000,"moi":"a\"b","region":"\u534e\u4e1c"}`, `{"csn":[]}`, `{"csn":tru}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, wire []byte) { readAgain[esm.Alarm](t, wire) })
}

// TestListsAreReadInOnePass has the rows of the large lists read without encoding/json.
func TestListsAreReadInOnePass(t *testing.T) {
	for name, ok := range map[string]bool{
		"alarms": inOnePass[esm.Alarm](), "hosts": inOnePass[esm.HostDetail](), "devices": inOnePass[esm.DeviceAsset](),
		"audit events": inOnePass[esm.AuditLog](), "instances": inOnePass[esm.ResourceInstance](),
		"clusters": inOnePass[esm.LoadBalancerCluster](), "machines": inOnePass[esm.HostVMs](),
		"metrics": inOnePass[esm.HostMetric](), "network metrics": inOnePass[esm.NetworkDeviceMetric](),
		"performance": inOnePass[esm.HostPerformance](), "machines' performance": inOnePass[esm.VMPerformance](),
	} {
		if !ok {
			t.Errorf("rows of %s are left to encoding/json", name)
		}
	}
}

func inOnePass[R any]() bool {
	_, ok := loose.NewReader[R]().Read([]byte(`{}`), 0, new(R))
	return ok
}

func FuzzHostVMs(f *testing.F) {
	for _, seed := range []string{
		`{"host_id":"h","vm_list":"[['', '', 'Euler', '[{\"cores\":\"1\"}]']]"}`, `{"vm_list":[["a",null,1,[{"cores":1}]]]}`,
		`{"vm_list":"[]"}`, `{"vm_list":"[['a'"}`, `{"vm_list":null}`, `{"vm_list":{"<":1}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		host, ok := readAgain[esm.HostVMs](t, wire)
		if !ok {
			return
		}
		if machines, read := host.VMs(); read == (machines == nil) || read && host.VMList.IsAbsent() {
			t.Fatalf("%s: %d machines beside ok = %v", wire, len(machines), read)
		}
	})
}

func FuzzServiceCapacity(f *testing.F) {
	for _, seed := range []string{
		`{"available":"132"}`, `{"KEY":"7"}`, `{"available":"null","KEY":7}`, `{"available":null,"KEY":"null"}`, `{"KEY":[]}`,
		`null`,
	} {
		f.Add([]byte(misspell(seed)))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		readAgain[esm.ServiceCapacity](t, wire)
		readAgain[esm.PhysicalCapacity](t, wire)
	})
}

func FuzzUsageRecord(f *testing.F) {
	for _, seed := range []string{
		`{"resource_id":"i","begin_time":"20240920070000","new":{"a":["<b>"]}}`, `{"region_code":{}}`, `[1]`, `"\u2028"`,
		`null`, `{"a":1,"a":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		if _, ok := readAgain[esm.UsageRecord](t, wire); ok != json.Valid(wire) {
			t.Fatalf("%s: read %v, valid JSON %v", wire, ok, json.Valid(wire))
		}
	})
}
