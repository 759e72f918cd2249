package tier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// Mark tells other replicas that a refresh failed. They do not fetch the key as long as it stands in Redis.
type Mark struct {
	Replica string `json:"replica"`
	// Text is the error, without secrets.
	Text  string `json:"text"`
	InRow int    `json:"inRow"`
	// Background is set when a call in the background was refused before it was sent. It does not bind a waiting query.
	Background bool `json:"background,omitempty"`
	// Rest is why the key rests, as the cache names it.
	Rest string `json:"rest,omitempty"`
	// Stands is how long the mark stands in all.
	Stands time.Duration `json:"stands,omitempty"`
}

const (
	maxMark     = 4 << 10
	maxMarkText = 1 << 10
	// maxPause bounds the pause that a mark may ask for.
	maxPause = 2 * time.Minute
)

func markName(name string) string   { return name + ":failed" }
func forcedName(name string) string { return name + ":forced" }

// Summary is the state of a key without its value: the stored generation, and why another replica's last refresh
// failed.
type Summary struct {
	Generation uint64
	Mark       *Mark         // nil: none stands
	Pause      time.Duration // how long the mark still stands
	Age        time.Duration // how long it has stood
}

// Summaries reads the summaries of several keys, in one trip.
func (t *Tier) Summaries(ctx context.Context, ids []ID) ([]Summary, error) {
	heads, texts := make([]*goredis.StringCmd, len(ids)), make([]*goredis.StringCmd, len(ids))
	pauses := make([]*goredis.DurationCmd, len(ids))
	err := t.pipe(ctx, "look into redis", len(ids), func(pipe goredis.Pipeliner, i int) {
		heads[i] = pipe.GetRange(ctx, ids[i].Name, 0, int64(prefixLen-1))
		texts[i] = pipe.GetRange(ctx, markName(ids[i].Name), 0, maxMark)
		pauses[i] = pipe.PTTL(ctx, markName(ids[i].Name))
	})
	if err != nil && !answered(err) {
		return nil, err
	}
	all := make([]Summary, len(ids))
	for i := range all {
		all[i].Generation, _, _ = parsePrefix(heads[i].Val())
		var m Mark
		if raw := texts[i].Val(); raw != "" && json.Unmarshal([]byte(raw), &m) == nil && m.Replica != t.replica {
			all[i].Mark, all[i].Pause = &m, min(max(pauses[i].Val(), 0), maxPause)
			all[i].Age = max(m.Stands-all[i].Pause, 0)
		}
	}
	return all, nil
}

// Notice is a new mark of a key.
type Notice struct {
	ID    ID
	Mark  Mark
	Pause time.Duration
}

// Publish leaves marks, in one trip.
func (t *Tier) Publish(ctx context.Context, notices []Notice) error {
	raws := make([][]byte, len(notices))
	for i, n := range notices {
		n.Mark.Stands = n.Pause
		n.Mark.Replica, n.Mark.Text = t.replica, n.Mark.Text[:min(len(n.Mark.Text), maxMarkText)]
		var err error
		if raws[i], err = json.Marshal(n.Mark); err != nil {
			return fmt.Errorf("encode mark: %w", err)
		}
	}
	return t.pipe(ctx, "write marks", len(notices), func(pipe goredis.Pipeliner, i int) {
		pipe.Set(ctx, markName(notices[i].ID.Name), raws[i], notices[i].Pause)
	})
}

// Unmark removes marks after a success, in one trip.
func (t *Tier) Unmark(ctx context.Context, ids []ID) error {
	return t.pipe(ctx, "remove marks", len(ids), func(pipe goredis.Pipeliner, i int) {
		pipe.Unlink(ctx, markName(ids[i].Name))
	})
}

// MayForce takes the right to force a refresh of each key, which all replicas together have once in that time.
func (t *Tier) MayForce(ctx context.Context, ids []ID, every time.Duration) ([]bool, error) {
	replies := make([]*goredis.StatusCmd, len(ids))
	err := t.pipe(ctx, "force in redis", len(ids), func(pipe goredis.Pipeliner, i int) {
		once := goredis.SetArgs{Mode: "NX", TTL: every}
		replies[i] = pipe.SetArgs(ctx, forcedName(ids[i].Name), t.replica, once)
	})
	allowed := make([]bool, len(ids))
	for i, reply := range replies {
		allowed[i] = !errors.Is(reply.Err(), goredis.Nil) // without an answer, the limit of each replica holds
	}
	if errors.Is(err, goredis.Nil) {
		err = nil
	}
	return allowed, err
}
