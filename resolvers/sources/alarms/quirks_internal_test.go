package alarms

import (
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// TestQuirk035SeverityRunsBothWays: of alarms 1 is the gravest.
func TestQuirk035SeverityRunsBothWays(t *testing.T) {
	var unknown []string
	cfg := dataset.Config{Unknown: func(enum string) { unknown = append(unknown, enum) }}.WithDefaults()
	for i, want := range []model.AlarmSeverity{
		model.AlarmSeverityCritical, model.AlarmSeverityMajor, model.AlarmSeverityMinor, model.AlarmSeverityWarning,
	} {
		if got := alarmSeverity(cfg, loose.NewText(string(rune('1'+i)))); got == nil || *got != want {
			t.Errorf("number %d of the list is %v, want %v", i, got, want)
		}
	}
	if alarmSeverity(cfg, loose.NewText("5")) != nil || len(unknown) != 1 {
		t.Errorf("a number outside the list: %v", unknown)
	}
}
