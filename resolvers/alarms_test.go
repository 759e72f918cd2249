package resolvers_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

// TestAlarmsOfALevel asks for the alarms of parents some of which are nil, and of a region with rows that can't be
// read: each parent has its own answer or error, at its place.
func TestAlarmsOfALevel(t *testing.T) {
	t.Parallel()
	all, upstream := sourcestest.NewLists(t, func(path string, _ url.Values) []any {
		switch {
		case strings.HasSuffix(path, "host/detail"):
			return []any{
				sourcestest.Row{"HOST_ID": "h1", "SN": "s1", "REGION_ID": "cn-r-1"},
				sourcestest.Row{"HOST_ID": "h2", "SN": "s2", "REGION_ID": "cn-r-1"},
			}
		case strings.HasSuffix(path, "DeviceAlarm/info"):
			return []any{
				sourcestest.Row{"csn": "1", "LogicalRegionId": "cn-r-1", "additional_information": "sn=s1"},
				sourcestest.Row{"csn": "2", "LogicalRegionId": "cn-r-1", "additional_information": "sn=s2"},
				sourcestest.Row{"csn": "3", "LogicalRegionId": "cn-r-1", "additional_information": "sn=s1"},
				sourcestest.Row{"csn": "", "LogicalRegionId": "cn-r-2"},
			}
		default:
			return nil
		}
	}, nil)
	set := loaders.New(t.Context(), all, loaders.Options{Now: upstream.Clock()})
	ctx := loaders.With(t.Context(), set)
	root := &resolvers.Resolver{Sources: all}

	pages, err := root.Host().Alarms(ctx, []*model.Host{nil, {HostID: "h2"}, {HostID: "h1"}, nil},
		nil, nil, nil, nil, nil, nil)
	if err != nil || len(pages) != 4 || pages[0] != nil || pages[3] != nil ||
		csns(pages[1]) != "2" || csns(pages[2]) != "1 3" {
		t.Errorf("pages %v, %v", pages, err)
	}
	nothing := loaders.With(t.Context(), loaders.New(t.Context(), nil, loaders.Options{})) // asks nobody
	pages, err = root.Host().Alarms(nothing, []*model.Host{nil, nil}, nil, nil, nil, nil, nil, nil)
	if err != nil || len(pages) != 2 || pages[0] != nil || pages[1] != nil {
		t.Errorf("pages of no parent %v, %v", pages, err)
	}
	regions := []*model.Region{{Code: "cn-r-2"}, nil, {Code: "cn-r-1"}}
	summaries, err := root.Region().AlarmSummary(ctx, regions, nil)
	each, several := errors.AsType[graphql.BatchErrors](err)
	if !several || len(summaries) != 3 || summaries[0] != nil || summaries[1] != nil || summaries[2].Total != 3 {
		t.Fatalf("summaries %v, %v", summaries, err)
	}
	if errs := each.Errors(); len(errs) != 3 || errs[0] == nil || errs[1] != nil || errs[2] != nil {
		t.Errorf("errors %v", errs)
	}
	bad := "no cursor"
	pages, err = root.Region().Alarms(ctx, regions, nil, nil, nil, &bad, nil, nil)
	each, several = errors.AsType[graphql.BatchErrors](err)
	if !several || len(pages) != 3 {
		t.Fatalf("pages %v, %v", pages, err)
	}
	for i, err := range each.Errors() {
		if want := regions[i] != nil; errors.Is(err, model.ErrInvalidCursor) != want {
			t.Errorf("parent %d has the error %v", i, err)
		}
	}
}

func csns(page *model.AlarmConnection) string {
	var all []string
	for _, alarm := range page.Nodes {
		all = append(all, alarm.Csn)
	}
	return strings.Join(all, " ")
}
