package capacity_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/instances"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// The pool of one region on two days, under its name and under its code, in the calls of both kinds.
const (
	poolByName = `{"region":"华南-广州8","device_type":"EVS","timestamp":"1795017600000","allocated":"1"}`
	poolByCode = `{"region":"cn-south-8","device_type":"EVS","timestamp":"1795190400000","allocated":"2"}`
)

// teachers are the lists that have names beside codes, and what reads one of them.
func teachers(t *testing.T) map[string]struct {
	path, row string
	read      func(*sources.Sources, string) error
} {
	t.Helper()
	span := dataset.Span{From: sourcestest.Now().Add(-time.Hour), To: sourcestest.Now()}
	return map[string]struct {
		path, row string
		read      func(*sources.Sources, string) error
	}{
		"alarms": {
			"CloudServiceAlarm/info", `{"csn":"1","region":"华南-广州8","LogicalRegionId":"cn-south-8"}`,
			func(s *sources.Sources, scope string) error {
				return s.Alarms.Lists[model.AlarmSourceCloudService].One(t.Context(), scope, dataset.Span{}, 0).Err
			},
		},
		"clusters": {
			"elbv3", `{"cluster_id":"1","region_name":"华南-广州8","region_id":"cn-south-8"}`,
			func(s *sources.Sources, scope string) error {
				return s.Devices.Clusters.One(t.Context(), scope, struct{}{}, 0).Err
			},
		},
		"host metrics": {
			"host/metricdata",
			`{"host_id":"h","metrics_name":"CPU","region_id":"cn-south-8","region_name":"华南-广州8","value":"1"}`,
			func(s *sources.Sources, scope string) error {
				return s.Metrics.Hosts.Windows.One(t.Context(), scope, metrics.Key{ID: "h", Span: span}, 0).Err
			},
		},
		"audit": {
			"cloudAuditlog", `{"id":"1","region_id":"cn-south-8","region_name":"华南-广州8"}`,
			func(s *sources.Sources, scope string) error {
				days, _, err := s.Audit.DaysOf(&model.TimeRange{From: &span.From, To: &span.To}, sourcestest.Now())
				if err != nil {
					return err
				}
				return s.Audit.Logs.One(t.Context(), scope, days, 0).Err
			},
		},
	}
}

// TestFound_A3_NamesAreLearnedWhereverTheyStandBesideCodes: for lists that are held already, of latest figures, of
// ranges and of pools; for the tenant whose answer it was and no other.
func TestFound_A3_NamesAreLearnedWhereverTheyStandBesideCodes(t *testing.T) {
	for name, teacher := range teachers(t) {
		t.Run(name, func(t *testing.T) {
			made, upstream := sourcestest.New(t, map[string]string{
				"CloudService/capacity":  sourcestest.ListOf(poolByName, poolByCode),
				"host-physical/capacity": sourcestest.ListOf(poolByName, poolByCode),
				teacher.path:             sourcestest.ListOf(teacher.row),
			}, nil)
			span := dataset.Span{From: sourcestest.Now().AddDate(0, 0, -7), To: sourcestest.Now()}
			type lists struct {
				latest, ranged   *capacity.List
				pools, poolRange *capacity.PhysicalList
			}
			held := map[string]lists{}
			for _, scope := range []string{"one", "two"} {
				evs := model.CloudServiceTypeEvs
				held[scope] = lists{
					made.Capacity.Services.One(t.Context(), scope, evs, 0).Held.Value,
					made.Capacity.ServiceRanges.One(t.Context(), scope, capacity.Range{Service: evs, Span: span}, 0).Held.Value,
					made.Capacity.Physical.One(t.Context(), scope, struct{}{}, 0).Held.Value,
					made.Capacity.PhysicalRanges.One(t.Context(), scope, span, 0).Held.Value,
				}
			}
			shown := func(scope string) []int {
				l, south := held[scope], "cn-south-8"
				return []int{
					len(l.latest.All()), len(l.latest.InRegion(south)), len(l.ranged.InRegion(south)),
					len(l.pools.InRegion(south)), len(l.poolRange.InRegion(south)), len(l.latest.Strays().Names),
					len(l.pools.Strays().Names),
				}
			}
			unknown, known := []int{2, 1, 1, 1, 1, 1, 1}, []int{1, 1, 2, 1, 2, 0, 0}
			if got := shown("one"); !slices.Equal(got, unknown) {
				t.Errorf("before: %v, want %v", got, unknown)
			}
			if err := teacher.read(made, "one"); err != nil {
				t.Fatal(err)
			}
			if got := shown("one"); !slices.Equal(got, known) {
				t.Errorf("after %s: %v, want %v", name, got, known)
			}
			if got := shown("two"); !slices.Equal(got, unknown) {
				t.Errorf("another tenant: %v, want %v", got, unknown)
			}
			if rows := held["one"].latest.InRegion("cn-south-8"); *rows[0].Allocated != 2 {
				t.Errorf("the older row counts: %v", *rows[0].Allocated)
			}
			if upstream.Count("region") == 0 {
				t.Error("names that nothing explained are not counted")
			}
		})
	}
}

