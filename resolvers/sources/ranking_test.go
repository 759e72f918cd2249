package sources_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

// boards makes the two lists of a ranking.
func boards(t *testing.T, hostRows, samples []string) (*hosts.List, *metrics.BoardList) {
	t.Helper()
	made, _ := sourcestest.New(t, map[string]string{
		"/host/detail": sourcestest.ListOf(hostRows...), "/host/performancedata": sourcestest.ListOf(samples...),
	}, nil)
	list := made.Hosts.List.One(t.Context(), "", struct{}{}, 0)
	figures := made.Metrics.Boards.One(t.Context(), "", struct{}{}, 0)
	if list.Err != nil || figures.Err != nil {
		t.Fatal(list.Err, figures.Err)
	}
	return list.Held.Value, figures.Held.Value
}

func serialRow(id, serial string) string { return fmt.Sprintf(`{"HOST_ID":%q,"SN":%q}`, id, serial) }

func sampleRow(serial, value, at string) string {
	return fmt.Sprintf(`{"sn":%q,"metric":"CPUUsagePercent","Value":%q,"time":"2026-11-21 %s"}`, serial, value, at)
}

// ranked is a ranking in one line.
func ranked(r *model.HostRanking) string {
	var places []string
	for _, one := range r.Hosts {
		places = append(places, fmt.Sprintf("%d %s=%g", one.Rank, one.Host.HostID, one.Value))
	}
	oldest := "none"
	if r.OldestObservedAt != nil {
		oldest = r.OldestObservedAt.UTC().Format("15:04")
	}
	return fmt.Sprintf("%s; %d ranked, %d left out, oldest %s", strings.Join(places, ", "), r.Ranked, r.LeftOut, oldest)
}

func TestRankHosts(t *testing.T) {
	list, figures := boards(t,
		[]string{
			serialRow("h3", "s3"), serialRow("h1", "S1"), serialRow("h2", "s2"), serialRow("h4", ""), serialRow("h5", "s5"),
			serialRow("h6", "s2"),
		},
		[]string{
			sampleRow("s1", "20", "17:30"), sampleRow("s1", "5", "18:00"), sampleRow("s2", "10", "17:15"),
			sampleRow("s3", "10", "18:00"), sampleRow("s9", "99", "18:00"), sampleRow("s5", "null", "18:00"),
		})
	all := hosts.Filter(nil)
	for by, want := range map[model.HostRankBy]string{
		model.HostRankByLatest:  "1 h2=10, 2 h3=10, 3 h6=10, 4 h1=5; 4 ranked, 2 left out, oldest 09:15",
		model.HostRankByAverage: "1 h1=12.5, 2 h2=10, 3 h3=10, 4 h6=10; 4 ranked, 2 left out, oldest 09:15",
		model.HostRankByPeak:    "1 h1=20, 2 h2=10, 3 h3=10, 4 h6=10; 4 ranked, 2 left out, oldest 09:15",
	} {
		got := sources.RankHosts(figures, list, all, model.HostUtilizationMetricCPU, by)
		if diff := cmp.Diff(want, ranked(got)); diff != "" {
			t.Errorf("%s: %s", by, diff)
		}
		if again := sources.RankHosts(figures, list, all, model.HostUtilizationMetricCPU, by); again != got {
			t.Errorf("%s: ranked twice for one question", by)
		}
		first := got.First(2)
		if len(first.Hosts) != 2 || first.Ranked != 4 || len(got.Hosts) != 4 {
			t.Errorf("%s: the first two are %s of %s", by, ranked(first), ranked(got))
		}
	}
	some := hosts.Filter(&model.HostFilter{HostIds: []string{"h3", "h4"}})
	got := ranked(sources.RankHosts(figures, list, some, model.HostUtilizationMetricCPU, model.HostRankByLatest))
	if want := "1 h3=10; 1 ranked, 1 left out, oldest 10:00"; got != want {
		t.Errorf("of some %s, want %s", got, want)
	}
	got = ranked(sources.RankHosts(figures, list, all, model.HostUtilizationMetricPower, model.HostRankByLatest))
	if want := "; 0 ranked, 6 left out, oldest none"; got != want {
		t.Errorf("by power %s, want %s", got, want)
	}
}
