// Package lease lets one of several replicas do a piece of work: a named lease in Redis ends by itself when its holder
// dies, and numbers its holders, so that a late one is recognised. A lease alone does not protect data: a holder that
// was stopped for longer than its lease does not know it, so its writes must carry its fence.
package lease

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// ErrLost means that the lease ended, or has another holder, before the call.
var ErrLost = errors.New("the lease is lost")

// fenceFor is how long the last fence of a name is remembered. Fences begin at the time of Redis in microseconds, so
// that they rise even after one is forgotten (also by FLUSHALL).
const fenceFor = 25 * time.Hour

const (
	awaitedSuffix   = ":awaited"
	extendedAwaited = 2 // the answer of extend when a query of another replica waits
)

var (
	// acquire takes KEYS[1] for ARGV[2] ms unless it is held, and numbers the holder: above the last number, above
	// ARGV[3], and not below the time. Numbers stay under 2^53, exact in Lua. With ARGV[5] a query waits for the holder,
	// which finds its own name in KEYS[3]; a full Redis may refuse the name, but the answer is the same.
	acquire = goredis.NewScript(`
local holder = redis.call('GET', KEYS[1])
if holder then
  if ARGV[5] == '1' then redis.pcall('SET', KEYS[3], holder, 'PX', ARGV[2]) end
  return 0
end
local t = redis.call('TIME')
local fence = t[1] * 1000000 + t[2]
local last = tonumber(redis.call('GET', KEYS[2]) or '0') or 0
if last >= fence then fence = last + 1 end
local above = tonumber(ARGV[3])
if above >= fence then fence = above + 1 end
local text = string.format('%.0f', fence)
redis.call('SET', KEYS[1], ARGV[1] .. ':' .. text, 'PX', ARGV[2])
redis.call('SET', KEYS[2], text, 'PX', ARGV[4])
return fence`)
	release = goredis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`)
	// extend returns 2 when a query of another replica waits, 1 when none does, 0 when the lease is lost.
	extend = goredis.NewScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('PEXPIRE', KEYS[1], ARGV[2]) == 0 then return 0 end
if redis.call('GET', KEYS[2]) == ARGV[1] then return 2 end
return 1`)
)

// Leases hands out the leases of one environment. It is safe for concurrent use.
type Leases struct {
	redis  *redis.Connection
	prefix string
	owner  string
}

// New makes leases in a Redis, which should not evict. environment keeps installations that share it apart.
func New(conn *redis.Connection, environment string) *Leases {
	prefix := "opsgraph:lease:v1:" + environment + ":"
	return &Leases{redis: conn, prefix: prefix, owner: rand.Text()}
}

// Lease is the right to do one piece of work until it ends or is released.
type Lease struct {
	leases *Leases
	key    string
	value  string
	fence  uint64
}

// Claim is what a caller wants of a lease.
type Claim struct {
	// Name is that of the lease.
	Name string
	// Above is the highest number that the caller has seen on the guarded data: the fence is above it.
	Above uint64
	// Awaited means that a query waits for the work. Another holder learns of it when it extends the lease.
	Awaited bool
}

// Acquire tries to take the lease of that name for ttl. False without an error means that it has another holder. An
// error means that Redis could not be asked: the holder is not known.
func (l *Leases) Acquire(ctx context.Context, name string, ttl time.Duration) (*Lease, bool, error) {
	return l.Claim(ctx, Claim{Name: name}, ttl)
}

// Claim is [Leases.Acquire] with a whole claim.
func (l *Leases) Claim(ctx context.Context, claim Claim, ttl time.Duration) (*Lease, bool, error) {
	owner := l.newOwner()
	keys, args := l.claiming(claim, owner, ttl)
	fence, err := acquire.Run(ctx, redis.Client(l.redis), keys, args...).Uint64()
	if err != nil {
		return nil, false, fmt.Errorf("acquire lease: %w", err)
	}
	held := l.granted(claim.Name, owner, fence)
	return held, held != nil, nil
}

// claiming returns the keys and arguments of acquire.
func (l *Leases) claiming(claim Claim, owner string, ttl time.Duration) (keys []string, args []any) {
	awaited := 0
	if claim.Awaited {
		awaited = 1
	}
	key := l.key(claim.Name)
	return []string{key, key + ":fence", key + awaitedSuffix},
		[]any{owner, ttl.Milliseconds(), strconv.FormatUint(claim.Above, 10), fenceFor.Milliseconds(), awaited}
}

// newOwner names one holder. Each attempt has another name, also in one process.
func (l *Leases) newOwner() string { return l.owner + "." + rand.Text() }

// granted returns the lease with that fence; nil for fence 0.
func (l *Leases) granted(name, owner string, fence uint64) *Lease {
	if fence == 0 {
		return nil
	}
	return &Lease{leases: l, key: l.key(name), value: owner + ":" + strconv.FormatUint(fence, 10), fence: fence}
}

// key returns the key of a lease. All its keys begin with it and are in one slot of a Cluster. The name is hashed
// because it may hold anything, also braces.
func (l *Leases) key(name string) string {
	sum := sha256.Sum256([]byte(name))
	return l.prefix + "{" + hex.EncodeToString(sum[:]) + "}"
}

// Fence returns the rising number of this holder. Data written under a lease carry it, and only data with a higher one
// replace them.
func (l *Lease) Fence() uint64 { return l.fence }

// Extend makes the lease last ttl from now, and reports whether a query of another replica waits for the work (see
// [Claim]). [ErrLost] when it ended before.
func (l *Lease) Extend(ctx context.Context, ttl time.Duration) (awaited bool, err error) {
	n, err := run(ctx, l, extend, "extend lease", ttl.Milliseconds())
	return n == extendedAwaited, err
}

// Release gives the lease back. [ErrLost] when it ended before, which harms nobody.
func (l *Lease) Release(ctx context.Context) error {
	_, err := run(ctx, l, release, "release lease")
	return err
}

// run runs a script for the holder. The answer is never 0 without an error.
func run(ctx context.Context, l *Lease, script *goredis.Script, action string, args ...any) (int64, error) {
	args = append([]any{l.value}, args...)
	n, err := script.Run(ctx, redis.Client(l.leases.redis), l.keys(), args...).Int64()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", action, err)
	}
	if n == 0 {
		return 0, fmt.Errorf("%s: %w", action, ErrLost)
	}
	return n, nil
}

// keys returns the keys that the holder reads.
func (l *Lease) keys() []string { return []string{l.key, l.key + awaitedSuffix} }
