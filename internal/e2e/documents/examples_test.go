package documents

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_B8_ExamplesAnswer runs every query of docs/examples, with the variables beside it, against the simulator,
// on two days, one of next year: none has an error, and no command is refused. Subscriptions run beside a site that
// lives, until their first event.
func TestFound_B8_ExamplesAnswer(t *testing.T) {
	t.Parallel()
	documents, err := filepath.Glob(kit.ModuleRoot + "/docs/examples/*.graphql")
	if err != nil || len(documents) < 10 {
		t.Fatalf("%d examples, %v", len(documents), err)
	}
	guide, err := os.ReadFile(kit.ModuleRoot + "/docs/schema.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []time.Time{{}, time.Date(2027, 3, 1, 0, 30, 0, 0, time.UTC)} {
		w := kit.NewWorld(t, kit.WorldSettings{Hosts: 20, Clock: day})
		r := w.StartGateway(t, "")
		for _, path := range documents {
			name := filepath.Base(path)
			t.Run(w.Settings.Clock.Format(time.DateOnly)+" "+name, func(t *testing.T) {
				document, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				text, err := os.ReadFile(strings.TrimSuffix(path, ".graphql") + ".json")
				if err != nil {
					t.Fatal(err)
				}
				variables := kit.Dated(t, string(text), w.Settings.Clock)
				if strings.Contains(string(document), "\nsubscription ") {
					firstEvent(t, string(document), variables, w.Settings.Clock)
					return
				}
				got := r.Ask(t, string(document), variables, nil)
				if got.Status != http.StatusOK || len(got.Body.Errors) > 0 || len(got.Body.Data) == 0 ||
					strings.Contains(got.Raw, `"BAD_USER_INPUT"`) {
					t.Errorf("%d %.1500s", got.Status, got.Raw)
				}
				if !strings.Contains(string(guide), "(examples/"+name+")") {
					t.Errorf("the guide does not lead to %s", name)
				}
			})
		}
	}
}

// firstEvent runs a subscription with its variables as an event stream, until an event arrives without an error.
func firstEvent(t *testing.T, document, variables string, day time.Time) {
	t.Helper()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 20, Quota: "off", Life: true, Clock: day})
	began := time.Now()
	w.GatewayNow = func() time.Time { return w.Settings.Clock.Add(time.Since(began)) }
	r := w.StartLive(t)
	variables = strings.Replace(variables, "the-jobId-that-meterjob-answers", r.StartJob(t), 1)
	body, err := json.Marshal(map[string]any{"query": document, "variables": json.RawMessage(variables)})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.Server.URL+"/graphql",
		strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	response, err := w.Client.Do(request) //nolint:bodyclose // closed below, as an event stream never ends
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	events := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if data, is := strings.CutPrefix(lines.Text(), "data: {"); is {
				events <- "{" + data
				return
			}
		}
		close(events)
	}()
	event := ""
	testkit.Eventually(t, "no event", func() bool {
		w.Clock.Advance(time.Minute) // the site lives on
		select {
		case event = <-events:
			return true
		default:
			return false
		}
	})
	var answer struct {
		Data   map[string]any
		Errors []any
	}
	if err := json.Unmarshal([]byte(event), &answer); err != nil || len(answer.Errors) > 0 || len(answer.Data) == 0 {
		t.Errorf("%v: %.1500s", err, event)
	}
}
