package cache_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

func benchRows(n int) func(context.Context, string, []string) map[string]cache.Result[cache.Fetched[row]] {
	rows := make([]row, n)
	for i := range rows {
		rows[i] = row{ID: fmt.Sprintf("host-%06d.region-%d.example", i, i%5), Value: i}
	}
	return whole(func(context.Context, cache.Key) (cache.Fetched[row], error) {
		return cache.Fetched[row]{Records: rows}, nil
	})
}

func benchSnapshot(b *testing.B, n int, tiers cache.Tiers) *rows {
	b.Helper()
	d := listsOf(newUpstream())
	d.Fetch = benchRows(n)
	s, err := cache.New(d, tiers)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.Close)
	return &rows{s}
}

func benchTiers(b *testing.B) cache.Tiers {
	b.Helper()
	conn, err := redis.Open(b.Context(), redistest.Start(b).URL(), redis.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := conn.Close(); err != nil {
			b.Error(err)
		}
	})
	return cache.Tiers{Redis: conn, Leases: lease.New(conn, "bench")}
}

func BenchmarkSnapshotPeek(b *testing.B) {
	s := benchSnapshot(b, 10, cache.Tiers{})
	if _, err := s.get(b.Context(), all, 0); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := s.Peek(b.Context(), all.Scope, all.Part); !ok {
			b.Fatal("miss")
		}
	}
}

func BenchmarkSnapshotPeekParallel(b *testing.B) {
	s := benchSnapshot(b, 10, cache.Tiers{})
	if _, err := s.get(b.Context(), all, 0); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			s.Peek(b.Context(), all.Scope, all.Part)
		}
	})
}

// BenchmarkSnapshotFromRedis measures how a new replica reads a list of 1000 rows.
func BenchmarkSnapshotFromRedis(b *testing.B) {
	tiers := benchTiers(b)
	warm := benchSnapshot(b, 1000, tiers)
	if _, err := warm.get(b.Context(), all, 0); err != nil {
		b.Fatal(err)
	}
	warm.Close()
	b.ReportAllocs()
	for b.Loop() {
		s := benchSnapshot(b, 1000, tiers)
		held, err := s.get(b.Context(), all, 0)
		if err != nil || held.Source != cache.SourceRedis {
			b.Fatalf("from %s, %v", held.Source, err)
		}
		s.Close()
	}
}

func benchMany(b *testing.B, tiers cache.Tiers) recordSet {
	b.Helper()
	m, err := cache.New(records{
		Operation: "showRow", Ages: ages, Key: asText,
		Fetch: func(_ context.Context, _ string, keys []string) map[string]cache.Result[row] {
			out := make(map[string]cache.Result[row], len(keys))
			for _, key := range keys {
				out[key] = cache.Result[row]{Record: row{ID: key}}
			}
			return out
		},
		Build: func(_, _ string, r row) (row, int64) { return r, 50 },
	}, tiers)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(m.Close)
	return m
}

func BenchmarkManyPeek(b *testing.B) {
	m := benchMany(b, cache.Tiers{})
	m.Get(b.Context(), "t", []string{"a"}, 0)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := m.Peek(b.Context(), "t", "a"); !ok {
			b.Fatal("miss")
		}
	}
}

// BenchmarkManyFromRedis measures 100 records that only Redis has.
func BenchmarkManyFromRedis(b *testing.B) {
	tiers := benchTiers(b)
	keys := make([]string, 100)
	for i := range keys {
		keys[i] = fmt.Sprintf("vm-%d", i)
	}
	warm := benchMany(b, tiers)
	warm.Get(b.Context(), "t", keys, 0)
	warm.Close()
	b.ReportAllocs()
	for b.Loop() {
		m := benchMany(b, tiers)
		for _, o := range m.Get(b.Context(), "t", keys, 0) {
			if o.Held.Source != cache.SourceRedis {
				b.Fatalf("from %s, %v", o.Held.Source, o.Err)
			}
		}
		m.Close()
	}
}
