package quota_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
)

// What a replica knows is what Redis said last, and costs no trip: also while Redis is frozen.
func TestKnownAsksNobody(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	group := quota.Group{Name: "g", Limit: 60, Window: time.Hour}
	q := replicas(t, s, 1, group, quota.Options{Timeout: time.Minute, Heartbeat: time.Hour})[0]
	settled(t, q)
	for range 7 {
		if _, _, err := q.Take(t.Context(), "g", quota.LanePerson); err != nil {
			t.Fatal(err)
		}
	}
	s.signal(t, syscall.SIGSTOP)
	known := q.Known("g")
	s.signal(t, syscall.SIGCONT)
	if known.Limit != 60 || known.Left != 53 || !known.Coordinated {
		t.Errorf("known: %+v", known)
	}
	if none := q.Known("none"); none != (quota.State{}) {
		t.Errorf("an unknown group has %+v", none)
	}
	alone := open(t, quota.Options{}, group)
	if _, _, err := alone.Take(t.Context(), "g", quota.LanePerson); err != nil {
		t.Fatal(err)
	}
	if known := alone.Known("g"); known.Left != 59 || known.Coordinated {
		t.Errorf("alone: %+v", known)
	}
}
