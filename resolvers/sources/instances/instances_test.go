package instances_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/instances"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

func usageRow(resource string, fields sourcestest.Row) sourcestest.Row {
	return sourcestest.Merged(sourcestest.Row{
		"resource_id": resource, "resource_type_code": "hws.resource.type.vm", "region_code": "cn-north-7",
		"az_code":   "cn-north-7a",
		"domain_id": "d1", "domain_name": "acme", "accumulate_factor_name": "Duration", "accumulate_factor_value": "3600",
		"begin_time": "20261121000000", "time_stamp": "20261121010000", "record_type": "20", "relate_parent_resource": "",
		"bp_info":    "",
		"csb_params": "::DBSS-9bae:", "extend_params": "2",
	}, fields)
}

func listOf(t *testing.T, all *sources.Sources, key instances.Key) *instances.List {
	t.Helper()
	held := all.Instances.Lists.One(t.Context(), "", key, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	return held.Held.Value
}

func TestInstances(t *testing.T) {
	all, _ := sourcestest.NewLists(t, sourcestest.Listed(
		usageRow("b",
			sourcestest.Row{"begin_time": "20261120000000", "accumulate_factor_value": "0.1", "resource_spec_code": "old"}),
		usageRow("b", sourcestest.Row{"accumulate_factor_value": 0.2, "resource_spec_code": "new"}),
		usageRow("b", sourcestest.Row{
			"accumulate_factor_name": "Volume", "accumulate_factor_value": "null",
			"time_stamp": "20261121000500",
		}),
		usageRow("a", sourcestest.Row{"relate_parent_resource": "b", "region_code": "North 7"}),
		usageRow("c", sourcestest.Row{"relate_parent_resource": "c"}),
		usageRow("", nil), usageRow("", sourcestest.Row{"region_code": "cn-east-2"}),
	), nil)
	list := listOf(t, all, instances.Key{Type: model.InstanceTypeEvs})
	if len(list.All) != 3 || list.All[0].ResourceID != "a" {
		t.Fatalf("got %d instances", len(list.All))
	}
	b := list.ByID("b")
	t.Run("the latest row has the period", func(t *testing.T) {
		if *b.ResourceSpecCode != "new" || b.AccumulateFactorValue.String() != "0.2" ||
			b.BeginAt.Format(time.RFC3339) != "2026-11-21T00:00:00Z" {
			t.Errorf("got %+v", b)
		}
	})
	t.Run("exact sums by factor", func(t *testing.T) {
		var got []string
		for _, total := range b.UsageTotals {
			got = append(got,
				fmt.Sprint(*total.AccumulateFactorName, " ", total.Total, " ", total.Records, " ", total.RecordsLeftOut))
		}
		if diff := cmp.Diff([]string{"Duration 0.3 2 0", "Volume 0 0 1"}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("records latest first", func(t *testing.T) {
		var got []string
		for _, record := range b.Records {
			got = append(got,
				fmt.Sprint(record.BeginAt.Format(time.DateOnly), " ", *record.AccumulateFactorName, " ", record.Position))
		}
		if diff := cmp.Diff([]string{"2026-11-21 Duration 0", "2026-11-21 Volume 1", "2026-11-20 Duration 0"},
			got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("Quirk020 empty text is nothing, Quirk075 parted texts stay", func(t *testing.T) {
		if b.PartnerInformation != nil || b.ParentResourceID != nil || *b.ServiceParameters != "::DBSS-9bae:" {
			t.Errorf("got %+v", b)
		}
	})
	t.Run("parents", func(t *testing.T) {
		if of := list.OfParent("b"); len(of) != 1 || of[0].ResourceID != "a" {
			t.Errorf("children of b: %v", of)
		}
		if of := list.OfParent("c"); len(of) != 0 {
			t.Error("c is its own child")
		}
	})
	t.Run("regions by code, and rows without an id are missing there", func(t *testing.T) {
		if in := list.InRegion("cn-north-7"); len(in) != 2 || list.ByID("a").RegionCode != nil {
			t.Errorf("got %d in the region", len(in))
		}
		got := map[string]int{}
		for _, gap := range list.Gaps {
			got[gap.Part] = gap.Rows
		}
		if diff := cmp.Diff(map[string]int{"cn-north-7": 1, "cn-east-2": 1}, got); diff != "" {
			t.Error(diff)
		}
		if !all.Regions.Known("", "cn-north-7") {
			t.Error("the region is not learned")
		}
	})
}

func TestQuirk046FourteenDigitsInASettableZone(t *testing.T) {
	for name, test := range map[string]struct {
		zone *time.Location
		want string
	}{
		"UTC": {nil, "2024-03-01T22:00:00Z"}, "UTC+8": {time.FixedZone("", 8*60*60), "2024-03-01T14:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			all, _ := sourcestest.NewLists(t,
				sourcestest.Listed(usageRow("a", sourcestest.Row{"begin_time": "20240301220000", "time_stamp": "20240409231657"})),
				func(cfg *dataset.Config, _ *esm.Options) { cfg.MeterZone = test.zone })
			a := listOf(t, all, instances.Key{Type: model.InstanceTypeEcs}).ByID("a")
			if got := a.BeginAt.Format(time.RFC3339); got != test.want {
				t.Errorf("begins at %s, want %s", got, test.want)
			}
			t.Run("Quirk111 written weeks after its period", func(t *testing.T) {
				if late := a.RecordedAt.Sub(*a.BeginAt); late < 30*24*time.Hour {
					t.Errorf("recorded %s after", late)
				}
			})
		})
	}
}

func TestInstanceWindows(t *testing.T) {
	at := func(text string) time.Time {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	tests := map[string]struct {
		span     dataset.Span
		from, to string
	}{
		"Quirk051 the last day by default, in milliseconds": {dataset.Span{}, "2026-11-20T10:01:00Z", "2026-11-21T10:01:00Z"},
		"of its own": {
			dataset.Span{From: at("2026-11-19T00:00:00Z"), To: at("2026-11-20T00:00:00Z")},
			"2026-11-19T00:00:00Z",
			"2026-11-20T00:00:00Z",
		},
		"not beyond now": {
			dataset.Span{From: at("2026-11-21T09:00:00Z"), To: at("2026-11-21T11:00:00Z")},
			"2026-11-21T09:00:00Z",
			"2026-11-21T10:01:00Z",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			all, upstream := sourcestest.NewLists(t, sourcestest.Listed(usageRow("a", nil)), nil)
			key := instances.Key{Type: model.InstanceTypeEcs, Span: test.span}
			listOf(t, all, key)
			listOf(t, all, key)
			asked := upstream.Asked()
			if len(asked) != 1 || asked[0].Get("begin_time") != sourcestest.Millis(at(test.from)) ||
				asked[0].Get("end_time") != sourcestest.Millis(at(test.to)) {
				t.Errorf("asked %v", asked)
			}
			if _, other := all.Instances.Lists.Peek(t.Context(), "",
				instances.Key{Type: model.InstanceTypeEvs, Span: test.span}); other {
				t.Error("another type is held")
			}
		})
	}
}

func TestInstanceListsAreCut(t *testing.T) {
	all, _ := sourcestest.NewLists(t, func(string, url.Values) []any {
		rows := make([]any, 1200)
		for i := range rows {
			rows[i] = usageRow(fmt.Sprint("r", i), nil)
		}
		return rows
	}, func(_ *dataset.Config, o *esm.Options) { o.MaxPages = 2 })
	list := listOf(t, all, instances.Key{Type: model.InstanceTypeEcs})
	if !list.Truncated || len(list.All) != 1000 || !list.All[0].Truncated {
		t.Errorf("truncated %t, %d instances", list.Truncated, len(list.All))
	}
}

func TestInstanceMatches(t *testing.T) {
	word := func(s string) *string { return &s }
	instance := &model.Instance{
		ResourceID: "r1", RegionCode: word("cn-north-7"), DomainName: word("Acme Gov"),
		ProjectID: word("p1"),
	}
	tests := map[string]struct {
		filter *model.InstanceFilter
		want   bool
	}{
		"no filter":          {nil, true},
		"empty filter":       {&model.InstanceFilter{}, true},
		"id":                 {&model.InstanceFilter{ResourceIds: []string{"r0", "r1"}}, true},
		"another id":         {&model.InstanceFilter{ResourceIds: []string{"r2"}}, false},
		"empty list":         {&model.InstanceFilter{ResourceIds: []string{}}, false},
		"region":             {&model.InstanceFilter{Regions: []string{"cn-north-7"}}, true},
		"name in any case":   {&model.InstanceFilter{DomainNameContains: word("gov")}, true},
		"missing value":      {&model.InstanceFilter{DomainIds: []string{"d1"}}, false},
		"one of two matches": {&model.InstanceFilter{ProjectIds: []string{"p1"}, Regions: []string{"cn-east-2"}}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := dataset.Matches(instances.Filter(test.filter))(instance); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestInstanceOrders(t *testing.T) {
	word := func(s string) *string { return &s }
	moment := sourcestest.Now()
	items := []*model.Instance{
		{ResourceID: "a", DomainName: word("z")},
		{ResourceID: "b", BeginAt: &moment},
		{ResourceID: "c", DomainName: word("Y"), ResourceSpecCode: word("s")},
	}
	names := map[string]bool{}
	for _, field := range model.AllInstanceOrderField {
		for _, direction := range model.AllOrderDirection {
			order := instances.OrderOf(&model.InstanceOrder{Field: field, Direction: direction})
			names[order.Name] = true
			sorted := dataset.Sorted(order, items)
			first := map[model.InstanceOrderField]string{
				model.InstanceOrderFieldResourceID: "a", model.InstanceOrderFieldDomainName: "c",
				model.InstanceOrderFieldResourceSpecCode: "c",
				model.InstanceOrderFieldBeginAt:          "b", model.InstanceOrderFieldRecordedAt: "a",
			}[field]
			if direction == model.OrderDirectionDesc &&
				(field == model.InstanceOrderFieldResourceID || field == model.InstanceOrderFieldDomainName) {
				first = map[model.InstanceOrderField]string{
					model.InstanceOrderFieldResourceID: "c",
					model.InstanceOrderFieldDomainName: "a",
				}[field]
			}
			if sorted[0].ResourceID != first {
				t.Errorf("%s %s begins with %s, want %s", field, direction, sorted[0].ResourceID, first)
			}
		}
	}
	if len(names) != 10 {
		t.Errorf("the orders share names: %v", names)
	}
}
