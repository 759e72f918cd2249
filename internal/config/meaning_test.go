package config_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
)

func TestDemo(t *testing.T) {
	for _, entry := range whole() {
		t.Run(entry, func(t *testing.T) {
			got, _ := config.Load("", []string{entry}) // An incomplete system is refused, and is no demo either.
			if got.Demo() {
				t.Error("Demo() = true")
			}
		})
	}
	for _, entry := range []string{"OPSGRAPH_UPSTREAM_TIMEOUT=2s", "OPSGRAPH_ESM_URL=", "OPSGRAPH_REDIS_URL=redis://a"} {
		t.Run(entry, func(t *testing.T) {
			got, err := config.Load("", []string{entry})
			if err != nil {
				t.Fatal(err)
			}
			if !got.Demo() {
				t.Error("Demo() = false")
			}
		})
	}
}

func TestChoices(t *testing.T) {
	esm := config.ESM{AppCode: "both", HCSOAppCode: "own"}
	if esm.APIG().Reveal() != "both" || esm.HCSO().Reveal() != "own" {
		t.Errorf("AppCodes are %q and %q, want both and own", esm.APIG().Reveal(), esm.HCSO().Reveal())
	}
	redis := config.Redis{URL: "redis://a"}
	if got := redis.Coordination(); got != "redis://a" {
		t.Errorf("coordination = %v, want the cache's", got)
	}
	redis.CoordinationURL = "redis://b"
	if got := redis.Coordination(); got != "redis://b" {
		t.Errorf("coordination = %v, want its own", got)
	}
}

func TestZone(t *testing.T) {
	moment := time.Date(2024, 1, 8, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"": "12:00", "UTC": "12:00", "utc": "12:00", "+08:00": "20:00", "-03:30": "08:30",
	} {
		zone, err := config.ParseZone(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := moment.In(zone.Location()).Format("15:04"); got != want {
			t.Errorf("noon in %q is %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"+8", "+08:60:1", "Nowhere/None", "08:00"} {
		if zone, err := config.ParseZone(text); err == nil {
			t.Errorf("%q is read as %v", text, zone)
		}
	}
}
