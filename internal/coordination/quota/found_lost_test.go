package quota_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// refusedWhileLost takes until a token is refused because Redis is lost.
func refusedWhileLost(
	t *testing.T, q *quota.Quota, take func(ctx context.Context) (time.Duration, func(), error),
) (refusal *quota.RefusedError) {
	t.Helper()
	testkit.Eventually(t, "no refusal while Redis is lost", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		_, _, err := take(ctx)
		return errors.As(err, &refusal) && !q.State(t.Context(), "g").Coordinated
	})
	return refusal
}

// A refusal that came from a lost Redis lasts until that is tried again, not until the own share opens, and there are
// tokens as soon as Redis is back. A heartbeat is 3 s, so a lost Redis is tried each second; the share opens after 63
// s.
func TestFound_C6_RefusalsEndWhenRedisIsBack(t *testing.T) {
	t.Parallel()
	const soon = 2 * time.Second
	for name, lane := range map[string]int{"a query": quota.LanePerson, "the background": quota.LaneBackground} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startRedis(t)
			o := hasty(&events{})
			o.Heartbeat = 3 * time.Second
			q := replicas(t, s, 1, minuteOfSixty, o)[0]
			settled(t, q)
			take := func(ctx context.Context) (time.Duration, func(), error) { return q.Take(ctx, "g", lane) }
			s.signal(t, syscall.SIGSTOP)
			if refusal := refusedWhileLost(t, q, take); refusal.After > soon {
				t.Errorf("refused for %v, want until Redis is tried again", refusal.After)
			}
			s.signal(t, syscall.SIGCONT)
			testkit.Within(t, 10*time.Second, "a token of the shared quota", func() bool {
				ctx, cancel := context.WithTimeout(t.Context(), soon)
				defer cancel()
				_, _, err := take(ctx)
				return err == nil
			})
		})
	}
}

// A tenant above its floor, whose own next token comes after a minute, is refused no longer than that either.
func TestFound_C6_RefusalsOfATenantEndWhenRedisIsBack(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	o := hasty(&events{})
	o.Heartbeat = 3 * time.Second
	q := replicas(t, s, 1, minuteOfSixty, o)[0]
	settled(t, q)
	tenants := shares(t, q)
	take := func(ctx context.Context) (time.Duration, func(), error) {
		return tenants.Take(ctx, "g", "a", quota.LanePerson)
	}
	for range 10 { // its floor is 6
		if _, _, err := take(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s.signal(t, syscall.SIGSTOP)
	if refusal := refusedWhileLost(t, q, take); refusal.After > 2*time.Second {
		t.Errorf("refused for %v, want until Redis is tried again", refusal.After)
	}
	s.signal(t, syscall.SIGCONT)
}

// A user who may not read the book has not lost it: the refusal is the cause that is reported, and no token is granted.
func TestFound_C7_BookThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	admin := s.client(t)
	for _, rule := range []string{"~* +@all -get", "~* +@all"} {
		var cause atomic.Pointer[string]
		var forgotten atomic.Int64
		command := []any{"ACL", "SETUSER", "gateway", "reset", "on", ">p"}
		for word := range strings.FieldsSeq(rule) {
			command = append(command, word)
		}
		if err := admin.Do(t.Context(), command...).Err(); err != nil {
			t.Fatal(err)
		}
		o := hasty(&events{})
		client := goredis.NewClient(&goredis.Options{
			Addr: s.address, Username: "gateway", Password: "p", MaxRetries: -1,
		})
		t.Cleanup(func() { _ = client.Close() })
		o.Redis = redis.Over(client)
		o.OnEvent = func(e quota.Event) {
			switch e.Kind {
			case quota.EventLost:
				text := e.Err.Error()
				cause.Store(&text)
			case quota.EventForgotten:
				forgotten.Add(1)
			default:
			}
		}
		q := open(t, o, minuteOfSixty)
		if strings.HasSuffix(rule, "-get") {
			testkit.Eventually(t, "the loss is not reported", func() bool { return cause.Load() != nil })
			if text := *cause.Load(); !strings.Contains(text, "can't run this command") || forgotten.Load() != 0 {
				t.Errorf("lost by %q, forgotten %d times", text, forgotten.Load())
			}
			if !q.Lost() {
				t.Error("it does not count as lost")
			}
		} else {
			settled(t, q)
		}
		q.Close()
	}
}
