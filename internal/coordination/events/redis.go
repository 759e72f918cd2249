package events

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// announcementsLength bounds the announcements. A reader that missed some reads all streams from time to time.
const announcementsLength = 1024

// redisStore keeps the streams of all replicas. Each stream is two keys in one slot of a Cluster: a hash with its id,
// its last number, the server that gave it (run) and, for each part, generation (g), moment (t), state (d) and the last
// generation that changed anything (e); and a Redis stream whose entries are <number>-0. One more Redis stream, the
// announcements, names those with new events.
type redisStore struct {
	redis   *redis.Connection
	prefix  string
	length  int
	keptFor time.Duration
}

func newRedisStore(o Options) *redisStore {
	return &redisStore{
		redis: o.Redis, prefix: "opsgraph:events:v1:" + o.Environment + ":", length: o.Length, keptFor: o.KeptFor,
	}
}

var (
	// publishScript takes a step of the part ARGV[1] if its generation is ARGV[2] (empty: none), and makes the stream,
	// with the id ARGV[9], if there is none. ARGV: part, before, generation, moment, with data (0, 1), data, length, life
	// in ms, new id, then a payload and a count of missed changes for each event. It returns whether it did and whether
	// readers have something to read. A server that was promoted may lack the last events, whose numbers would be given
	// again: the stream begins anew there, with the states that it has, so that followers are told.
	publishScript = goredis.NewScript(`
local part = ARGV[1]
local held = redis.call('HMGET', KEYS[1], 'id', 'g:' .. part, 't:' .. part, 'run')
if (held[2] or '') ~= ARGV[2] then return {0, 0} end
local news = 0
local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
local promoted = held[1] and held[4] and run ~= '' and held[4] ~= run
if not held[1] or promoted then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'id', ARGV[9], 'head', '0')
end
if promoted then news = 1 end
if run ~= '' and held[4] ~= run then redis.call('HSET', KEYS[1], 'run', run) end
for i = 10, #ARGV, 2 do
  local head = redis.call('HINCRBY', KEYS[1], 'head', 1)
  redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[7], string.format('%.0f-0', head),
    'p', ARGV[i], 'm', ARGV[i + 1], 's', held[3] or '0', 'a', ARGV[4], 'n', part)
  news = 1
end
if not held[2] then news = 1 end
redis.call('HSET', KEYS[1], 'g:' .. part, ARGV[3], 't:' .. part, ARGV[4])
if news == 1 then redis.call('HSET', KEYS[1], 'e:' .. part, ARGV[3]) end
if ARGV[5] == '1' then redis.call('HSET', KEYS[1], 'd:' .. part, ARGV[6]) end
redis.call('PEXPIRE', KEYS[1], ARGV[8])
redis.call('PEXPIRE', KEYS[2], ARGV[8])
return {1, news}`)
	// readScript returns id, last number and at most ARGV[3] entries after the number ARGV[2] of the stream ARGV[1], from
	// the beginning when it is another stream; and for each part its name, moment and last change.
	readScript = goredis.NewScript(`
local meta = redis.call('HMGET', KEYS[1], 'id', 'head')
if not meta[1] then return {'', '0', {}, {}} end
local parts = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(field, 1, 2) == 'g:' then
    local part = string.sub(field, 3)
    local held = redis.call('HMGET', KEYS[1], 't:' .. part, 'e:' .. part)
    for _, value in ipairs({part, held[1] or '0', held[2] or '0'}) do table.insert(parts, value) end
  end
end
local after = ARGV[2]
if meta[1] ~= ARGV[1] then after = '0' end
if after == meta[2] then return {meta[1], meta[2], {}, parts} end
return {meta[1], meta[2], redis.call('XRANGE', KEYS[2], '(' .. after .. '-0', '+', 'COUNT', ARGV[3]), parts}`)
)

// keys returns the keys of a stream. Its name is hashed because it may hold anything, also braces.
func (r *redisStore) keys(stream string) []string {
	tag := r.prefix + "{" + tagOf(stream) + "}"
	return []string{tag, tag + ":log"}
}

