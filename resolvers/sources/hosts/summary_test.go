package hosts_test

import (
	"fmt"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

// TestSummaryIsCountedOncePerGeneration asks for the same parts of one generation again, and of the next one.
func TestSummaryIsCountedOncePerGeneration(t *testing.T) {
	t.Parallel()
	const each = 300 // fewer than 257 are looked through each time
	var grown atomic.Bool
	all, upstream := sourcestest.NewLists(t, func(string, url.Values) []any {
		rows := make([]any, 0, 3*each+1)
		row := func(region, cluster string) {
			rows = append(rows, sourcestest.Row{
				"HOST_ID": fmt.Sprint("h", len(rows)), "REGION_ID": region, "CLUSTER_NAME": cluster,
			})
		}
		for range each {
			row("cn-north-7", "x")
			row("cn-north-7", "y")
			row("cn-east-1", "x")
		}
		if grown.Load() {
			row("cn-north-7", "x")
		}
		return rows
	}, nil)
	list := func() *hosts.List {
		t.Helper()
		held := all.Hosts.List.One(t.Context(), "", struct{}{}, time.Second)
		if held.Err != nil {
			t.Fatal(held.Err)
		}
		return held.Held.Value
	}
	questions := map[string]struct {
		region, cluster string
		then, later     int
	}{
		"all":       {then: 3 * each, later: 3*each + 1},
		"a region":  {region: "cn-north-7", then: 2 * each, later: 2*each + 1},
		"a cluster": {cluster: "x", then: 2 * each, later: 2*each + 1},
		"both":      {region: "cn-north-7", cluster: "x", then: each, later: each + 1},
		"none":      {cluster: "z"},
	}
	ask := func(name string) *model.HostSummary {
		t.Helper()
		l, asked := list(), questions[name]
		part, filter := l.Whole(), &model.HostFilter{} // made anew, as each query makes its own
		if asked.region != "" {
			part = l.Region(asked.region)
		}
		if asked.cluster != "" {
			filter.Clusters = []string{asked.cluster}
		}
		return l.Summary(part, hosts.Filter(filter))
	}
	before := map[string]*model.HostSummary{}
	for name, asked := range questions {
		before[name] = ask(name)
		if before[name].Total != asked.then {
			t.Errorf("%s: %d hosts, want %d", name, before[name].Total, asked.then)
		}
	}
	for name := range questions {
		if ask(name) != before[name] {
			t.Errorf("%s: counted again in the same generation", name)
		}
	}
	grown.Store(true)
	upstream.Advance(90 * time.Second)
	for name, asked := range questions {
		later := ask(name)
		if later == before[name] || later.Total != asked.later {
			t.Errorf("%s: %d hosts in the next generation, want %d, counted anew", name, later.Total, asked.later)
		}
		if ask(name) != later {
			t.Errorf("%s: counted again in the next generation", name)
		}
	}
}