func TestFound_A3_RowsByUnknownNamesCountWhileTheyAreNew(t *testing.T) {
	for name, test := range map[string]struct {
		rows       []string
		want, late []string
	}{
		"older": {
			[]string{poolByCode, poolByName}, []string{"cn-south-8"}, []string{"华南-广州8"},
		},
		"as new": {
			[]string{poolByCode, strings.Replace(poolByName, "1795017600000", "1795190400000", 1)},
			[]string{"cn-south-8", "华南-广州8"}, nil,
		},
		"without a time": {
			[]string{poolByCode, strings.Replace(poolByName, "1795017600000", "", 1)},
			[]string{"cn-south-8"}, []string{"华南-广州8"},
		},
		"no time anywhere": {[]string{`{"region":"华南-广州8","allocated":"1"}`}, []string{"华南-广州8"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			list, _ := capacityList(t, model.CloudServiceTypeEvs, test.rows...)
			rows, late := list.Counted()
			totals, _ := capacity.Totals(model.CloudServiceTypeEvs, rows, nil, nil)
			var got []string
			for _, region := range totals[0].ByRegion {
				got = append(got, *region.RegionCode)
				if isName := strings.HasPrefix(*region.RegionCode, "华"); region.Named != isName {
					t.Errorf("%s is a region: %t", *region.RegionCode, !region.Named)
				}
			}
			if diff := cmp.Diff([][]string{test.want, test.late}, [][]string{got, late}); diff != "" {
				t.Errorf("regions of totals, and names left out (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFound_A14_WordForDCC: a site of a later edition is asked by its own word, and plans say so.
func TestFound_A14_WordForDCC(t *testing.T) {
	for word, want := range map[string]string{"": "DCC", "DCC_GENERATE": "DCC_GENERATE"} {
		made, upstream := sourcestest.NewLists(t, func(string, url.Values) []any { return nil },
			func(cfg *dataset.Config, _ *esm.Options) { cfg.DCCWord = word })
		for _, service := range []model.CloudServiceType{model.CloudServiceTypeDcc, model.CloudServiceTypeDeh} {
			if held := made.Capacity.Services.One(t.Context(), "", service, 0); held.Err != nil {
				t.Fatal(held.Err)
			}
		}
		var asked []string
		for _, query := range upstream.Asked() {
			asked = append(asked, query.Get("service_type"))
		}
		if diff := cmp.Diff([]string{want, "DeH"}, asked); diff != "" {
			t.Errorf("service types (-want +got):\n%s", diff)
		}
	}
}

// TestFound_A3_RowsOfAllListsAreOfTheNamedRegion: a name that one list has explained counts in the others.
func TestFound_A3_RowsOfAllListsAreOfTheNamedRegion(t *testing.T) {
	made, _ := sourcestest.New(t, map[string]string{
		"CloudServiceAlarm/info": sourcestest.ListOf(teachers(t)["alarms"].row),
		"DeviceAlarm/info": sourcestest.ListOf(
			`{"csn":"2","LogicalRegionId":"华南-广州8"}`, `{"csn":"3","LogicalRegionId":"深圳"}`),
		"host/detail":      sourcestest.ListOf(`{"HOST_ID":"h","REGION_ID":"华南-广州8"}`),
		"DeviceAsset/info": sourcestest.ListOf(`{"device_id":"d","region":"华南-广州8"}`),
		"instancedata/EVS": sourcestest.ListOf(`{"resource_id":"r","region_code":"华南-广州8"}`),
		"elbv3":            sourcestest.ListOf(`{"cluster_id":"c","region_id":"华南-广州8"}`),
		"network-device/metric-data": sourcestest.ListOf(
			`{"device_ip":"10.0.0.1","metric":"14","region_id":"华南-广州8","value":"1","timestamp":"1795190400000"}`),
	}, nil)
	if err := teachers(t)["alarms"].read(made, ""); err != nil {
		t.Fatal(err)
	}
	span := dataset.Span{From: sourcestest.Now().Add(-time.Hour), To: sourcestest.Now()}
	const south = "cn-south-8"
	for name, rows := range map[string]int{
		"alarms": len(made.Alarms.Lists[model.AlarmSourceDevice].One(t.Context(), "", dataset.Span{}, 0).
			Held.Value.InRegion(south)),
		"hosts":    len(made.Hosts.List.One(t.Context(), "", struct{}{}, 0).Held.Value.InRegion(south)),
		"devices":  len(made.Devices.List.One(t.Context(), "", struct{}{}, 0).Held.Value.InRegion(south)),
		"clusters": len(made.Devices.Clusters.One(t.Context(), "", struct{}{}, 0).Held.Value.InRegion(south)),
		"instances": len(made.Instances.Lists.One(t.Context(), "", instances.Key{Type: model.InstanceTypeEvs}, 0).
			Held.Value.InRegion(south)),
	} {
		if rows != 1 {
			t.Errorf("%d %s of the region", rows, name)
		}
	}
	network := made.Metrics.Network.Windows.One(t.Context(), "", metrics.NetworkKey{Span: span}, 0).Held.Value
	if code := sourcestest.Shown(network.All[0].RegionCode); code != south {
		t.Errorf("network metrics of %s", code)
	}
	if codes := made.Regions.Codes(""); !slices.Equal(codes, []string{south}) {
		t.Errorf("regions %v: names are no codes", codes)
	}
}
