package quota_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// deaf is a client whose commands reach Redis while the answers are lost.
type deaf struct{ on atomic.Bool }

func (d *deaf) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (d *deaf) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		err := next(ctx, cmd)
		if d.on.Load() {
			err = context.DeadlineExceeded
			cmd.SetErr(err)
		}
		return err
	}
}

func (d *deaf) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return next
}

// The book lowers the share of a replica, whose answer is lost with its contact: it spends the share that it was told,
// so the others must keep that one free, and not the lower one.
func TestShareWhoseAnswerIsLostStaysFree(t *testing.T) {
	t.Parallel()
	s, d := startRedis(t), &deaf{}
	o := quota.Options{Heartbeat: 1200 * time.Millisecond, Timeout: 200 * time.Millisecond}
	client := s.client(t)
	client.AddHook(d)
	o.Redis = redis.Over(client)
	lonely := open(t, o, brief)
	settled(t, lonely)
	settled(t, lonely) // it is promised all of 32
	o.Redis = redis.Over(s.client(t))
	other := open(t, o, brief)
	settled(t, other)
	d.on.Store(true)
	lonely.State(t.Context(), "g") // the book halves its share, and it does not learn of that
	var own, kept quota.State
	testkit.Eventually(t, "its silence is not noticed", func() bool {
		own, kept = lonely.Known("g"), other.State(t.Context(), "g")
		return !own.Coordinated && kept.Replicas == 1
	})
	if own.Effective+kept.Effective > float64(brief.Limit) {
		t.Errorf("%v cut off and %v in touch, of %d", own.Effective, kept.Effective, brief.Limit)
	}
}
