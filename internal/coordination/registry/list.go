package registry

import (
	"context"
	"fmt"
	"slices"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

const (
	// mostItems bounds a list; the oldest items make room.
	mostItems = 1000
	// mostLists bounds the lists in the process; the one to which nothing was added for longest makes room.
	mostLists = 100
)

// list has the items that this process has added under a key, the oldest first.
type list struct {
	items [][]byte
	added time.Time
	lives time.Duration
}

// Append adds an item to the list of a key, which lives on from now. at orders the items of one list. This process
// keeps it in any case; after an error no other one has it.
func (r *Registry) Append(
	ctx context.Context, kind, key string, item []byte, at time.Time, lives time.Duration,
) error {
	name := r.name(kind, key)
	r.mu.Lock()
	r.append(name, item, lives)
	r.mu.Unlock()
	if r.redis == nil {
		return nil
	}
	_, err := redis.Client(r.redis).Pipelined(ctx, func(pipe goredis.Pipeliner) error {
		pipe.ZAdd(ctx, name, goredis.Z{Score: float64(at.UnixMilli()), Member: item})
		pipe.ZRemRangeByRank(ctx, name, 0, -mostItems-1)
		pipe.PExpire(ctx, name, lives)
		return nil
	})
	if err != nil {
		return fmt.Errorf("registry: append %s: %w", kind, err)
	}
	return nil
}

// append keeps an item in the process. The lock is held.
func (r *Registry) append(name string, item []byte, lives time.Duration) {
	l := r.lists[name]
	if l == nil {
		if len(r.lists) >= mostLists {
			var first string
			for candidate, held := range r.lists {
				if first == "" || held.added.Before(r.lists[first].added) {
					first = candidate
				}
			}
			delete(r.lists, first)
		}
		l = &list{}
		r.lists[name] = l
	}
	l.items = append(l.items, item)
	l.items = slices.Clone(l.items[max(0, len(l.items)-mostItems):])
	l.added, l.lives = r.now(), lives
}

// Items returns the items of the list of a key, of all processes that share a Redis, in no order and each once. An
// error means that Redis could not be asked: they are then those that this process has added.
func (r *Registry) Items(ctx context.Context, kind, key string) ([][]byte, error) {
	name := r.name(kind, key)
	var items [][]byte
	known := map[string]bool{}
	take := func(item string) {
		if !known[item] {
			known[item] = true
			items = append(items, []byte(item))
		}
	}
	r.mu.Lock()
	if l := r.lists[name]; l != nil && r.now().Before(l.added.Add(l.lives)) {
		for _, item := range l.items {
			take(string(item))
		}
	}
	r.mu.Unlock()
	if r.redis == nil {
		return items, nil
	}
	shared, err := redis.Client(r.redis).ZRevRange(ctx, name, 0, mostItems-1).Result()
	if err != nil {
		return items, fmt.Errorf("registry: list %s: %w", kind, err)
	}
	for _, item := range shared {
		take(item)
	}
	return items, nil
}
