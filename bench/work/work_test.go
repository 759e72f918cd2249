package work

import (
	"math"
	"testing"

	"github.com/opsgraph/opsgraph/bench/figures"
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
