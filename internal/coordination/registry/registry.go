// Package registry remembers small things that must outlive a request, such as the job that a command started: in the
// Redis that must not evict, for all replicas and after a restart, else in the process. It is not a cache: its entries
// can't be fetched again. It does not know what they mean.
package registry

import (
	"bytes"
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

// mostEntries bounds the entries in the process; the one that ends first makes room.
const mostEntries = 10_000

// Registry holds entries by kind and key, each until its end.
type Registry struct {
	redis       *redis.Connection
	environment string
	now         func() time.Time

	mu      sync.Mutex
	entries map[string]entry
	lists   map[string]*list
}

type entry struct {
	value []byte
	ends  time.Time
}

// New makes a registry. A nil connection keeps entries in the process; environment is part of every key in Redis; a nil
// clock means time.Now.
func New(connection *redis.Connection, environment string, now func() time.Time) *Registry {
	if now == nil {
		now = time.Now
	}
	return &Registry{
		redis: connection, environment: environment, now: now, entries: map[string]entry{}, lists: map[string]*list{},
	}
}

// Shared reports whether other replicas see the entries.
func (r *Registry) Shared() bool { return r.redis != nil }

// PutIfAbsent stores a value unless the key has one. It returns the value of the key and whether that is the new one.
func (r *Registry) PutIfAbsent(
	ctx context.Context, kind, key string, value []byte, lives time.Duration,
) (held []byte, stored bool, err error) {
	name := r.name(kind, key)
	if r.redis == nil {
		held, stored = r.putIfAbsent(name, value, lives)
		return held, stored, nil
	}
	// Twice at most: an entry may end between the two commands.
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

// Put stores a value, and replaces that of the key.
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

// replaceScript replaces a value if the key has the expected one or none.
var replaceScript = goredis.NewScript(`
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`)

// Replace stores a value if the key has the given one, or none. It reports whether it did; doing so twice changes
// nothing more.
func (r *Registry) Replace(
	ctx context.Context, kind, key string, held, value []byte, lives time.Duration,
) (replaced bool, err error) {
	name := r.name(kind, key)
	if r.redis != nil {
		replaced, err = replaceScript.Run(ctx, redis.Client(r.redis), []string{name}, held, value,
			lives.Milliseconds()).Bool()
		if err != nil {
			return false, fmt.Errorf("registry: replace %s: %w", kind, err)
		}
		return replaced, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if now, ok := r.entries[name]; ok && r.now().Before(now.ends) && !bytes.Equal(now.value, held) {
		return false, nil
	}
	r.put(name, value, lives)
	return true, nil
}

// Value returns the value of the key; false when it has none.
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

// Left returns how long the value of the key still lives, by the clock of Redis where it is there; 0 without one.
func (r *Registry) Left(ctx context.Context, kind, key string) (time.Duration, error) {
	name := r.name(kind, key)
	if r.redis != nil {
		left, err := redis.Client(r.redis).PTTL(ctx, name).Result()
		if err != nil {
			return 0, fmt.Errorf("registry: read %s: %w", kind, err)
		}
		return max(left, 0), nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(r.entries[name].ends.Sub(r.now()), 0), nil
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

// put stores a value, and makes room if there is none. The lock is held.
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

// name returns the key in Redis. The caller's key is hashed because it may be a text of a client.
func (r *Registry) name(kind, key string) string {
	sum := sha256.Sum256([]byte(key))
	return fmt.Sprintf("opsgraph:%s:registry:%s:%s", r.environment, kind, hex.EncodeToString(sum[:]))
}
