package live_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

// TestRedisLost_TellsAgain loses Redis, and the replica that polled, while the upstream can't be read: the replica that
// stays holds data from before a change that it has told. Whoever reads after the notice of missed events gets these
// data, so the change is told again once it can be read.
func TestRedisLost_TellsAgain(t *testing.T) {
	u := newLiveUpstream(t)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "4", "0")))
	u.set(deviceAlarms, sourcestest.ListOf())
	server := redistest.Start(t)
	polling, stays := u.replica(t, server), u.replica(t, server)
	followAlarms(t, polling, nil, nil)
	u.polls(t, serviceAlarms, 2)
	if got := readSeverity(t, stays); got != "4" {
		t.Fatalf("read %s before the change", got)
	}
	f := followAlarms(t, stays, nil, nil)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "3", "0")))
	wantAlarms(t, f, "UPDATED 1 3")
	u.set(serviceAlarms, "no JSON")
	polling.die(t)
	server.Kill()
	server.Restart()
	if e := awaited(t, f); !e.Lagged {
		t.Fatalf("no notice of missed events but %+v", e)
	}
	if got := readSeverity(t, stays); got != "4" {
		t.Fatalf("read %s, which none can have fetched", got)
	}
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "3", "0")))
	u.ahead.Add(int64(time.Minute)) // the pause after a failure ends
	wantAlarms(t, f, "UPDATED 1 3")
	if got := readSeverity(t, stays); got != "3" {
		t.Errorf("read %s after the change", got)
	}
	quiet(t, f)
}
