package tier

import goredis "github.com/redis/go-redis/v9"

var (
	// putScript stores ARGV[3] under KEYS[1] for ARGV[4] ms unless that has a value of the same or a newer generation
	// (ARGV[2], 20 digits). It replaces values that are not ours, of any type. It returns whether it stored the value, and
	// the first 26 bytes of the old one.
	putScript = goredis.NewScript(`
local old = redis.pcall('GETRANGE', KEYS[1], 0, 25)
if type(old) ~= 'string' or #old < 26 or string.sub(old, 1, 4) ~= ARGV[1] then old = '' end
if old ~= '' and string.sub(old, 5, 24) >= ARGV[2] then return {0, old} end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
return {1, old}`)

	// dropScript leaves a tombstone for ARGV[3] ms: the first 26 bytes of a value, with a generation above the stored one,
	// above ARGV[2], and not below the time, so that a refresh that began earlier can't store the dropped data again. It
	// returns the first 26 bytes of the old value.
	dropScript = goredis.NewScript(`
local old = redis.pcall('GETRANGE', KEYS[1], 0, 25)
if type(old) ~= 'string' or #old < 26 or string.sub(old, 1, 4) ~= ARGV[1] then old = '' end
local t = redis.call('TIME')
local generation = t[1] * 1000000 + t[2]
local last = tonumber(string.sub(old, 5, 24)) or 0
if last >= generation then generation = last + 1 end
local above = tonumber(ARGV[2])
if above >= generation then generation = above + 1 end
redis.call('SET', KEYS[1], ARGV[1] .. string.format('%020.0f', generation) .. '00', 'PX', ARGV[3])
return old`)

	// discardScript deletes KEYS[1] unless it has changed since it was read: it is not text, or its first ARGV[2]+1 bytes
	// have the SHA-1 ARGV[1].
	discardScript = goredis.NewScript(`
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'none' then return 0 end
if kind == 'string' then
  local text = redis.call('GETRANGE', KEYS[1], 0, ARGV[2])
  if redis.sha1hex(text) ~= ARGV[1] then return 0 end
end
return redis.call('UNLINK', KEYS[1])`)
)
