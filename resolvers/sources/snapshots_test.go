package sources_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/audit"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

// Lists are shown to the tenant alone whose they are, each with what tells it from the others of its operation.
func TestSnapshotsAreOfOneTenant(t *testing.T) {
	all, upstream := sourcestest.New(t, map[string]string{
		"host/detail": sourcestest.ListOf(`{"HOST_ID": "a", "REGION_ID": "cn-north-7"}`),
	}, nil)
	shown := func(scope string) (texts []string) {
		for _, s := range all.Snapshots(scope) {
			texts = append(texts, fmt.Sprintf("%s %s %d", s.Operation, s.Parameters, s.Rows))
		}
		return texts
	}
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for _, err := range []error{
		all.Hosts.List.One(t.Context(), "one", struct{}{}, 0).Err,
		all.Alarms.Lists[model.AlarmSourceDevice].One(t.Context(), "one", dataset.Span{}, 0).Err,
		all.Alarms.Lists[model.AlarmSourceDevice].One(t.Context(), "one",
			dataset.Span{From: day, To: day.Add(24 * time.Hour)}, 0).Err,
		all.Audit.Logs.One(t.Context(), "another", audit.Days{First: day, Last: day}, 0).Err,
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	asked := len(upstream.Asked())
	for scope, want := range map[string]string{
		"one": `[listDeviceAlarms {} 0 listDeviceAlarms {"from":"2026-11-20T00:00:00Z","to":"2026-11-21T00:00:00Z"} 0 ` +
			`listHostDetails {} 1]`,
		"another": `[listCloudAuditLogs {"first":"2026-11-20","last":"2026-11-20"} 0]`,
		"":        `[]`,
	} {
		if got := fmt.Sprint(shown(scope)); got != want {
			t.Errorf("%q: %s, want %s", scope, got, want)
		}
	}
	if now := len(upstream.Asked()); now != asked {
		t.Errorf("%d calls", now-asked)
	}
}

// A client that asks for ever other ranges does not make the list of lists grow without end.
func TestSnapshotsAreBounded(t *testing.T) {
	all, _ := sourcestest.New(t, nil, nil)
	for i := range dataset.MostSnapshots + 5 {
		day := time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC)
		if err := all.Audit.Logs.One(t.Context(), "", audit.Days{First: day, Last: day}, 0).Err; err != nil {
			t.Fatal(err)
		}
	}
	if got := len(all.Snapshots("")); got != dataset.MostSnapshots {
		t.Errorf("%d snapshots, want %d", got, dataset.MostSnapshots)
	}
}
