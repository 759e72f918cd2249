package clients

import (
	"bytes"
	"embed"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

//go:embed testdata/live/package.json testdata/live/package-lock.json testdata/live/.npmrc testdata/live/clients.js
var liveProject embed.FS

// TestLiveClients drives subscriptions and queries with the clients that applications use: graphql-ws and graphql-sse.
func TestLiveClients(t *testing.T) {
	t.Parallel()
	directory := npmDirectory(t, liveProject, "live", "clients.js")
	w := kit.NewLiveWorld(t)
	r := w.StartLive(t)
	command := exec.CommandContext(t.Context(), "node", "clients.js", r.Server.URL+"/graphql", r.StartJob(t))
	command.Dir = directory
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, t.Output()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for running := true; running; {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("clients: %v", err)
			}
			running = false
		case <-tick.C: // whenever the clients begin, there is something to see
			w.Raise(t)
			w.Clock.Advance(300 * time.Millisecond)
		}
	}
	answers := map[string][]kit.LiveAnswer{}
	for line := range strings.Lines(out.String()) {
		var one struct {
			Name string
			Told []json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if strings.HasSuffix(one.Name, "query") {
			if len(one.Told) != 1 || !strings.Contains(string(one.Told[0]), w.Sim.Regions()[0].Code) {
				t.Errorf("%s", line)
			}
			continue
		}
		for _, text := range one.Told {
			var answer kit.LiveAnswer
			if err := json.Unmarshal(text, &answer); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			answers[one.Name] = append(answers[one.Name], answer)
		}
	}
	for client, library := range map[string]string{"socket": "graphql-ws", "stream": "graphql-sse"} {
		jobs, alarms := answers[client+" job"], answers[client+" alarms"]
		if len(jobs) < 2 || jobs[len(jobs)-1].Event().Status != "SUCCEEDED" {
			t.Errorf("%s: job %+v", client, jobs)
		}
		for i, answer := range jobs[:max(0, len(jobs)-1)] {
			if e, after := answer.Event(), jobs[i+1].Event(); e.Status == after.Status && *e.Progress == *after.Progress {
				t.Errorf("%s: the state %+v twice", client, e)
			}
		}
		if len(alarms) != 2 || alarms[0].Event().Kind != "RAISED" ||
			alarms[0].Event().Alarm.Csn == alarms[1].Event().Alarm.Csn {
			t.Errorf("%s: alarms %+v", client, alarms)
		}
		kit.Report(t, library, "a job followed over %d states to its end, %d changes of alarms, a query", len(jobs),
			len(alarms))
	}
}
