// Package registry remembers small things that must outlive a request, such as which job a command started: in the
// Redis that must not evict when there is one, so that all replicas and a restarted one know them, else in the process.
// It is not a cache: what it holds can't be fetched again. It knows nothing of what the entries mean.
package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// mostEntries bounds the entries held in the process when there is no Redis; the one that ends first makes room.
const mostEntries = 10_000

// Registry holds entries by kind and key, each until its end.
type Registry struct {
	redis       *redis.Connection
	environment string
	now         func() time.Time

	mu      sync.Mutex
	entries map[string]entry
}

type entry struct {
	value []byte
	ends  time.Time
}

// New makes a registry. A nil connection keeps entries in the process alone; environment is part of every key in Redis;
// a nil clock means time.Now.
func New(connection *redis.Connection, environment string, now func() time.Time) *Registry {
	if now == nil {
		now = time.Now
	}
	return &Registry{redis: connection, environment: environment, now: now, entries: map[string]entry{}}
}

// Shared tells whether other replicas see the entries.
func (r *Registry) Shared() bool { return r.redis != nil }

// Now is the moment by the clock of the entries.
func (r *Registry) Now() time.Time { return r.now() }

// PutIfAbsent stores a value unless the key has one. It returns the value that the key has then and whether that is the
// new one.
func (r *Registry) PutIfAbsent(
	ctx context.Context, kind, key string, value []byte, lives time.Duration,
) (held []byte, stored bool, err error) {
	name := r.name(kind, key)
	if r.redis == nil {
		held, stored = r.putIfAbsent(name, value, lives)
		return held, stored, nil
	}
	// Twice at most: an entry may end between the refusal and the reading.
	for range 2 {
		err = redis.Client(r.redis).SetArgs(ctx, name, value, goredis.SetArgs{Mode: "NX", TTL: lives}).Err()
		if err == nil {
			return value, true, nil
		}
		if !errors.Is(err, goredis.Nil) {
			return nil, false, fmt.Errorf("registry: store %s: %w", kind, err)
		}
		held, err = redis.Client(r.redis).Get(ctx, name).Bytes()
		if err == nil {
			return held, false, nil
		}
		if !errors.Is(err, goredis.Nil) {
			return nil, false, fmt.Errorf("registry: read %s: %w", kind, err)
		}
	}
	return nil, false, fmt.Errorf("registry: store %s: %w", kind, err)
}

// Put stores a value in place of the one that the key has.
func (r *Registry) Put(ctx context.Context, kind, key string, value []byte, lives time.Duration) error {
	name := r.name(kind, key)
	if r.redis != nil {
		if err := redis.Client(r.redis).Set(ctx, name, value, lives).Err(); err != nil {
			return fmt.Errorf("registry: store %s: %w", kind, err)
		}
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(name, value, lives)
	return nil
}

// Value is what the key has; false when it has nothing.
func (r *Registry) Value(ctx context.Context, kind, key string) ([]byte, bool, error) {
	name := r.name(kind, key)
	if r.redis != nil {
		value, err := redis.Client(r.redis).Get(ctx, name).Bytes()
		if errors.Is(err, goredis.Nil) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("registry: read %s: %w", kind, err)
		}
		return value, true, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	held, ok := r.entries[name]
	if !ok || !r.now().Before(held.ends) {
		return nil, false, nil
	}
	return held.value, true, nil
}

// Remove forgets what the key has.
func (r *Registry) Remove(ctx context.Context, kind, key string) error {
	name := r.name(kind, key)
	if r.redis != nil {
		if err := redis.Client(r.redis).Del(ctx, name).Err(); err != nil {
			return fmt.Errorf("registry: remove %s: %w", kind, err)
		}
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.entries, name)
	return nil
}

func (r *Registry) putIfAbsent(name string, value []byte, lives time.Duration) ([]byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if held, ok := r.entries[name]; ok && r.now().Before(held.ends) {
		return held.value, false
	}
	r.put(name, value, lives)
	return value, true
}

// put stores with the lock held and makes room when there is none.
func (r *Registry) put(name string, value []byte, lives time.Duration) {
	if _, held := r.entries[name]; !held && len(r.entries) >= mostEntries {
		var first string
		for candidate, held := range r.entries {
			if first == "" || held.ends.Before(r.entries[first].ends) {
				first = candidate
			}
		}
		delete(r.entries, first)
	}
	r.entries[name] = entry{value: value, ends: r.now().Add(lives)}
}

// name is the key in Redis. What the caller gives is hashed: it may be a client's own text.
func (r *Registry) name(kind, key string) string {
	sum := sha256.Sum256([]byte(key))
	return fmt.Sprintf("opsgraph:%s:registry:%s:%s", r.environment, kind, hex.EncodeToString(sum[:]))
}
