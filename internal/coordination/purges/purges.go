// Package purges tells all replicas what operators had purged: in a small hash of the Redis that coordinates them, as
// long as data from before could come back. It does not know what the data are.
package purges

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// ErrTooMany is the error of a purge when as many are remembered as there may be.
var ErrTooMany = errors.New("too many different purges are remembered")

// mostPurges bounds the purges that are remembered: each is read by every replica again and again.
const mostPurges = 1000

// Purge names data that were purged.
type Purge struct {
	// Operation is the upstream operation, Tenant the id of the tenant; empty means all.
	Operation, Tenant string
	// Number is above those of all purges that were noted before.
	Number uint64
}

// Name tells a purge from those of other data.
func (p Purge) Name() string { return p.Operation + separator + p.Tenant }

// separator is in no name of an operation and no id of a tenant.
const separator = "|"

// Log is what was purged, for all replicas of an environment. It is safe for concurrent use.
type Log struct {
	redis *redis.Connection
	key   string
	keep  time.Duration
}

// New makes a log in a Redis that should not evict. keep is how long a purge is remembered: as long as Redis keeps
// any data.
func New(connection *redis.Connection, environment string, keep time.Duration) *Log {
	return &Log{redis: connection, key: "opsgraph:purges:v1:" + environment, keep: keep}
}

// add notes a purge under ARGV[1] and returns its number: above ARGV[2], above those of all that are noted, and not
// below the time in microseconds, for when none are noted any more. Purges older than ARGV[3] microseconds are
// forgotten, and the whole hash after as long; beyond ARGV[4] purges of other names it returns 0. Numbers stay under
// 2^53, exact in Lua.
var add = goredis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local number = now
local above = tonumber(ARGV[2])
if above >= number then number = above + 1 end
local all, count = redis.call('HGETALL', KEYS[1]), 0
for i = 1, #all, 2 do
  local noted = tonumber(all[i + 1]) or 0
  if noted >= number and noted < 2^53 - 1 then number = noted + 1 end
  if noted < now - tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], all[i])
  elseif all[i] ~= ARGV[1] then
    count = count + 1
  end
end
if count >= tonumber(ARGV[4]) then return '0' end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', number))
redis.call('PEXPIRE', KEYS[1], math.floor(tonumber(ARGV[3]) / 1000))
return string.format('%.0f', number)`)

// Add notes a purge of all data of an operation and a tenant (empty: all) up to now. Its number is above the given one,
// which the caller knows of. The error is [ErrTooMany] or that of Redis; then nothing is noted.
func (l *Log) Add(ctx context.Context, operation, tenant string, above uint64) (Purge, error) {
	p := Purge{Operation: operation, Tenant: tenant}
	var err error
	p.Number, err = add.Run(ctx, redis.Client(l.redis), []string{l.key},
		p.Name(), strconv.FormatUint(above, 10), l.keep.Microseconds(), mostPurges).Uint64()
	if err != nil {
		return Purge{}, fmt.Errorf("note a purge: %w", err)
	}
	if p.Number == 0 {
		return Purge{}, ErrTooMany
	}
	return p, nil
}

// All are the purges that are remembered, the earliest first.
func (l *Log) All(ctx context.Context) ([]Purge, error) {
	noted, err := redis.Client(l.redis).HGetAll(ctx, l.key).Result()
	if err != nil {
		return nil, fmt.Errorf("read purges: %w", err)
	}
	all := make([]Purge, 0, len(noted))
	for name, text := range noted {
		operation, tenant, named := strings.Cut(name, separator)
		number, err := strconv.ParseUint(text, 10, 64)
		if !named || err != nil {
			continue // not ours
		}
		all = append(all, Purge{Operation: operation, Tenant: tenant, Number: number})
	}
	slices.SortFunc(all, func(a, b Purge) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), strings.Compare(a.Name(), b.Name()))
	})
	return all, nil
}
