package esm_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// decoders reads the answers of every operation of ESM by the type that the client uses.
func decoders() map[string]func(t *testing.T, body string) (rows []any) {
	return map[string]func(t *testing.T, body string) []any{
		"listHostPhysicalCapacity":      page[esm.PhysicalCapacity],
		"listCloudServiceCapacity":      page[esm.ServiceCapacity],
		"listCloudAuditLogs":            page[esm.AuditLog],
		"listDeviceAssets":              page[esm.DeviceAsset],
		"listCloudServiceAlarms":        page[esm.Alarm],
		"listDeviceAlarms":              page[esm.Alarm],
		"listHostMetricData":            page[esm.HostMetric],
		"listHostPerformanceData":       page[esm.HostPerformance],
		"listElbv3Capacity":             page[esm.LoadBalancerCluster],
		"listCloudResourceInstanceData": page[esm.ResourceInstance],
		"listNetworkDeviceMetricData":   page[esm.NetworkDeviceMetric],
		"listHostDetails":               page[esm.HostDetail],
		"listEcsPerformance":            page[esm.VMPerformance],
		"listHostVms":                   page[esm.HostVMs],
		"listTenantInstanceData": func(t *testing.T, body string) []any {
			t.Helper()
			return []any{decode[esm.TenantInstances](t, body)}
		},
		"listMeterJobSdrs": func(t *testing.T, body string) []any {
			t.Helper()
			var rows []any
			for _, record := range decode[esm.MeterJobPage](t, body).Records {
				rows = append(rows, record)
			}
			return rows
		},
		"getMeterQueryJob": one[esm.MeterJobState],
		"getScreenData":    one[json.RawMessage],
		"createMeterQueryJob": func(t *testing.T, body string) []any {
			t.Helper()
			return []any{decode[map[string]any](t, body)} // its type is the client's own; requests_test.go reads it
		},
	}
}

// page reads a page of rows. Each is a struct that one pass reads: encoding/json takes several times as long.
func page[R any](t *testing.T, body string) []any {
	t.Helper()
	if _, plain := loose.NewReader[R]().Read([]byte("{}"), 0, new(R)); !plain {
		t.Errorf("%T is left to encoding/json", *new(R))
	}
	list := decode[rest.Page[R]](t, body)
	for _, bad := range list.Bad {
		t.Errorf("row cannot be read: %v", bad.Err)
	}
	rows := make([]any, 0, len(list.List))
	for _, row := range list.List {
		rows = append(rows, row)
	}
	return rows
}

func one[R any](t *testing.T, body string) []any {
	t.Helper()
	return []any{decode[R](t, body)}
}

func decode[T any](t *testing.T, body string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("decode: %v", err)
	}
	return value
}

// TestEveryExample reads every answer of ESM in the reference, the documents' own texts with descriptions in the place
// of values included. Each row is encoded again as it was sent: no field is lost in a cache.
func TestEveryExample(t *testing.T) {
	files, err := os.ReadDir(examples)
	if err != nil {
		t.Fatal(err)
	}
	read, known := map[string]int{}, decoders()
	for _, file := range files {
		operation, _, _ := strings.Cut(file.Name(), ".")
		decoder, ours := known[operation]
		if !ours || strings.HasSuffix(file.Name(), ".request.json") {
			continue
		}
		read[operation]++
		t.Run(strings.TrimSuffix(file.Name(), ".json"), func(t *testing.T) {
			body := example(t, file.Name())
			rows := decoder(t, body)
			want := sentRows(t, body)
			if len(rows) != len(want) {
				t.Fatalf("got %d rows, want %d", len(rows), len(want))
			}
			for i, row := range rows {
				if diff := cmp.Diff(want[i], stored(t, row)); diff != "" {
					t.Errorf("row %d changed:\n%s", i, diff)
				}
			}
		})
	}
	for _, spec := range esm.Endpoints() {
		if read[spec.Operation] == 0 {
			t.Errorf("the reference has no answer of %s", spec.Operation)
		}
	}
}

// sentRows is the rows of an answer, or the answer itself when it has none.
func sentRows(t *testing.T, body string) []any {
	t.Helper()
	document := decode[map[string]any](t, body)
	for _, key := range []string{"list", "data"} {
		if list, ok := document[key].([]any); ok {
			return list
		}
	}
	return []any{document}
}

// stored is a row as a cache keeps it.
func stored(t *testing.T, row any) any {
	t.Helper()
	if instances, ok := row.(esm.TenantInstances); ok {
		row = instances.Rows[0]
	}
	encoded, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	return decode[any](t, string(encoded))
}
