package sources_test

import (
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

func TestRegionsAreLearned(t *testing.T) {
	all, _ := sourcestest.New(t, map[string]string{
		"host/detail": sourcestest.ListOf(`{"HOST_ID": "a", "REGION_ID": "cn-north-7"}`,
			`{"HOST_ID": "b", "REGION_ID": "North"}`),
		"CloudService/capacity":  sourcestest.ListOf(`{"region": "cn-east-1"}`),
		"host-physical/capacity": sourcestest.ListOf(`{"region": "cn-south-2"}`),
		"DeviceAlarm/info":       sourcestest.ListOf(`{"csn": "1", "LogicalRegionId": "cn-west-3"}`),
	}, func(cfg *dataset.Config) { cfg.Regions = []dataset.RegionConfig{{Code: "cn-north-7", Name: "北"}} })
	known := func() string { return strings.Join(all.Regions.Codes(""), " ") }
	if known() != "cn-north-7" {
		t.Errorf("known before any answer: %s", known())
	}
	load := []func() error{
		func() error { return all.Hosts.List.One(t.Context(), "", struct{}{}, 0).Err },
		func() error { return all.Capacity.Services.One(t.Context(), "", model.CloudServiceTypeEip, 0).Err },
		func() error { return all.Capacity.Physical.One(t.Context(), "", struct{}{}, 0).Err },
		func() error {
			return all.Alarms.Lists[model.AlarmSourceDevice].One(t.Context(), "", dataset.Span{}, 0).Err
		},
	}
	for i, want := range []string{
		"cn-north-7", "cn-east-1 cn-north-7", "cn-east-1 cn-north-7 cn-south-2", "cn-east-1 cn-north-7 cn-south-2 cn-west-3",
	} {
		if err := load[i](); err != nil {
			t.Fatal(err)
		}
		if known() != want {
			t.Errorf("after answer %d: %s, want %s", i+1, known(), want)
		}
	}
	if got := strings.Join(all.Regions.Codes("another tenant"), " "); got != "cn-north-7" {
		t.Errorf("another tenant knows %s", got)
	}
	if got := strings.Join(all.Regions.Codes("", "cn-east-1", "cn-new-9"), " "); !strings.HasSuffix(got,
		"cn-new-9 cn-north-7 cn-south-2 cn-west-3") {
		t.Errorf("with further ones: %s", got)
	}
	if all.Regions.Known("", "cn-nowhere-1") || !all.Regions.Known("", "cn-west-3") ||
		all.Regions.Known("another tenant", "cn-west-3") {
		t.Error("what is known")
	}
	if region := all.Regions.Region("cn-west-3"); region != all.Regions.Region("cn-west-3") || region.Name != nil {
		t.Error("a learned region is one value without a name")
	}
	if region := all.Regions.Region("cn-north-7"); sourcestest.Shown(region.Name) != "北" || region.NameEn != nil {
		t.Errorf("configured names: %s, %s", sourcestest.Shown(region.Name), sourcestest.Shown(region.NameEn))
	}
}
