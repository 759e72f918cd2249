package esm_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestRefusals checks the kind of error that each refusal of ESM becomes, and how often a read is sent.
func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		kind   rest.Kind
	}{
		{"Quirk082 interface not found", http.StatusNotFound, rest.NotFound},
		{"Quirk083 no right", http.StatusForbidden, rest.Forbidden},
		{"parameters", http.StatusBadRequest, rest.Rejected},
	} {
		t.Run(test.name, func(t *testing.T) {
			client,
				server := serve(t, esm.Options{}, func(recorded) (int, string) { return test.status, example(t, "error.esm.json") })
			_, err := client.DeviceAssets(t.Context())
			if rest.KindOf(err) != test.kind {
				t.Errorf("got error %v, want %v", err, test.kind)
			}
			if len(server.seen()) != 1 {
				t.Errorf("sent %d requests, want one", len(server.seen()))
			}
		})
	}
}

func TestQuirk077ReadByPostIsRepeated(t *testing.T) {
	answers := []int{http.StatusServiceUnavailable, http.StatusOK}
	client, server := serve(t, esm.Options{}, func(recorded) (int, string) {
		status := answers[0]
		answers = answers[1:]
		return status, `{"data":[{"resource_id":"1"}]}`
	})
	page, err := client.MeterJobRecords(t.Context(), domainID, jobID, "", 10)
	if err != nil || len(page.Records) != 1 || !page.Marker.IsAbsent() {
		t.Errorf("%d records, error %v", len(page.Records), err)
	}
	if len(server.seen()) != 2 {
		t.Errorf("sent %d requests, want 2", len(server.seen()))
	}
}

func TestQuirk081RedirectOfAScreenIsNotFollowed(t *testing.T) {
	client, server := serve(t, esm.Options{}, func(recorded) (int, string) { return http.StatusFound, "" })
	if _, err := client.ScreenData(t.Context(), "share-1"); rest.KindOf(err) != rest.BadResponse {
		t.Errorf("got error %v, want a bad response", err)
	}
	for _, request := range server.seen() {
		if request.Path != "/rest/dlvapp-engine/v1/screens/data/share-1" {
			t.Errorf("went on to %s", request.Path)
		}
	}
}

func TestQuirk101ScreenIsAnyJSON(t *testing.T) {
	for _, body := range []string{`{"a":[1,{"b":null}]}`, `[1,2]`, `"text"`, `5`} {
		client, _ := serve(t, esm.Options{}, func(recorded) (int, string) { return http.StatusOK, body })
		got, err := client.ScreenData(t.Context(), "share-1")
		if err != nil || string(got) != body {
			t.Errorf("%s comes as %s, %v", body, got, err)
		}
	}
}

func TestQuirk101TenantInstancesInAnyEnvelope(t *testing.T) {
	for body, rows := range map[string]int{
		`{"total":2,"list":[{"a":1},"b"]}`: 2,
		`[{"a":1}]`:                        1,
		`{"data":[1]}`:                     0,
		`{"list":{"a":1}}`:                 0,
		`5`:                                0,
	} {
		client, _ := serve(t, esm.Options{}, func(recorded) (int, string) { return http.StatusOK, body })
		got, err := client.TenantInstances(t.Context(), "BMS")
		if err != nil || len(got.Rows) != rows || !json.Valid(got.Raw) || string(got.Raw) != body {
			t.Errorf("%s comes as %d rows of %s, %v, want %d", body, len(got.Rows), got.Raw, err, rows)
		}
	}
}
