package quota_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// BenchmarkTakeAlone takes a token in the process, without waiting.
func BenchmarkTakeAlone(b *testing.B) {
	q, err := quota.New([]quota.Group{{Name: "g", Limit: 1 << 30, Window: time.Millisecond}}, quota.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(q.Close)
	benchmarkTake(b, q)
}

// BenchmarkTakeLeased takes a token of a block that was leased from Redis.
func BenchmarkTakeLeased(b *testing.B) {
	q := open(b, quota.Options{Redis: redis.Over(startRedis(b).client(b)), Timeout: time.Second},
		quota.Group{Name: "g", Limit: 1 << 30, Window: time.Second})
	settled(b, q)
	benchmarkTake(b, q)
}

// BenchmarkTakeRedis takes a token with a trip to Redis, the log between empty and full.
func BenchmarkTakeRedis(b *testing.B) {
	s := startRedis(b)
	client := s.client(b)
	var q *quota.Quota
	left := 0
	b.ReportAllocs()
	for b.Loop() {
		if left == 0 {
			b.StopTimer()
			if q != nil {
				q.Close()
			}
			if err := client.FlushAll(b.Context()).Err(); err != nil {
				b.Fatal(err)
			}
			q = open(b, quota.Options{Redis: redis.Over(client), Timeout: time.Second},
				quota.Group{Name: "g", Limit: 60, Window: time.Minute})
			settled(b, q)
			left = 60
			b.StartTimer()
		}
		if _, _, err := q.Take(b.Context(), "g", quota.LanePerson); err != nil {
			b.Fatal(err)
		}
		left--
	}
}

func benchmarkTake(b *testing.B, q *quota.Quota) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := q.Take(b.Context(), "g", quota.LanePerson); err != nil {
			b.Fatal(err)
		}
	}
}
