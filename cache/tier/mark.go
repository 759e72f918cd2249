package tier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// Mark is how other replicas learn that a refresh failed, and until when to leave the upstream alone: as long as it
// stands in Redis.
type Mark struct {
	Replica string `json:"replica"`
	// Text says what failed, without secrets.
	Text  string `json:"text"`
	InRow int    `json:"inRow"`
	// Background: nobody waited for the call, which was refused before it was sent. It binds nobody who waits.
	Background bool `json:"background,omitempty"`
	// Rest is why the key rests, as the cache names it.
	Rest string `json:"rest,omitempty"`
}

const (
	maxMark     = 4 << 10
	maxMarkText = 1 << 10
	// maxPause bounds what a mark may ask for.
	maxPause = 2 * time.Minute
)

func markName(name string) string   { return name + ":failed" }
func forcedName(name string) string { return name + ":forced" }

// Summary is what is known of a key without reading it: the generation that is stored, and why another replica's last
// refresh failed.
type Summary struct {
	Generation uint64
	Mark       *Mark         // nil: none stands
	Pause      time.Duration // how long the mark still stands
}

// Summaries gets those of several keys, in one trip.
func (t *Tier) Summaries(ctx context.Context, ids []ID) ([]Summary, error) {
	heads, texts := make([]*goredis.StringCmd, len(ids)), make([]*goredis.StringCmd, len(ids))
	pauses := make([]*goredis.DurationCmd, len(ids))
	_, err := redis.Client(t.redis).Pipelined(ctx, func(pipe goredis.Pipeliner) error {
		for i, id := range ids {
			heads[i] = pipe.GetRange(ctx, id.Name, 0, int64(prefixLen-1))
			texts[i] = pipe.GetRange(ctx, markName(id.Name), 0, maxMark)
			pauses[i] = pipe.PTTL(ctx, markName(id.Name))
		}
		return nil
	})
	if err != nil && !answered(err) {
		return nil, fmt.Errorf("look into redis: %w", err)
	}
	all := make([]Summary, len(ids))
	for i := range all {
		all[i].Generation, _, _ = glimpse(heads[i].Val())
		var m Mark
		if raw := texts[i].Val(); raw != "" && json.Unmarshal([]byte(raw), &m) == nil && m.Replica != t.replica {
			all[i].Mark, all[i].Pause = &m, min(max(pauses[i].Val(), 0), maxPause)
		}
	}
	return all, nil
}

// Notice is a mark to be left for a key.
type Notice struct {
	ID    ID
	Mark  Mark
	Pause time.Duration
}

// Publish leaves marks, in one trip.
func (t *Tier) Publish(ctx context.Context, notices []Notice) error {
	_, err := redis.Client(t.redis).Pipelined(ctx, func(pipe goredis.Pipeliner) error {
		for _, n := range notices {
			n.Mark.Replica, n.Mark.Text = t.replica, n.Mark.Text[:min(len(n.Mark.Text), maxMarkText)]
			raw, err := json.Marshal(n.Mark)
			if err != nil {
				return fmt.Errorf("encode mark: %w", err)
			}
			pipe.Set(ctx, markName(n.ID.Name), raw, n.Pause)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write marks: %w", err)
	}
	return nil
}

// Unmark takes marks away after a success, in one trip.
func (t *Tier) Unmark(ctx context.Context, ids []ID) error {
	_, err := redis.Client(t.redis).Pipelined(ctx, func(pipe goredis.Pipeliner) error {
		for _, id := range ids {
			pipe.Unlink(ctx, markName(id.Name))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove marks: %w", err)
	}
	return nil
}

// MayForce takes the right of all replicas to force a refresh of each key, once in that time.
func (t *Tier) MayForce(ctx context.Context, ids []ID, every time.Duration) ([]bool, error) {
	replies := make([]*goredis.StatusCmd, len(ids))
	_, err := redis.Client(t.redis).Pipelined(ctx, func(pipe goredis.Pipeliner) error {
		for i, id := range ids {
			once := goredis.SetArgs{Mode: "NX", TTL: every}
			replies[i] = pipe.SetArgs(ctx, forcedName(id.Name), t.replica, once)
		}
		return nil
	})
	allowed := make([]bool, len(ids))
	for i, reply := range replies {
		allowed[i] = !errors.Is(reply.Err(), goredis.Nil) // whoever can't be asked has a limit of their own
	}
	if err != nil && !errors.Is(err, goredis.Nil) {
		return allowed, fmt.Errorf("force in redis: %w", err)
	}
	return allowed, nil
}
