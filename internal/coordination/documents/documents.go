// Package documents keeps texts that clients register once and then name by their SHA-256: in memory, bounded in bytes,
// and in Redis for all replicas, if there is one. Redis may evict a text, because clients then register it again. The
// package does not know what the texts are.
package documents

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// Options are the settings of a Store.
type Options struct {
	// Redis shares the texts among replicas; nil keeps them in this process.
	Redis *redis.Connection
	// Environment is part of every key in Redis.
	Environment string
	// Bytes bounds the texts in memory; greater than 0.
	Bytes int64
	// Lives is how long Redis keeps an unused text; greater than 0.
	Lives time.Duration
}

// Store holds texts by their hash. It is safe for concurrent use.
type Store struct {
	options Options

	mu   sync.Mutex
	kept *simplelru.LRU[string, string]
	held int64 // bytes of kept
}

// overhead is roughly the memory of an entry without its text.
const overhead = 256

// New makes a store.
func New(o Options) (*Store, error) {
	if o.Bytes <= 0 || o.Lives <= 0 {
		return nil, fmt.Errorf("documents: %d bytes for %s: both must be greater than 0", o.Bytes, o.Lives)
	}
	s := &Store{options: o}
	var err error
	s.kept, err = simplelru.NewLRU(math.MaxInt, func(_, text string) { s.held -= bytesOf(text) })
	if err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	return s, nil
}

func bytesOf(text string) int64 { return int64(len(text) + overhead) }

// get returns a text from memory.
func (s *Store) get(hash string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept.Get(hash)
}

// put keeps a text in memory, unless it alone exceeds the bound.
func (s *Store) put(hash, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept.Contains(hash) || bytesOf(text) > s.options.Bytes {
		return
	}
	s.held += bytesOf(text)
	s.kept.Add(hash, text)
	for s.held > s.options.Bytes {
		s.kept.RemoveOldest()
	}
}

// Hash returns the hash of a text: its SHA-256 in lower-case hexadecimal digits.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// IsHash reports whether a text could be a hash. No other text may reach Redis.
func IsHash(text string) bool {
	return len(text) == hex.EncodedLen(sha256.Size) && strings.Trim(text, "0123456789abcdef") == ""
}

// Text returns the text of a hash; false when there is none. An error means that Redis could not be asked. A text of
// Redis is used only if it has that hash.
func (s *Store) Text(ctx context.Context, hash string) (string, bool, error) {
	if !IsHash(hash) {
		return "", false, nil
	}
	if text, ok := s.get(hash); ok {
		return text, true, nil
	}
	if s.options.Redis == nil {
		return "", false, nil
	}
	text, err := redis.Client(s.options.Redis).GetEx(ctx, s.name(hash), s.options.Lives).Result()
	switch {
	case errors.Is(err, goredis.Nil), err == nil && Hash(text) != hash:
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("documents: read: %w", err)
	}
	s.put(hash, text)
	return text, true, nil
}

// Held reports whether memory has the text of a hash; it never waits.
func (s *Store) Held(hash string) bool {
	_, ok := s.get(hash)
	return ok
}

// Keep stores a text under its hash. After an error only this process has it.
func (s *Store) Keep(ctx context.Context, text string) error {
	hash := Hash(text)
	s.put(hash, text)
	if s.options.Redis == nil {
		return nil
	}
	if err := redis.Client(s.options.Redis).Set(ctx, s.name(hash), text, s.options.Lives).Err(); err != nil {
		return fmt.Errorf("documents: keep: %w", err)
	}
	return nil
}

func (s *Store) name(hash string) string {
	return "opsgraph:" + s.options.Environment + ":document:" + hash
}
