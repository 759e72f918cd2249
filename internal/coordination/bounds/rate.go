package bounds

import (
	"context"
	"fmt"
	"math"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// Rate allows a caller PerSecond requests in the long run, and Burst at once. Both are positive.
type Rate struct {
	// Name is that of the caller, without braces.
	Name      string
	PerSecond float64
	Burst     int
}

// allow counts a request at all KEYS, unless one of them must wait; it returns how long, in microseconds. ARGV has the
// time that one request takes up and the burst of each. A key holds the moment up to which its requests take up the
// time; none lies further ahead than the burst, whatever the clock of Redis did.
var allow = goredis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local wait, until_ = 0, {}
for i, key in ipairs(KEYS) do
  local each, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local taken = tonumber(redis.call('GET', key) or '0') or 0
  taken = math.min(math.max(taken, now), now + each * burst)
  until_[i] = taken + each
  wait = math.max(wait, until_[i] - each * burst - now)
end
if wait > 0 then return math.ceil(wait) end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', until_[i]), 'PX', math.ceil((until_[i] - now) / 1000) + 1)
end
return 0`)

// Allow counts one request against all rates if each of them allows it; else it returns how long to wait. slot is equal
// for the names that are counted together. After an error nothing is known; it comes at once where Redis is away.
func (b *Bounds) Allow(ctx context.Context, slot string, rates ...Rate) (wait time.Duration, ok bool, err error) {
	if !b.redis.Healthy() {
		return 0, false, errAway
	}
	keys, args := make([]string, len(rates)), make([]any, 0, 2*len(rates))
	for i, rate := range rates {
		keys[i] = b.key(slot, "rate", rate.Name)
		args = append(args, int64(math.Ceil(1e6/rate.PerSecond)), rate.Burst)
	}
	micros, err := allow.Run(ctx, redis.Client(b.redis), keys, args...).Int64()
	if err != nil {
		return 0, false, fmt.Errorf("bounds: count a request: %w", err)
	}
	return time.Duration(micros) * time.Microsecond, micros == 0, nil
}
