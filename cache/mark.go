package cache

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// mark tells the other replicas that a refresh failed, and until when to leave the upstream alone:
// as long as it stands in Redis.
type mark struct {
	Replica string `json:"replica"`
	Text    string `json:"text"`
	InRow   int    `json:"inRow"`
	Behind  bool   `json:"behind,omitempty"` // as of failure
}

const (
	maxMark     = 4 << 10
	maxMarkText = 1 << 10
)

func markName(name string) string   { return name + ":failed" }
func forcedName(name string) string { return name + ":forced" }

// glance is a short look at a key: the generation that is stored, and why another replica's last
// refresh failed.
type glance struct {
	generation uint64
	failed     *mark
	pause      time.Duration // how long the mark still stands
}

// look takes a glance, in one trip.
func (r *shared) look(ctx context.Context, id identity) (glance, error) {
	var head, text *goredis.StringCmd
	var ttl *goredis.DurationCmd
	_, err := r.client.Pipelined(ctx, func(pipe goredis.Pipeliner) error {
		head = pipe.GetRange(ctx, id.name, 0, int64(prefixLen-1))
		text = pipe.GetRange(ctx, markName(id.name), 0, maxMark)
		ttl = pipe.PTTL(ctx, markName(id.name))
		return nil
	})
	if err != nil && !answered(err) {
		return glance{}, fmt.Errorf("look into redis: %w", err)
	}
	var g glance
	g.generation, _, _ = glimpse(head.Val())
	var m mark
	if raw := text.Val(); raw != "" && json.Unmarshal([]byte(raw), &m) == nil && m.Replica != r.replica {
		g.failed, g.pause = &m, min(max(ttl.Val(), 0), maxRetryAfter)
	}
	return g, nil
}

// publish leaves a mark for pause.
func (r *shared) publish(ctx context.Context, id identity, m mark, pause time.Duration) error {
	m.Replica, m.Text = r.replica, m.Text[:min(len(m.Text), maxMarkText)]
	raw, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode mark: %w", err)
	}
	if err := r.client.Set(ctx, markName(id.name), raw, pause).Err(); err != nil {
		return fmt.Errorf("write mark: %w", err)
	}
	return nil
}

// unmark takes the mark away after a success.
func (r *shared) unmark(ctx context.Context, id identity) error {
	if err := r.client.Unlink(ctx, markName(id.name)).Err(); err != nil {
		return fmt.Errorf("remove mark: %w", err)
	}
	return nil
}

// mayForce takes the right of all replicas to force a refresh of the key, once in that time.
func (r *shared) mayForce(ctx context.Context, id identity, every time.Duration) (bool, error) {
	once := goredis.SetArgs{Mode: "NX", TTL: every}
	err := r.client.SetArgs(ctx, forcedName(id.name), r.replica, once).Err()
	if errors.Is(err, goredis.Nil) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("force in redis: %w", err)
	}
	return true, nil
}
