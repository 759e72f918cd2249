package events

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// Options are what a [Hub] needs. The zero value keeps streams in the process.
type Options struct {
	// Redis keeps the streams for all replicas, and must not evict; nil keeps them in the process.
	Redis *redis.Connection
	// Environment is part of every key in Redis, so that installations can share one.
	Environment string
	// Length is how many events a stream holds, in the store and in memory of each replica that follows it. Default 4096.
	Length int
	// KeptFor is how long a stream is kept after its last publication. Default 1 h.
	KeptFor time.Duration
	// LookEvery is how soon a reader finds events whose announcement it missed. Default 2 s.
	LookEvery time.Duration
	// Now is the clock of the store in memory; nil means time.Now.
	Now func() time.Time
	// Logger gets a line when streams can't be read; nil discards it.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	o.Length = cmp.Or(max(o.Length, 0), 4096)
	o.KeptFor = cmp.Or(max(o.KeptFor, 0), time.Hour)
	o.LookEvery = cmp.Or(max(o.LookEvery, 0), 2*time.Second)
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Hub holds the streams of one replica and reads them for all followers. It is safe for concurrent use.
type Hub struct {
	options Options
	store   store
	shared  *redisStore // nil: in the process

	ctx   context.Context // the life of the hub
	stop  context.CancelFunc
	tasks sync.WaitGroup

	mu      sync.Mutex
	feeds   map[string]follower
	closed  bool
	endRead context.CancelFunc // ends the reader; nil while none runs
}

// follower is a feed without its type.
type follower interface {
	ask() ask
	// take adds a page. It is called by one goroutine at a time.
	take(page)
	lock() func()
}

// NewHub makes a hub. It makes no call.
func NewHub(o Options) *Hub {
	o = o.withDefaults()
	h := &Hub{options: o, feeds: map[string]follower{}}
	h.ctx, h.stop = context.WithCancel(context.Background())
	if o.Redis == nil {
		h.store = newMemoryStore(o)
		return h
	}
	h.shared = newRedisStore(o)
	h.store = h.shared
	return h
}

// Close ends all followers and the reader, and waits for it.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.stop()
	h.tasks.Wait()
}

// enter finds the feed of a stream, or makes it, and counts one follower more.
func (h *Hub) enter(stream string, found func(follower) bool, fresh func() follower) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return ErrClosed
	}
	if f := h.feeds[stream]; f != nil && found(f) {
		return nil
	}
	h.feeds[stream] = fresh()
	if h.shared != nil && h.endRead == nil {
		var ctx context.Context
		ctx, h.endRead = context.WithCancel(h.ctx)
		h.tasks.Go(func() { h.readLoop(ctx) })
	}
	return nil
}

// leave ends a follower of a stream; last reports whether it was the only one.
func (h *Hub) leave(stream string, last func() bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !last() {
		return
	}
	delete(h.feeds, stream)
	if len(h.feeds) == 0 && h.endRead != nil {
		h.endRead()
		h.endRead = nil
	}
}

// followed returns the feeds of the wanted streams; nil wants all.
func (h *Hub) followed(wanted func(stream string) bool) []follower {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]follower, 0, len(h.feeds))
	for _, name := range slices.Sorted(maps.Keys(h.feeds)) { // in order: each is locked while it is read
		if wanted == nil || wanted(name) {
			list = append(list, h.feeds[name])
		}
	}
	return list
}

// read brings the feeds up to date, several in one trip.
func (h *Hub) read(ctx context.Context, feeds []follower) error {
	for len(feeds) > 0 {
		some := feeds[:min(len(feeds), feedsAtOnce)]
		feeds = feeds[len(some):]
		if err := h.readSome(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// feedsAtOnce is how many streams are read in one trip.
const feedsAtOnce = 100

func (h *Hub) readSome(ctx context.Context, feeds []follower) error {
	for _, f := range feeds {
		defer f.lock()()
	}
	for len(feeds) > 0 {
		asks := make([]ask, len(feeds))
		for i, f := range feeds {
			asks[i] = f.ask()
		}
		pages, err := h.store.read(ctx, asks)
		if err != nil {
			return err
		}
		var more []follower
		for i, f := range feeds {
			f.take(pages[i])
			if !pages[i].complete() {
				more = append(more, f)
			}
		}
		feeds = more
	}
	return nil
}

// published ends a publication: without Redis there is no reader, so the feed is read at once.
func (h *Hub) published(ctx context.Context, stream string, err error) error {
	if _, late := errors.AsType[announceError](err); late {
		h.options.Logger.WarnContext(ctx, "readers of published events not told at once", slog.Any("error", err))
		err = nil
	}
	if err != nil || h.shared != nil {
		return err
	}
	return h.read(ctx, h.followed(func(name string) bool { return name == stream }))
}
