package operations

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// TestFound_B9_ProjectByName logs in with the project's name, the form of the document's own sample.
func TestFound_B9_ProjectByName(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
	good := w.StartGateway(t, "", "OPSGRAPH_IAM_PROJECT_ID=", "OPSGRAPH_IAM_PROJECT_NAME="+simulator.DemoProject)
	if got := good.Ask(t, askHosts, "", nil); !strings.Contains(got.Raw, `"totalCount":3`) {
		t.Errorf("with the name: %.300s", got.Raw)
	}
	bad := w.StartGateway(t, "", "OPSGRAPH_IAM_PROJECT_ID=", "OPSGRAPH_IAM_PROJECT_NAME=elsewhere")
	if got := bad.Ask(t, askHosts, "", nil); got.Code() != "UPSTREAM_REJECTED" {
		t.Errorf("with another name: %.300s", got.Raw)
	}
}

// TestFound_B9_NotationOfTheInstanceWindow writes the window of instances in each notation that may be set.
func TestFound_B9_NotationOfTheInstanceWindow(t *testing.T) {
	t.Parallel()
	for notation, write := range map[string]func(time.Time) string{
		"milliseconds": func(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) },
		"seconds":      func(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) },
		"compact":      func(at time.Time) string { return at.UTC().Format("20060102150405") },
	} {
		t.Run(notation, func(t *testing.T) {
			t.Parallel()
			w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
			r := w.StartGateway(t, "", "OPSGRAPH_UPSTREAM_INSTANCE_WINDOW="+notation)
			end := w.Clock.Now().UTC().Truncate(time.Minute)
			if end.Before(w.Clock.Now()) {
				end = end.Add(time.Minute)
			}
			r.Ask(t, `{instances(type: EVS) {totalCount}}`, "", nil)
			want := []string{"begin_time=" + write(end.Add(-24*time.Hour)), "end_time=" + write(end)}
			found := false
			for _, request := range w.Arrived() {
				if strings.Contains(request, "/v2/cloudresource/instancedata/EVS") {
					found = true
					for _, parameter := range want {
						if !strings.Contains(request+"&", parameter+"&") {
							t.Errorf("%s lacks %s", request, parameter)
						}
					}
				}
			}
			if !found {
				t.Errorf("no call: %v", w.Arrived())
			}
		})
	}
}
