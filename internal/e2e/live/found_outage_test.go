package live

import (
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_F8_SubscribersHearSoonAfterTheOutage freezes Redis until a poll has failed: what changed meanwhile is heard
// within some seconds after its return, and not after the minute in which a replica without Redis has no share.
func TestFound_F8_SubscribersHearSoonAfterTheOutage(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	w := kit.NewLiveWorld(t)
	r := w.StartLive(t, "OPSGRAPH_REDIS_URL="+redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=200ms",
		"OPSGRAPH_REDIS_DIAL_TIMEOUT=200ms", "OPSGRAPH_LIVE_LEASE_FOR=5s",
		"OPSGRAPH_QUOTA_MINUTE_LIMIT=6000", "OPSGRAPH_QUOTA_MINUTE_WINDOW=1m") // each call asks Redis
	all := r.Follow(t, kit.AlarmSubscription, "")
	w.Baseline(t)
	redis.Pause()
	paused := time.Now()
	// The lists are polled by the lease that is held (5 s): a call of theirs is refused, or the lease ends before one.
	testkit.Eventually(t, "polling goes on without Redis", func() bool {
		return strings.Contains(r.Log.String(), "refresh failed") || time.Since(paused) > 6*time.Second
	})
	csn := w.Raise(t)
	redis.Resume()
	back := time.Now()
	all.WantAlarm("RAISED", csn)
	if took := time.Since(back); took > 20*time.Second {
		t.Errorf("heard %v after the return of Redis, want some seconds", took)
	}
}
