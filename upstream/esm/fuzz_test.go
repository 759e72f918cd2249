package esm_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/esm"
)

// readAgain decodes wire, and fails when storing the record and reading it again changes it. It is false when wire is
// no JSON or no record.
func readAgain[R any](t *testing.T, wire []byte) (R, bool) {
	t.Helper()
	var first, second R
	if err := json.Unmarshal(wire, &first); err != nil {
		return first, false
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
