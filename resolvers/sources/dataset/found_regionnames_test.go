package dataset_test

import (
	"testing"

	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

func TestFound_A3_NamesLeadToOneCodeOrNone(t *testing.T) {
	configured := dataset.NewRegionNames([]dataset.RegionConfig{
		{Code: "cn-north-7", Name: "华北-廊坊7", NameEn: "CN North-Langfang7"}, {Code: "site"},
	})
	learned := (*dataset.RegionNames)(nil).With([]dataset.RegionLabel{
		{Name: "华南-广州8", Code: "cn-south-8"},
		{Name: "华北-廊坊7", Code: "cn-north-1"}, // the configuration knows better
		{Name: "Twin", Code: "cn-east-1"},
		{Name: "twin ", Code: "cn-east-2"},     // of two regions
		{Name: "cn-west-3", Code: "cn-west-4"}, // a code is no name
	})
	names := configured.Over(learned)
	for text, want := range map[string]string{
		"cn-south-8": "cn-south-8", "华南-广州8": "cn-south-8", " 华南－广州８ ": "cn-south-8", "华南 广州8": "cn-south-8",
		"华北-廊坊7": "cn-north-7", "cn north-langfang7": "cn-north-7",
		"Twin": "null", "cn-west-3": "cn-west-3", "Atlantis": "null", "": "null", "null": "null",
	} {
		if got := sourcestest.Shown(names.Code(loose.NewText(text))); got != want {
			t.Errorf("%q leads to %s, want %s", text, got, want)
		}
	}
	if same := learned.With([]dataset.RegionLabel{{Name: "华南-广州8", Code: "cn-south-8"}}); same != learned {
		t.Error("what is known already makes other names")
	}
	again := (*dataset.RegionNames)(nil).With(learned.Labels())
	for _, text := range []string{"华南-广州8", "twin"} {
		got := sourcestest.Shown(again.Code(loose.NewText(text)))
		if want := sourcestest.Shown(learned.Code(loose.NewText(text))); got != want {
			t.Errorf("after an exchange %q leads to %s, want %s", text, got, want)
		}
	}
}

func TestFound_A4_NamesAreNoCodes(t *testing.T) {
	counted := 0
	cfg := dataset.Config{Unreadable: func(string, string) { counted++ }}.WithDefaults()
	for text, want := range map[string]string{
		"cn-south-8": "cn-south-8", "RegionOne": "RegionOne", "华南-广州8": "null", "South China": "null",
	} {
		if got := sourcestest.Shown(cfg.PromisedCode(loose.NewText(text), "list", "region")); got != want {
			t.Errorf("a field of codes with %q is %s, want %s", text, got, want)
		}
	}
	if counted != 2 {
		t.Errorf("%d names are counted, want 2", counted)
	}
}
