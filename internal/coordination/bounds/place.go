package bounds

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// Place is one of Most that a caller may have taken at once, on all replicas together.
type Place struct {
	// Name is that of the caller, without braces.
	Name string
	Most int
}

// writeAtOnce is the number of counts that are written in one trip.
const writeAtOnce = 100

// count writes the counts of replica ARGV[1], which live ARGV[2] ms: with its version, the number and the most of each
// key. It writes none, and returns the position of the key, where the numbers of all replicas would be above the most;
// a most of -1 is no bound. An older version than the one held is not written.
var count = goredis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local held = {}
for i, key in ipairs(KEYS) do
  local own, most = tonumber(ARGV[3 * i + 1]), tonumber(ARGV[3 * i + 2])
  local sum, all = own, redis.call('HGETALL', key)
  held[i] = 0
  for j = 1, #all, 2 do
    local of, number, ends = string.match(all[j + 1], '^(%d+) (%d+) (%d+)$')
    if all[j] == ARGV[1] then
      held[i] = tonumber(of) or 0
    elseif ends and tonumber(ends) > now then
      sum = sum + number
    else
      redis.call('HDEL', key, all[j])
    end
  end
  if most >= 0 and sum > most then return i end
end
for i, key in ipairs(KEYS) do
  local version, own = tonumber(ARGV[3 * i]), ARGV[3 * i + 1]
  if version >= held[i] then
    if own == '0' then
      redis.call('HDEL', key, ARGV[1])
    else
      redis.call('HSET', key, ARGV[1], ARGV[3 * i] .. ' ' .. own .. ' ' .. string.format('%.0f', now + ARGV[2]))
      redis.call('PEXPIRE', key, ARGV[2])
    end
  end
end
return 0`)

// Enter takes all the places of one kind, which leave gives back and must be called, or none: full is then the position
// of the first without room, counted from 1. slot is equal for the names that are counted together. After an error
// Redis does not know of the places yet; they are taken all the same, and it learns of them when it answers.
func (b *Bounds) Enter(ctx context.Context, slot, kind string, places ...Place) (leave func(), full int, err error) {
	keys := make([]string, len(places))
	for i, place := range places {
		keys[i] = b.key(slot, kind, place.Name)
	}
	args := b.add(keys, places)
	leave = sync.OnceFunc(func() { b.remove(keys) })
	if !b.redis.Healthy() {
		return leave, 0, errAway
	}
	full, err = count.Run(ctx, redis.Client(b.redis), keys, args...).Int()
	if err != nil {
		return leave, 0, fmt.Errorf("bounds: take a place: %w", err)
	}
	if full > 0 {
		leave()
		return nil, full, nil
	}
	return leave, 0, nil
}

// add counts one more at each key and returns the arguments of the script.
func (b *Bounds) add(keys []string, places []Place) []any {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.version++
	args := []any{b.replica, countLives.Milliseconds()}
	for i, key := range keys {
		b.counts[key]++
		args = append(args, b.version, b.counts[key], places[i].Most)
	}
	return args
}

// remove counts one less at each key; Redis learns of it in the background.
func (b *Bounds) remove(keys []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, key := range keys {
		if b.counts[key]--; b.counts[key] == 0 {
			delete(b.counts, key)
		}
		b.unwritten[key] = true
	}
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// write keeps the counts in Redis until ctx ends, and then takes them out: what has changed soon, all of them again and
// again, so that a Redis that was away or emptied has them.
func (b *Bounds) write(ctx context.Context) {
	all := time.NewTicker(writeEvery)
	defer all.Stop()
	for {
		select {
		case <-ctx.Done():
			b.forget(context.WithoutCancel(ctx))
			return
		case <-all.C:
			b.mu.Lock()
			for key := range b.counts {
				b.unwritten[key] = true
			}
			b.mu.Unlock()
		case <-b.wake:
			select { // many changes of a moment are one trip
			case <-time.After(leastWrite):
			case <-ctx.Done():
			}
		}
		b.flush(ctx)
	}
}

// forget takes all counts of this replica out of Redis.
func (b *Bounds) forget(ctx context.Context) {
	b.mu.Lock()
	for key := range b.counts {
		b.unwritten[key] = true
	}
	b.counts = map[string]int{}
	b.mu.Unlock()
	b.flush(ctx)
}

// flush writes the counts that Redis does not know. What it does not take is written with the next ones.
func (b *Bounds) flush(ctx context.Context) {
	b.mu.Lock()
	keys := slices.Collect(maps.Keys(b.unwritten))
	b.unwritten = map[string]bool{}
	b.mu.Unlock()
	for part := range slices.Chunk(keys, writeAtOnce) {
		_, err := redis.RunEach(ctx, redis.Client(b.redis), count, len(part), func(i int) ([]string, []any) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.version++
			return part[i : i+1], []any{b.replica, countLives.Milliseconds(), b.version, b.counts[part[i]], -1}
		})
		if err == nil {
			continue
		}
		b.logger.DebugContext(ctx, "counts of callers not written", slog.Any("error", err))
		b.mu.Lock()
		for _, key := range part {
			b.unwritten[key] = true
		}
		b.mu.Unlock()
	}
}
