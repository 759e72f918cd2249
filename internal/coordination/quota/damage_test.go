package quota_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
)

func TestFlushedUnderLoad(t *testing.T) {
	t.Parallel()
	s, log, reported := startRedis(t), newRecord(), &events{}
	all := replicas(t, s, 4, brief, hasty(reported), log)
	settled(t, all...)
	client := s.client(t)
	log.restart()
	log.run(t, 6*time.Second, 4, all, func() {
		for i := range 4 {
			at := 500*time.Millisecond + time.Duration(i)*1200*time.Millisecond
			log.until(at)
			if err := client.FlushAll(t.Context()).Err(); err != nil {
				t.Error(err)
			}
			log.until(at + 600*time.Millisecond)
			if err := client.ScriptFlush(t.Context()).Err(); err != nil {
				t.Error(err)
			}
		}
	})
	log.within(t, brief)
	if got := len(log.times); got < 2*40 {
		t.Errorf("%d tokens in 6 s, want 80 at least", got)
	}
	if got := reported.count(quota.EventForgotten); got < 4 {
		t.Errorf("%d events of a lost count, want at least one a flush", got)
	}
}

func TestDamagedBookIsWrittenAnew(t *testing.T) {
	t.Parallel()
	const key = "opsgraph::quota:{g}"
	cases := []struct {
		name   string
		damage []any
	}{
		{"deleted", []any{"DEL", key}},
		{"flushed", []any{"FLUSHALL"}},
		{"garbage", []any{"SET", key, "\x00\x01garbage that is longer than a checksum of forty characters"}},
		{"empty", []any{"SET", key, ""}},
		{"flipped", []any{"SETRANGE", key, 60, "\xff"}},
		{"longer", []any{"APPEND", key, "x"}},
		{"hash", []any{"EVAL", "redis.call('DEL', KEYS[1]) return redis.call('HSET', KEYS[1], 'a', 'b')", 1, key}},
		{"scripts", []any{"SCRIPT", "FLUSH"}},
	}
	group := quota.Group{Name: "g", Limit: 60, Window: time.Minute}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := startRedis(t)
			client := s.client(t)
			all := replicas(t, s, 2, group, quota.Options{Heartbeat: 300 * time.Millisecond, Timeout: time.Second})
			settled(t, all...)
			for i, q := range all {
				spend(t, q, 3+i)
			}
			if err := client.Do(t.Context(), c.damage...).Err(); err != nil {
				t.Fatal(err)
			}
			asked := time.Now()
			spend(t, all[0], 1)
			for all[1].State(t.Context(), "g").Left != 52 {
				if time.Since(asked) > 3*time.Second {
					t.Fatalf("state %+v; want 52 left of 60 after 3, 4 and 1 tokens", all[1].State(t.Context(), "g"))
				}
				pass(10 * time.Millisecond)
			}
		})
	}
}

func TestRestartWithDataCountsAsSpent(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	group := quota.Group{Name: "g", Limit: 60, Window: 2 * time.Second, Headroom: 0.05}
	q := replicas(t, s, 1, group, quota.Options{Heartbeat: 300 * time.Millisecond, Timeout: time.Second})[0]
	settled(t, q)
	spend(t, q, 2)
	if err := s.client(t).Save(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	spend(t, q, 50) // a promoted server would lack these
	s.kill()
	s.start(t)
	started := time.Now()
	settled(t, q)
	if got := q.State(t.Context(), "g"); got.Left != 0 || got.ResetAfter < time.Second {
		t.Errorf("%+v; want nothing left for a window", got)
	}
	if _, _, err := q.Take(t.Context(), "g", quota.LanePerson); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(started); took < 2*time.Second || took > 5*time.Second {
		t.Errorf("the next token came after %v, want a window", took)
	}
}

func TestNoReplicaExceedsTheLimitByItself(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	q := replicas(t, s, 1, quota.Group{Name: "g", Limit: 5, Window: time.Minute}, quota.Options{Timeout: time.Second})[0]
	settled(t, q)
	spend(t, q, 5)
	// As a clock of Redis that jumps ahead changes the log.
	const empty = `local body = string.sub(redis.call('GET', KEYS[1]), 41)
		local book = cmsgpack.unpack(body)
		book.log = {}
		body = cmsgpack.pack(book)
		return redis.call('SET', KEYS[1], redis.sha1hex(body) .. body)`
	if err := s.client(t).Eval(t.Context(), empty, []string{"opsgraph::quota:{g}"}).Err(); err != nil {
		t.Fatal(err)
	}
	if got := q.State(t.Context(), "g").Left; got != 5 {
		t.Fatalf("%d left by the shared count, want it emptied", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	asked := time.Now()
	var refusal *quota.RefusedError
	if _, _, err := q.Take(ctx, "g", quota.LanePerson); !errors.As(err, &refusal) || time.Since(asked) > time.Second {
		t.Errorf("sixth token: %v after %v; want a refusal at once", err, time.Since(asked))
	}
}
