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
	// blockFor is how long one read of the announcements waits in Redis, and bounds how long a reader takes to end.
	blockFor = 500 * time.Millisecond
	// retryAfter is the pause of the reader when Redis fails.
	retryAfter = 250 * time.Millisecond
)

// readLoop reads announced streams at once, and all of them from time to time, until ctx ends. It is the only reader of
// the replica.
func (h *Hub) readLoop(ctx context.Context) {
	last, lookAt, failing := "", time.Time{}, false
	for ctx.Err() == nil {
		var err error
		if last == "" {
			last, err = h.lastAnnouncement(ctx)
			lookAt = time.Time{}
		}
		if err == nil && !time.Now().Before(lookAt) {
			err = h.read(ctx, h.followed(nil))
			lookAt = time.Now().Add(h.options.LookEvery)
		}
		if err == nil {
			err = h.readAnnounced(ctx, &last)
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
			failing, last = true, "" // then all streams are read, which makes up for missed announcements
			select {
			case <-time.After(retryAfter):
			case <-ctx.Done():
			}
		}
	}
}

// lastAnnouncement returns the id of the last announcement, to read on from.
func (h *Hub) lastAnnouncement(ctx context.Context) (string, error) {
	last, err := redis.Client(h.shared.redis).XRevRangeN(ctx, h.shared.announcements(), "+", "-", 1).Result()
	if err != nil || len(last) == 0 {
		return "0-0", err
	}
	return last[0].ID, nil
}

// readAnnounced waits a while for announcements and reads the streams that they name.
func (h *Hub) readAnnounced(ctx context.Context, last *string) error {
	answers, err := redis.Client(h.shared.redis).XRead(ctx, &goredis.XReadArgs{
		Streams: []string{h.shared.announcements(), *last}, Count: announcementsLength, Block: blockFor,
	}).Result()
	if errors.Is(err, goredis.Nil) {
		return nil
	}
	if err != nil {
		return err
	}
	tags := map[string]bool{}
	for _, answer := range answers {
		for _, message := range answer.Messages {
			*last = message.ID
			if tag, ok := message.Values["stream"].(string); ok {
				tags[tag] = true
			}
		}
	}
	return h.read(ctx, h.followed(func(stream string) bool { return tags[tagOf(stream)] }))
}
