package work

import (
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/load"
	"github.com/opsgraph/opsgraph/bench/machine"
)

func rows() (*Workload, []*Row) {
	w := &Workload{Name: "w", Title: "W"}
	return w, []*Row{
		{Server: &Server{Name: "floor"}, Workload: w, Rate: figures.Rounds{100, 200}, CPU: figures.Rounds{1, 1}, Bytes: 7},
		{Server: &Server{Name: "ours"}, Workload: w, Rate: figures.Rounds{50, 120}, CPU: figures.Rounds{2, 2}},
		{Server: &Server{Name: "ours"}, Workload: w, Gzip: true, Rate: figures.Rounds{10, 10}},
	}
}

func TestTargets(t *testing.T) {
	_, all := rows()
	got := Targets(all, []Goal{
		{Title: "t", Workload: "w", Name: "ours", Than: "floor", Bound: 0.5},
		{Title: "t", Workload: "w", Name: "ours", Than: "floor", Gzip: true, Bound: 0.5},
		{Title: "t", Workload: "x", Name: "ours", Than: "floor", Bound: 0.5},
	}, func(name string) string { return "no " + name })
	if median := got[0].Got.Median(); math.Abs(median-0.55) > 1e-9 || !got[0].Met() {
		t.Errorf("%+v", got[0])
	}
	if got[1].Missing != "no floor" || got[2].Missing != "no ours" {
		t.Errorf("%+v", got[1:])
	}
	if got[1].Work != "t, gzipped" {
		t.Errorf("a packed row is called %q", got[1].Work)
	}
}

func TestTable(t *testing.T) {
	w, all := rows()
	table := Table(w, all, "floor")
	if len(table.Rows) != 3 || table.Rows[1][6] != "0.550" || table.Rows[2][1] != "gzip" || table.Rows[2][6] != "-" {
		t.Errorf("%v", table.Rows)
	}
	if other := Table(&Workload{Name: "w"}, all, "floor"); len(other.Rows) != 0 {
		t.Errorf("rows of another workload: %v", other.Rows)
	}
}

// TestMeter_again has a server refuse: a measurement with errors is made again, once, and the table says so.
func TestMeter_again(t *testing.T) {
	if _, err := exec.LookPath("wrk"); err != nil {
		t.Skipf("no wrk here: %v", err)
	}
	var refuses atomic.Int64 // so many more requests
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if refuses.Add(-1) >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	idle, err := machine.Start(machine.Spec{
		Name: "idle", Core: machine.ServerCore, Logs: t.TempDir(), Argv: []string{"sleep", "600"},
	})
	if err != nil {
		t.Skipf("no taskset here: %v", err)
	}
	defer idle.Stop()
	w := &Workload{Name: "w", Bodies: []string{"{}"}}
	row := &Row{Server: &Server{Process: idle, Name: "ours"}, Workload: w, URL: server.URL, last: time.Second}
	m := Meter{Wrk: load.Wrk{Folder: t.TempDir()}, Last: time.Second}
	for round := range 2 {
		refuses.Store(int64(1 - round))
		if err := m.Measure(t.Context(), row); err != nil {
			t.Fatal(err)
		}
		if len(row.Rate) != round+1 || len(row.Again) != 1 {
			t.Errorf("round %d: rates %v, again after %q", round, row.Rate, row.Again)
		}
	}
	if notes := Table(w, []*Row{row}, "").Notes; len(notes) != 1 || !strings.HasPrefix(notes[0], "ours, plain, was ") {
		t.Errorf("notes %q", notes)
	}
	refuses.Store(math.MaxInt64)
	if err := m.Measure(t.Context(), row); !errors.Is(err, load.ErrAnswers) || len(row.Rate) != 2 {
		t.Errorf("errors twice: %v", err)
	}
}
