package capacity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

// knowNorth names one region in both languages.
func knowNorth(cfg *dataset.Config) {
	cfg.Regions = []dataset.RegionConfig{
		{Code: "cn-north-7", Name: "华北-廊坊7", NameEn: "CN North-Langfang7"},
		{Code: "cn-east-1"},
	}
}

// capacityList reads rows as the capacity of a service.
func capacityList(t *testing.T, service model.CloudServiceType, rows ...string) (*capacity.List,
	*sourcestest.Upstream,
) {
	t.Helper()
	all, upstream := sourcestest.New(t, map[string]string{"CloudService/capacity": sourcestest.ListOf(rows...)}, knowNorth)
	held := all.Capacity.Services.One(t.Context(), "", service, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	return held.Held.Value, upstream
}

// north holds the only row of cn-north-7.
func north(t *testing.T, list *capacity.List) *model.ServiceCapacity {
	t.Helper()
	rows := list.InRegion("cn-north-7")
	if len(rows) != 1 {
		t.Fatalf("%d rows of cn-north-7", len(rows))
	}
	return rows[0]
}

func TestServiceCapacityFields(t *testing.T) {
	tests := []struct {
		name    string
		service model.CloudServiceType
		row     string // without its region
		show    func(*model.ServiceCapacity) string
		want    string
	}{
		{
			"Quirk001 available in the documents' spelling", model.CloudServiceTypeEip, `"avaliable": "132"`,
			func(c *model.ServiceCapacity) string { return sourcestest.Shown(c.Available) }, "132",
		},
		{
			"Quirk001 the right spelling goes first", model.CloudServiceTypeEip, `"avaliable": "1", "available": "2"`,
			func(c *model.ServiceCapacity) string { return sourcestest.Shown(c.Available) }, "2",
		},
		{
			"Quirk011 total is of the model, not of the rows", model.CloudServiceTypeEip, `"total": "490"`,
			func(c *model.ServiceCapacity) string { return sourcestest.Shown(c.Total) }, "490",
		},
		{
			"Quirk018 numbers as text", model.CloudServiceTypeEvs, `"allocated": "112.2265625", "used": " 7 "`,
			func(c *model.ServiceCapacity) string {
				return sourcestest.Shown(c.Allocated) + " " + sourcestest.Shown(c.Used)
			}, "112.2265625 7",
		},
		{
			"Quirk018 text that is no number", model.CloudServiceTypeEvs, `"allocated": "many", "available": "0x10"`,
			func(c *model.ServiceCapacity) string {
				return sourcestest.Shown(c.Allocated) + " " + sourcestest.Shown(c.Available) + " " + sourcestest.Shown(c.Allocation)
			},
			"null null null",
		},
		{
			"Quirk020 null as text", model.CloudServiceTypeSfs,
			`"used": "null", "metric_type": "null", "zone_type": "NULL", "total": "", "free": null`,
			func(c *model.ServiceCapacity) string {
				return strings.Join([]string{
					sourcestest.Shown(c.Used), sourcestest.Shown(c.MetricType), sourcestest.Shown(c.MetricTypeText),
					sourcestest.Shown(c.ZoneText), sourcestest.Shown(c.Total), sourcestest.Shown(c.Free),
				}, " ")
			},
			"null null null null null null",
		},
		{
			"Quirk023 numbers of later editions", model.CloudServiceTypeEcsVM,
			`"used": 12.5, "used_ratio": 0.4, "az_id": "a1", "az_name": "one", "resource_type": "ecs-vm", "resource_count": 3`,
			func(c *model.ServiceCapacity) string {
				return strings.Join([]string{
					sourcestest.Shown(c.Used), sourcestest.Shown(c.ReportedUsedRatio), sourcestest.Shown(c.AvailabilityZoneID),
					sourcestest.Shown(c.AvailabilityZoneName),
					sourcestest.Shown(c.ResourceType), sourcestest.Shown(c.ResourceCount),
				}, " ")
			},
			"12.5 0.4 a1 one ecs-vm 3",
		},
		{
			"Quirk028 figures that do not add up", model.CloudServiceTypeEip,
			`"total": "490", "used": "0", "free": "0", "allocated": "358", "available": "132"`,
			func(c *model.ServiceCapacity) string {
				return strings.Join([]string{
					sourcestest.Shown(c.Total), sourcestest.Shown(c.Used), sourcestest.Shown(c.Free),
					sourcestest.Shown(c.Allocation),
				}, " ")
			},
			"490 0 0 0.7306122448979592",
		},
		{
			"Quirk028 no share of an empty pool", model.CloudServiceTypeVpn, `"allocated": "0", "available": "0"`,
			func(c *model.ServiceCapacity) string { return sourcestest.Shown(c.Allocation) }, "null",
		},
		{
			"Quirk028 no share of what is below nothing", model.CloudServiceTypeVpn, `"allocated": "5", "available": "-1"`,
			func(c *model.ServiceCapacity) string {
				return sourcestest.Shown(c.Available) + " " + sourcestest.Shown(c.Allocation)
			}, "-1 null",
		},
		{
			"Quirk033 the service is the one that was asked", model.CloudServiceTypeEcsVM, `"service_type": "ecs-vm"`,
			func(c *model.ServiceCapacity) string { return string(c.Service) + " " + sourcestest.Shown(c.Unit) }, "ECS_VM VMS",
		},
		{
			"Quirk034 KVM_POD is a tenant zone", model.CloudServiceTypeEcsVM, `"zone_type": "KVM_POD"`,
			func(c *model.ServiceCapacity) string {
				return sourcestest.Shown(c.Zone) + " " + sourcestest.Shown(c.ZoneText)
			}, "POD KVM_POD",
		},
		{
			"Quirk034 so is the word of a service", model.CloudServiceTypeDeh, `"zone_type": "DeH_POD"`,
			func(c *model.ServiceCapacity) string { return sourcestest.Shown(c.Zone) }, "POD",
		},
		{
			"Quirk034 manage in small letters", model.CloudServiceTypeEcsVM, `"zone_type": "manage"`,
			func(c *model.ServiceCapacity) string { return sourcestest.Shown(c.Zone) }, "MANAGE",
		},
		{
			"Quirk034 no zone", model.CloudServiceTypeObs, `"total": "80"`,
			func(c *model.ServiceCapacity) string {
				return sourcestest.Shown(c.Zone) + " " + sourcestest.Shown(c.Total)
			}, "null 80",
		},
		{
			"Quirk041 an unknown zone", model.CloudServiceTypeEcsVM, `"zone_type": "edge"`,
			func(c *model.ServiceCapacity) string {
				return sourcestest.Shown(c.Zone) + " " + sourcestest.Shown(c.ZoneText)
			}, "null edge",
		},
		{
			"Quirk043 milliseconds as text", model.CloudServiceTypeEip, `"timestamp": "1650211200000"`,
			func(c *model.ServiceCapacity) string { return c.ObservedAt.Format(time.RFC3339) }, "2022-04-17T16:00:00Z",
		},
		{
			"Quirk043 no time", model.CloudServiceTypeEip, `"timestamp": "0"`,
			func(c *model.ServiceCapacity) string { return sourcestest.Shown(c.ObservedAt) }, "null",
		},
		{
			"Quirk110 one word in several spellings", model.CloudServiceTypeRds, `"metric_type": "dbtype:sqlServer"`,
			func(c *model.ServiceCapacity) string {
				return sourcestest.Shown(c.MetricType) + " " + sourcestest.Shown(c.MetricTypeText)
			},
			"sqlserver dbtype:sqlServer",
		},
		{
			"Quirk110 a letter that is missing", model.CloudServiceTypeVpn, `"metric_type": "Connetion"`,
			func(c *model.ServiceCapacity) string {
				return sourcestest.Shown(c.MetricType) + " " + sourcestest.Shown(c.Unit)
			}, "connection CONNECTIONS",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			list, _ := capacityList(t, test.service, `{"region": "cn-north-7", `+test.row+`}`)
			if got := test.show(north(t, list)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestCapacityTellsWhatItCouldNotRead(t *testing.T) {
	_, upstream := capacityList(t, model.CloudServiceTypeEcsVM,
		`{"region": "cn-north-7", "total": "many", "zone_type": "edge", "timestamp": "yesterday"}`,
		`{"region": "nowhere", "total": "1"}`)
	for _, what := range []string{"total", "CapacityZone", "timestamp", "region"} {
		if upstream.Count(what) != 1 {
			t.Errorf("%s was counted %d times", what, upstream.Count(what))
		}
	}
}

func TestCapacityRegions(t *testing.T) {
	list, _ := capacityList(t, model.CloudServiceTypeEip,
		`{"region": "cn-east-1", "metric_type": "a", "total": "1"}`,
		`{"region": "华北-廊坊7", "metric_type": "a", "total": "2"}`,
		`{"region": " CN North-Langfang7 ", "metric_type": "b", "total": "3"}`,
		`{"region": "Atlantis", "metric_type": "a", "total": "4"}`)
	var got []string
	for _, row := range list.InRegion("cn-north-7") {
		got = append(got, sourcestest.Shown(row.MetricType)+sourcestest.Shown(row.Total))
	}
	if diff := cmp.Diff([]string{"a2", "b3"}, got); diff != "" {
		t.Errorf("Quirk015: rows that name a configured region (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"cn-east-1", "cn-north-7"}, list.RegionCodes()); diff != "" {
		t.Errorf("regions (-want +got):\n%s", diff)
	}
}

func TestQuirk053LatestOfEachPool(t *testing.T) {
	row := func(zone, metric, resource, at, total string) string {
		return `{"region": "cn-north-7", "zone_type": "` + zone + `", "metric_type": "` + metric + `", "resource_type": "` +
			resource +
			`", "timestamp": "` + at + `", "total": "` + total + `"}`
	}
	list, _ := capacityList(t, model.CloudServiceTypeEcsVM,
		row("POD", "kvm/C6-2", "ecs-vm", "1650211200000", "2"), row("pod", "kvm/c6-2", "ECS_VM", "1650124800000", "1"),
		row("POD", "kvm/c6-2", "ecs-vm", "", "9"), row("KVM_POD", "kvm/c6-2", "ecs-vm", "1650124800000", "3"),
		row("manage", "kvm/c6-2", "ecs-vm", "1650124800000", "4"))
	var got []string
	for _, one := range list.InRegion("cn-north-7") {
		got = append(got, sourcestest.Shown(one.ZoneText)+" "+sourcestest.Shown(one.Total))
	}
	if diff := cmp.Diff([]string{"KVM_POD 3", "POD 2", "manage 4"}, got); diff != "" {
		t.Errorf("each pool once, in the newest measurement, however it is spelt (-want +got):\n%s", diff)
	}
}

func TestQuirk053WindowsBeginWithTheUpstreamsDay(t *testing.T) {
	_, upstream := capacityList(t, model.CloudServiceTypeEip)
	asked := upstream.Asked()[0]
	from := time.Date(2026, 11, 18, 16, 0, 0, 0, time.UTC) // midnight of UTC+8 two days before today's
	to := time.Date(2026, 11, 21, 10, 1, 0, 0, time.UTC)   // the next whole minute
	for _, want := range []string{
		"begin_time=" + sourcestest.Millis(from), "end_time=" + sourcestest.Millis(to),
		"service_type=EIP", "page_size=1000",
	} {
		if !strings.Contains(asked, want) {
			t.Errorf("asked %s, want %s", asked, want)
		}
	}
}

func TestCapacityWords(t *testing.T) {
	for service, want := range map[model.CloudServiceType]string{
		model.CloudServiceTypeDeh: "DeH", model.CloudServiceTypeEcsVM: "ECS_VM", model.CloudServiceTypeDcc: "DCC",
	} {
		_, upstream := capacityList(t, service)
		if asked := upstream.Asked()[0]; !strings.Contains(asked, "service_type="+want) {
			t.Errorf("Quirk036: asked %s for %s", asked, service)
		}
	}
	with := 0
	for _, service := range model.AllCloudServiceType {
		if capacity.Has(service) {
			with++
		}
	}
	if with != 10 {
		t.Errorf("%d services have a capacity, want the documented ten", with)
	}
}

func TestCapacityGaps(t *testing.T) {
	list, _ := capacityList(t, model.CloudServiceTypeEip,
		`{"region": "cn-east-1", "total": "1"}`, `{"region": "cn-north-7", "total": {"no": "number"}}`,
		`{"region": "华北-廊坊7", "total": []}`)
	if !list.GapIn("cn-north-7") || len(list.Gaps) != 1 || list.Gaps[0].Rows != 2 {
		t.Errorf("gaps: %+v", list.Gaps)
	}
	if list.GapIn("cn-east-1") || len(list.InRegion("cn-east-1")) != 1 {
		t.Error("the other region is not whole")
	}
}

func TestCapacityRanges(t *testing.T) {
	all, upstream := sourcestest.New(t, map[string]string{"CloudService/capacity": sourcestest.ListOf(
		`{"region": "cn-north-7", "timestamp": "1650211200000", "total": "2"}`,
		`{"region": "cn-north-7", "timestamp": "1650124800000", "total": "1"}`,
		`{"region": "cn-north-7", "timestamp": "1650124800000", "total": "7"}`, `{"region": "cn-east-1", "total": {}}`,
	)}, nil)
	day := func(n int) time.Time { return time.Date(2022, 4, n, 0, 0, 0, 0, time.UTC) }
	asked := []capacity.Range{
		{Service: model.CloudServiceTypeEip, Span: dataset.Span{From: day(15), To: day(18)}},
		{Service: model.CloudServiceTypeEip, Span: dataset.Span{From: day(16), To: day(18)}},
	}
	for range 2 {
		for _, outcome := range all.Capacity.ServiceRanges.Get(t.Context(), "", asked, 0) {
			if outcome.Err != nil {
				t.Fatal(outcome.Err)
			}
			rows := outcome.Held.Value.InRegion("cn-north-7")
			if len(rows) != 2 || *rows[1].Total != 2 {
				t.Errorf("%d rows, want every time once, in order", len(rows))
			}
			if !outcome.Held.Value.GapIn("cn-east-1") {
				t.Error("unreadable rows are not reported")
			}
		}
	}
	if got := len(upstream.Asked()); got != 2 {
		t.Errorf("%d calls for two spans, asked twice", got)
	}
}
