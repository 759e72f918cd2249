package operations

import (
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestUpstreamField: the field reports every operation and costs no call.
func TestUpstreamField(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Unset: []string{"bss"}})
	r := w.StartGateway(t, "")
	began := time.Now()
	kit.Answered[any](t, r, `{ alarms { totalCount } }`, "")
	kit.Answered[any](t, r, `{ hosts { totalCount } }`, "")
	kit.Answered[any](t, r, `{ hosts { totalCount } }`, "")
	before := len(w.Arrived())
	got := kit.Answered[struct {
		Upstream struct {
			Since      time.Time
			Demo       bool
			Operations []struct {
				System, Name, Circuit  string
				Reads, Configured      bool
				Calls, Failures        int
				CacheHits, CacheMisses int
				CacheHitRatio          *float64
				Quota                  *struct {
					Name        string
					Limit, Left int
				}
				Latency *struct{ Calls int }
			}
			Quotas []struct {
				Name        string
				Left        int
				NextAt      *time.Time
				Coordinated bool
			}
		}
	}](t, r, `{ upstream { since demo quotas { name left nextAt coordinated } operations { system name circuit reads configured calls failures
		cacheHits cacheMisses cacheHitRatio quota { name limit left } latency { calls } } } }`, "").Upstream
	if len(w.Arrived()) != before || got.Demo || !got.Since.Equal(w.Clock.Now()) {
		t.Errorf("%d calls, demo %v, since %v", len(w.Arrived())-before, got.Demo, got.Since)
	}
	if len(got.Operations) != kit.DocumentedOperations || len(got.Quotas) != 2 || got.Quotas[0].Name != "esm-minute" {
		t.Errorf("%d operations, quotas %v", len(got.Operations), got.Quotas)
	}
	// The window, with its headroom, after the first call: by the real clock.
	minute, back := got.Quotas[0], w.Clock.Now().Add(63*time.Second)
	if minute.Left != 58 || minute.NextAt == nil || minute.NextAt.After(back.Add(time.Second)) ||
		minute.NextAt.Before(back.Add(-time.Since(began)-time.Second)) {
		t.Errorf("quota %+v", minute)
	}
	if second := got.Quotas[1]; second.Left < 3999 ||
		second.Left < 4000 && (second.NextAt == nil || second.NextAt.After(w.Clock.Now().Add(3*time.Second))) {
		t.Errorf("quota %+v", second)
	}
	for _, operation := range got.Operations {
		if operation.Configured == (operation.System == "BSS") || operation.Circuit != "CLOSED" || operation.Failures != 0 {
			t.Errorf("%+v", operation)
		}
		switch operation.Name {
		case "listHostDetails":
			if operation.Calls != 1 || operation.CacheHits < 1 || operation.CacheMisses < 1 || operation.Latency.Calls != 1 ||
				operation.Quota.Name != "esm-second" || operation.Quota.Limit != 4000 {
				t.Errorf("%+v", operation)
			}
		case "createToken", "collectAspReports":
			if operation.Reads || operation.Quota != nil || operation.CacheHitRatio != nil {
				t.Errorf("%+v", operation)
			}
		case "listDeviceAssets":
			if operation.Calls != 0 || operation.Quota.Name != "esm-minute" || operation.Quota.Left != 58 {
				t.Errorf("%+v", operation)
			}
		}
	}
	raw := r.Ask(t, `{ upstream { operations { name } } }`, "", nil).Raw
	if strings.Contains(raw, w.Server.URL) || strings.Contains(raw, "127.0.0.1") {
		t.Errorf("an address stands in the answer: %s", raw)
	}
}
