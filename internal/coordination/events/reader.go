package events

import (
	"context"
	"errors"
	"log/slog"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

const (
	// blockFor is how long one question for news waits in Redis: also how long a reader takes at most to end.
	blockFor = 500 * time.Millisecond
	// restFor is how long the reader leaves a Redis alone that fails.
	restFor = 250 * time.Millisecond
)

// readOn waits for the bell and reads the streams that it names, and all of them now and then, until ctx ends. It is
// the one reader of the replica.
func (h *Hub) readOn(ctx context.Context) {
	heard, lookAt, failing := "", time.Time{}, false
	for ctx.Err() == nil {
		var err error
		if heard == "" {
			heard, err = h.lastRing(ctx)
			lookAt = time.Time{}
		}
		if err == nil && !time.Now().Before(lookAt) {
			err = h.read(ctx, h.followed(nil))
			lookAt = time.Now().Add(h.options.LookEvery)
		}
		if err == nil {
			err = h.listen(ctx, &heard)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && failing:
			h.options.Logger.InfoContext(ctx, "event streams are read again")
			failing = false
		case err != nil:
			if !failing {
				h.options.Logger.WarnContext(ctx, "event streams can't be read", slog.Any("error", err))
			}
			failing, heard = true, "" // what was rung meanwhile is found by looking at all streams
			rest(ctx, restFor)
		}
	}
}

// lastRing is the place of the bell to listen from.
func (h *Hub) lastRing(ctx context.Context) (string, error) {
	rings, err := redis.Client(h.shared.redis).XRevRangeN(ctx, h.shared.bell(), "+", "-", 1).Result()
	if err != nil {
		return "", err
	}
	if len(rings) == 0 {
		return "0-0", nil
	}
	return rings[0].ID, nil
}

// listen waits a while for the bell and reads what it names.
func (h *Hub) listen(ctx context.Context, heard *string) error {
	answers, err := redis.Client(h.shared.redis).XRead(ctx, &goredis.XReadArgs{
		Streams: []string{h.shared.bell(), *heard}, Count: bellLength, Block: blockFor,
	}).Result()
	if errors.Is(err, goredis.Nil) {
		return nil
	}
	if err != nil {
		return err
	}
	tags := map[string]bool{}
	for _, answer := range answers {
		for _, ring := range answer.Messages {
			*heard = ring.ID
			if tag, ok := ring.Values["stream"].(string); ok {
				tags[tag] = true
			}
		}
	}
	return h.read(ctx, h.followed(func(stream string) bool { return tags[tagOf(stream)] }))
}

// rest waits while ctx lives.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
