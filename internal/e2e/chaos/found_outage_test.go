package chaos

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// soonAfterReturn is "within some seconds" on a busy machine: far less than the minute after which a replica without
// Redis may spend its own share.
const soonAfterReturn = 15 * time.Second

// minuteWindow has the quota's window as long as it really is, and notices a lost Redis soon.
func minuteWindow() []string {
	return []string{
		"OPSGRAPH_QUOTA_MINUTE_WINDOW=1m", "OPSGRAPH_QUOTA_HEADROOM=0.05",
		"OPSGRAPH_REDIS_TIMEOUT=200ms", "OPSGRAPH_REDIS_DIAL_TIMEOUT=200ms",
	}
}

// TestFound_C6_RefusalsEndWithTheOutage freezes Redis while a list that nobody has read, and the refresh of one that
// has become stale, are wanted: both are had within some seconds after its return, and clients learn to come again
// then.
func TestFound_C6_RefusalsEndWithTheOutage(t *testing.T) {
	t.Parallel()
	const ages = `
limits: {request_timeout: 5s}
ages:
  alarms: {fresh: 1s, stale: 20m, dead: 1h}
  assets: {fresh: 10m, stale: 20m, dead: 1h}
`
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2, Running: true}, minuteWindow()...)
	r := fl.Start(t, 1, ages)[0]
	testkit.Eventually(t, "no first answer", func() bool {
		return r.Ask(t, kit.WantAlarms, "", nil).Code() == ""
	})
	fl.Redis.Pause()
	testkit.Eventually(t, "a cold list is not refused while Redis is frozen", func() bool {
		r.Ask(t, kit.WantAlarms, "", nil)
		got := r.Ask(t, kit.WantDevices, "", nil)
		if got.Code() != "UPSTREAM_QUOTA_EXHAUSTED" {
			return false
		}
		after, _ := got.Body.Errors[0].Extensions["retryAfterMs"].(float64)
		if after <= 0 || after > 5000 {
			t.Errorf("come again after %v ms, want some seconds", after)
		}
		return true
	})
	before := fl.Sim.Calls()["listDeviceAlarms"]
	fl.Redis.Resume()
	testkit.Within(t, soonAfterReturn, "the cold list is had after the return of Redis", func() bool {
		return r.Ask(t, kit.WantDevices, "", nil).Code() == ""
	})
	testkit.Within(t, soonAfterReturn, "the stale list is refreshed after the return of Redis", func() bool {
		r.Ask(t, kit.WantAlarms, "", nil)
		return fl.Sim.Calls()["listDeviceAlarms"] > before
	})
}

// TestFound_A5_RedisKeepsTheGoodList: hosts of which half lack their id take the place of no good list, neither in the
// memory of the replica that reads them nor in Redis, where the next replica finds it.
func TestFound_A5_RedisKeepsTheGoodList(t *testing.T) {
	t.Parallel()
	const document, good = `{ hosts { totalCount } }`, `"totalCount":24`
	// Time goes on: a replica that finds another one at the refresh waits for its end, and then tries again.
	fleet := kit.NewFleet(t, kit.WorldSettings{Hosts: 24, Regions: 1, Running: true})
	first := fleet.Start(t, 1, kit.Steady)[0]
	if got := first.Ask(t, document, "", nil); !strings.Contains(got.Raw, good) {
		t.Fatalf("the good list: %s", got.Raw)
	}
	(&spoilt{Fleet: fleet, connection: fleet.Admin(t)}).keyOf(t, "listHostDetails")

	rows := make([]string, 24)
	for i := range rows {
		rows[i] = `{"HOST_NAME":"nobody"}`
		if i < len(rows)/2 {
			rows[i] = fmt.Sprintf(`{"HOST_ID":"h%d"}`, i)
		}
	}
	body := `{"total":24,"list":[` + strings.Join(rows, ",") + `]}`
	fleet.Steer(t, http.MethodPut, "faults", []map[string]any{{
		"operation": "listHostDetails", "kind": "status", "status": 200, "body": body,
	}})
	fleet.Clock.Advance(15 * time.Minute)
	for name, replica := range map[string]*kit.Replica{
		"the one that read it": first, "the next one": fleet.Start(t, 1, kit.Steady)[0],
	} {
		testkit.Eventually(t, name+": the refused refresh", func() bool {
			got := replica.Ask(t, document, "", nil)
			if !strings.Contains(got.Raw, good) {
				t.Fatalf("%s: %s", name, got.Raw)
			}
			return strings.Contains(got.Raw, `"reason":"UPSTREAM_BAD_RESPONSE"`)
		})
	}
}
