package metrics_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// namesOf are the names of a kind that a tenant is shown, one line each.
func namesOf(all *sources.Sources, scope string, kind model.MetricKind) []string {
	lines := []string{}
	for _, m := range all.Metrics.Names.List(scope, &kind) {
		line := fmt.Sprintf("%s %s [%s]", m.Key, m.Name, textOr(m.Unit, "-"))
		for _, is := range []struct {
			so   bool
			word string
		}{{m.Documented, " documented"}, {m.Description != nil, " described"}, {!m.Seen, " unseen"}} {
			if is.so {
				line += is.word
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// TestNamesOfBoards: a metric that no host is ranked by is dropped from the reading and named all the same, to the
// tenant that read it.
func TestNamesOfBoards(t *testing.T) {
	all, _ := sourcestest.NewLists(t, sourcestest.Listed(
		boardSample(nil), boardSample(sourcestest.Row{"metric": "FanSpeed"}), boardSample(sourcestest.Row{"metric": "PowerConsumedWatts"}),
	), nil)
	if outcome := all.Metrics.Boards.One(t.Context(), "anna", struct{}{}, 0); outcome.Err != nil {
		t.Fatal(outcome.Err)
	}
	for scope, want := range map[string]int{"anna": 3, "bert": 1} {
		got := all.Metrics.Names.List(scope, new(model.MetricKindBoard))
		if len(got) != want || got[0].Key != "CPUUsagePercent" || got[0].Seen != (scope == "anna") || !got[0].Documented {
			t.Errorf("%s sees %d names, the first %+v", scope, len(got), got[0])
		}
	}
	fans := all.Metrics.Names.List("anna", new(model.MetricKindBoard))[1]
	want := &model.MetricName{Kind: model.MetricKindBoard, Key: "FanSpeed", Name: "FanSpeed", Seen: true}
	if diff := cmp.Diff(want, fans); diff != "" {
		t.Error(diff)
	}
}

// TestNamesOfWords: one metric is one in any spelling, and its name and unit do not hang on the order of rows.
func TestNamesOfWords(t *testing.T) {
	rows := []sourcestest.Row{
		hostSample(nil), hostSample(sourcestest.Row{"monitor_item": "CPU", "metrics_name": "Cpu", "unit": ""}),
		hostSample(sourcestest.Row{"monitor_item": "memory", "metrics_name": "Memory", "unit": "MB"}),
		hostSample(sourcestest.Row{"monitor_item": "memory", "metrics_name": "Memory", "unit": "GB"}),
		hostSample(sourcestest.Row{"monitor_item": "", "data_item": "", "operator": "", "metrics_name": "Odd", "unit": nil}),
	}
	want := []string{
		"cpu.usage.avg CPU [%]", "memory.usage.avg Memory [GB] documented described", "odd Odd [-]",
	}
	for _, reversed := range []bool{false, true} {
		if reversed {
			rows[0], rows[1], rows[2], rows[3] = rows[3], rows[2], rows[1], rows[0]
		}
		all, _ := sourcestest.NewLists(t, sourcestest.Listed(rows...), nil)
		seriesOf(t, all.Metrics.Hosts, "h1")
		if diff := cmp.Diff(want, namesOf(all, "", model.MetricKindHost)); diff != "" {
			t.Errorf("reversed %t: %s", reversed, diff)
		}
	}
}

// TestNamesAreBounded: of a kind 200 are remembered, those that came first, and none whose text is long.
func TestNamesAreBounded(t *testing.T) {
	rows := []sourcestest.Row{boardSample(sourcestest.Row{"sn": "s1", "metric": strings.Repeat("x", 129)})}
	for i := range 260 {
		rows = append(rows, boardSample(sourcestest.Row{"sn": "s1", "metric": "m" + strconv.Itoa(1000+i)}))
	}
	all, _ := sourcestest.NewLists(t, sourcestest.Listed(rows...), func(_ *dataset.Config, o *esm.Options) { o.FastPageSize = 500 })
	seriesOf(t, all.Metrics.Servers, "s1")
	got := namesOf(all, "", model.MetricKindBoard)
	if len(got) != 201 || got[0] != "CPUUsagePercent CPUUsagePercent [%] documented described unseen" ||
		got[200] != "m1199 m1199 [-]" {
		t.Errorf("%d names, from %q to %q", len(got), got[0], got[len(got)-1])
	}
	for i := range 257 {
		if outcome := all.Metrics.Boards.One(t.Context(), "tenant "+strconv.Itoa(i), struct{}{}, 0); outcome.Err != nil {
			t.Fatal(outcome.Err)
		}
	}
	if got := namesOf(all, "", model.MetricKindBoard); len(got) != 1 {
		t.Errorf("after 257 other tenants %d names", len(got))
	}
}
