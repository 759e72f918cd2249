package registry_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/coordination/registry"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// items are those of a list, in the order of their texts.
func items(t *testing.T, r *registry.Registry, key string) (texts []string, err error) {
	t.Helper()
	all, err := r.Items(t.Context(), "started", key)
	for _, item := range all {
		texts = append(texts, string(item))
	}
	slices.Sort(texts)
	return texts, err
}

func add(t *testing.T, r *registry.Registry, key, item string, at time.Time) error {
	t.Helper()
	return r.Append(t.Context(), "started", key, []byte(item), at, time.Hour)
}

// What one replica adds the other has, each item once, under its own key; without Redis each has its own.
func TestItemsAreShared(t *testing.T) {
	server, now := redistest.Start(t), time.Now()
	open := func() *registry.Registry {
		connection, err := redis.Open(t.Context(), server.URL(), redis.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = connection.Close() })
		return registry.New(connection, "test", nil)
	}
	one, two := open(), open()
	for _, err := range []error{
		add(t, one, "k", "a", now), add(t, two, "k", "b", now.Add(time.Second)), add(t, one, "other", "c", now),
		add(t, one, "k", "a", now),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range []*registry.Registry{one, two, open()} {
		if got, err := items(t, r, "k"); err != nil || !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("items %v, %v", got, err)
		}
	}
	server.Kill()
	if got, err := items(t, two, "k"); err == nil || !slices.Equal(got, []string{"b"}) {
		t.Errorf("without Redis: %v, %v, want its own and an error", got, err)
	}
	if err := add(t, two, "k", "d", now); err == nil {
		t.Error("no error although Redis is away")
	}
	server.Restart()
	testkit.Eventually(t, "Redis is not found again", func() bool {
		got, err := items(t, two, "k")
		return err == nil && slices.Equal(got, []string{"b", "d"})
	})
}

// A list keeps its newest items, in Redis as in the process, and ends when nothing was added for its life.
func TestItemsAreBounded(t *testing.T) {
	server, clock := redistest.Start(t), testkit.NewClock(time.Now())
	connection, err := redis.Open(t.Context(), server.URL(), redis.Options{Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	shared, alone := registry.New(connection, "test", nil), registry.New(nil, "test", clock.Now)
	for i := range 1010 {
		for _, r := range []*registry.Registry{shared, alone} {
			if err := add(t, r, "k", fmt.Sprintf("%04d", i), clock.Now().Add(time.Duration(i)*time.Second)); err != nil {
				t.Fatal(err)
			}
		}
	}
	other := registry.New(connection, "test", nil)
	for name, r := range map[string]*registry.Registry{"in Redis": other, "in the process": alone} {
		if got, err := items(t, r, "k"); err != nil || len(got) != 1000 || got[0] != "0010" {
			t.Errorf("%s: %d items, %v", name, len(got), err)
		}
	}
	for i := range 100 {
		clock.Advance(time.Second)
		if err := add(t, alone, fmt.Sprintf("k%d", i), "x", clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := items(t, alone, "k"); len(got) != 0 {
		t.Errorf("the oldest of too many lists has %d items", len(got))
	}
	clock.Advance(time.Hour)
	if got, _ := items(t, alone, "k99"); len(got) != 0 {
		t.Errorf("%v after the life of the list", got)
	}
}
