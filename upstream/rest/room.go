package rest

import (
	"context"
	"net/http"
	"sync"

	"golang.org/x/sync/semaphore"
)

const (
	defaultRoom = 256 << 20
	// smallBody is how much of a body is read without asking for room, where it is not known to be longer.
	smallBody = 256 << 10
)

// Room bounds the bytes of answers that are in memory at once, over all clients that share it. One half is for bodies
// that are read or decoded: a body that is not small waits until it has room for all that it may become, and gives the
// room back when it is decoded. No call waits while it holds room, so that all come to their turn. The other half is
// for what a reading of several answers keeps until it ends ([Hold]): what exceeds it is refused.
type Room struct {
	reading *semaphore.Weighted
	most    int64 // that reading grants at once

	mu   sync.Mutex
	left int64 // to be kept
	all  int64
}

// NewRoom makes room for so many bytes; zero means 256 MiB. A body that is longer than half of it is read alone.
func NewRoom(bytes int64) *Room {
	if bytes <= 0 {
		bytes = defaultRoom
	}
	half := max(bytes/2, 1)
	return &Room{reading: semaphore.NewWeighted(half), most: half, left: half, all: half}
}

// taken is the room of one body.
type taken struct {
	room  *Room
	bytes int64
}

// shrink gives back what a body does not need. A nil one has nothing to give.
func (t *taken) shrink(to int64) {
	if t != nil && t.bytes > to {
		t.room.reading.Release(t.bytes - to)
		t.bytes = to
	}
}

// enter waits for room for the rest of a body. The time does not count against the limit of the attempt.
func (c *Client) enter(ctx context.Context, o *outgoing, response *http.Response, limit int64) (*taken, error) {
	if h, _ := ctx.Value(holdingKey{}).(*holding); h.isFull() {
		return nil, o.fail(TooLarge, "", nil) // it would be read for nothing
	}
	bytes := limit
	if response.ContentLength > 0 {
		bytes = min(response.ContentLength, limit)
	}
	t := &taken{room: c.room, bytes: min(bytes, c.room.most)}
	waiting, stop := ctx, func() {}
	if end, bounded := ctx.Deadline(); bounded {
		waiting, stop = before(ctx, end)
	}
	defer stop()
	err := o.clock.pause(func() error { return c.room.reading.Acquire(waiting, t.bytes) })
	switch {
	case err == nil:
		return t, nil
	case ctx.Err() != nil:
		return nil, o.broken(ctx, err)
	default:
		return nil, o.fail(Overloaded, "no room to read the answer", err)
	}
}

type holdingKey struct{}

// holding is what one reading of several answers keeps.
type holding struct {
	mu    sync.Mutex
	room  *Room // nil: nothing is kept yet
	bytes int64
	full  bool // an answer found no room
}

// Hold returns a context for the calls of one reading whose answers are kept until release is called, so that their
// bytes count in the [Room] of their clients. A call whose answer finds no room fails: with [TooLarge] when the reading
// alone fills it, else with [Overloaded]. Pages that a caller walks by itself with [Pages] are not kept.
func Hold(ctx context.Context) (held context.Context, release func()) {
	h := &holding{}
	return context.WithValue(ctx, holdingKey{}, h), h.release
}

// letGo returns a context whose answers are not kept.
func letGo(ctx context.Context) context.Context {
	return context.WithValue(ctx, holdingKey{}, (*holding)(nil))
}

// isFull reports whether the reading has filled the room by itself.
func (h *holding) isFull() bool {
	if h == nil {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.full
}

func (h *holding) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.giveBack(h.bytes)
}

// giveBack makes room for other answers. The lock is held.
func (h *holding) giveBack(bytes int64) {
	if h.room == nil || bytes == 0 {
		return
	}
	h.room.mu.Lock()
	h.room.left += bytes
	h.room.mu.Unlock()
	h.bytes -= bytes
	h.full = false
}

// drop gives back what the reading of ctx kept of a list that failed.
func drop(ctx context.Context, bytes int64) {
	if h, _ := ctx.Value(holdingKey{}).(*holding); h != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.giveBack(bytes)
	}
}

// keep counts an answer that the reading of ctx keeps, if there is one.
func (c *Client) keep(ctx context.Context, spec Spec, bytes int64) error {
	h, _ := ctx.Value(holdingKey{}).(*holding)
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.room = c.room
	h.room.mu.Lock()
	defer h.room.mu.Unlock()
	switch {
	case bytes <= h.room.left:
		h.room.left -= bytes
		h.bytes += bytes
		return nil
	case h.bytes+bytes > h.room.all:
		h.full = true
		return spec.Fail(TooLarge, nil)
	default:
		return spec.Fail(Overloaded, nil)
	}
}