func tagOf(stream string) string {
	sum := sha256.Sum256([]byte(stream))
	return hex.EncodeToString(sum[:])
}

func (r *redisStore) announcements() string { return r.prefix + "bell" }

func (r *redisStore) state(ctx context.Context, stream, part string) (State, error) {
	held, err := redis.Client(r.redis).HMGet(ctx, r.keys(stream)[0], "g:"+part, "t:"+part, "d:"+part).Result()
	if err != nil {
		return State{}, fmt.Errorf("read published state: %w", err)
	}
	generation, ok := held[0].(string)
	if !ok {
		return State{}, nil
	}
	s := State{Known: true}
	if s.Generation, err = strconv.ParseUint(generation, 10, 64); err != nil {
		return State{}, fmt.Errorf("read published state: %w", err)
	}
	moment, _ := held[1].(string)
	s.At = momentOf(moment)
	data, _ := held[2].(string)
	s.Data = []byte(data)
	return s, nil
}

func (r *redisStore) publish(ctx context.Context, stream, part string, p step) error {
	before := ""
	if p.before != 0 {
		before = strconv.FormatUint(p.before, 10)
	}
	replace := "0"
	if p.data != nil {
		replace = "1"
	}
	args := append(make([]any, 0, 9+2*len(p.entries)), part, before, strconv.FormatUint(p.generation, 10),
		p.at.UnixMilli(), replace, p.data, r.length, r.keptFor.Milliseconds(), rand.Text())
	for _, e := range p.entries {
		args = append(args, e.payload, e.missed)
	}
	done, err := publishScript.Run(ctx, redis.Client(r.redis), r.keys(stream), args...).Int64Slice()
	if err != nil {
		return fmt.Errorf("publish events: %w", err)
	}
	if len(done) != 2 || done[0] == 0 {
		return ErrConflict
	}
	if done[1] == 0 {
		return nil
	}
	// It is in another slot of a Cluster, so it can't be part of the script. Readers find a step without announcement
	// when they next read all streams.
	announced := redis.Client(r.redis).XAdd(ctx, &goredis.XAddArgs{
		Stream: r.announcements(), MaxLen: announcementsLength, Approx: true, Values: []any{"stream", tagOf(stream)},
	})
	if err := announced.Err(); err != nil {
		return fmt.Errorf("announce published events: %w", announceError{err})
	}
	return nil
}

// announceError is the error of a publication that is done and that readers will find later.
type announceError struct{ error }

func (e announceError) Unwrap() error { return e.error }

func (r *redisStore) read(ctx context.Context, asks []ask) ([]page, error) {
	cmds, err := redis.RunEach(ctx, redis.Client(r.redis), readScript, len(asks), func(i int) ([]string, []any) {
		after := asks[i].after
		return r.keys(asks[i].stream), []any{after.Stream, strconv.FormatUint(after.Sequence, 10), pageEntries}
	})
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	pages := make([]page, len(asks))
	for i, cmd := range cmds {
		if pages[i], err = pageOf(cmd); err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
	}
	return pages, nil
}

// pageOf parses an answer of readScript.
func pageOf(cmd *goredis.Cmd) (page, error) {
	answer, err := cmd.Slice()
	if err != nil {
		return page{}, err
	}
	if len(answer) != 4 {
		return page{}, errMalformed
	}
	var p page
	p.stream, _ = answer[0].(string)
	head, _ := answer[1].(string)
	if p.head, err = strconv.ParseUint(head, 10, 64); err != nil {
		return page{}, errMalformed
	}
	rows, _ := answer[2].([]any)
	for _, row := range rows {
		e, err := entryOf(row)
		if err != nil {
			return page{}, err
		}
		p.entries = append(p.entries, e)
	}
	fields, _ := answer[3].([]any)
	p.parts, err = partsOf(fields)
	return p, err
}

func momentOf(text string) time.Time {
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
