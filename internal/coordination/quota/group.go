package quota

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"
)

// mode says who counts.
type mode int

const (
	// alone: no Redis is configured; this process counts.
	alone mode = iota
	// joining: Redis must learn what this replica spent before it grants a token.
	joining
	// shared: Redis counts.
	shared
	// lost: Redis does not answer; this replica has its local share.
	lost
)

// group is one quota as this replica sees it. Callers enter and leave under the lock; one goroutine, the dispatcher,
// serves them, makes every trip to Redis and changes the mode.
type group struct {
	name            string
	limit           int
	length          time.Duration // of the upstream's window
	backgroundShare float64
	leaseTime       time.Duration // 0: each token is a trip
	block           int           // most tokens in a lease
	heartbeat       time.Duration
	timeout         time.Duration
	now             func() time.Time
	start           time.Time
	random          func() float64
	logger          *slog.Logger
	notice          func(Event)
	book            *book // nil: alone
	wake            chan struct{}

	mu     sync.Mutex
	latest time.Duration
	mode   mode
	closed bool
	queue  queue
	spent  window
	pace   pace
	owed   bool // the book does not know of the last pause yet
	// bookPaused is the end of the pause that the book had last, also by refusals of other replicas.
	bookPaused time.Duration
	unused     []*grant                 // given back; the book does not know yet
	shut       [classes]time.Duration   // until then there are no tokens
	outlook    [classes][]time.Duration // the next tokens, by the last refusal of Redis
	leases     [classes]lease
	contact    contact
}

// leaseAbove is the rate, in tokens a second, from which a trip for every token is too much.
const leaseAbove = 100

func newGroup(settings Group, o Options, member string) *group {
	g := &group{
		name: settings.Name, limit: settings.Limit, length: settings.Window,
		backgroundShare: settings.BackgroundShare, heartbeat: o.Heartbeat, timeout: o.Timeout,
		now: o.Now, start: o.Now(), random: o.Rand, logger: o.Logger, notice: o.OnEvent,
		wake: make(chan struct{}, 1),
		pace: pace{limit: float64(settings.Limit), rate: float64(settings.Limit)},
	}
	g.spent.span = settings.Window + time.Duration(float64(settings.Window)*settings.Headroom)
	if o.Redis == nil {
		return g
	}
	if float64(settings.Limit)/settings.Window.Seconds() > leaseAbove {
		g.leaseTime = settings.Window / 50
		g.block = max(1, settings.Limit/20)
		// A leased token may be used that much later than the log says.
		g.spent.span += g.leaseTime
		g.spent.grain = g.leaseTime
	}
	g.mode = joining
	g.contact = contact{share: int(float64(settings.Limit)*o.OutageShare) / o.MaxReplicas}
	g.book = newBook(g, o, member)
	return g
}

// elapsed is the time since the start.
func (g *group) elapsed() time.Duration { return g.now().Sub(g.start) }

// tick is elapsed, but never goes back. The lock is held.
func (g *group) tick() time.Duration {
	g.latest = max(g.latest, g.elapsed())
	return g.latest
}

func (g *group) nudge() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

func (g *group) take(ctx context.Context, lane int) (*grant, time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, fmt.Errorf("quota %s: %w", g.name, err)
	}
	lane = laneOf(lane)
	g.mu.Lock()
	came := g.tick()
	if g.closed {
		g.mu.Unlock()
		return nil, 0, fmt.Errorf("quota %s: %w", g.name, ErrClosed)
	}
	if t := g.atOnce(came, classOf(lane)); t != nil {
		g.mu.Unlock()
		return t, 0, nil
	}
	w := &waiter{lane: lane, place: came + head(lane, g.length), deadline: never, result: make(chan result, 1)}
	if deadline, ok := ctx.Deadline(); ok {
		w.deadline = deadline.Sub(g.start)
	}
	if comes := g.expected(w); g.inVain(w, comes, came) {
		refusal := g.refusal(comes, came)
		g.mu.Unlock()
		return nil, 0, refusal
	}
	g.queue.push(w)
	g.mu.Unlock()
	g.nudge()
	got := g.await(ctx, w)
	return got.token, max(0, g.elapsed()-came), got.err
}

func (g *group) await(ctx context.Context, w *waiter) result {
	select {
	case got := <-w.result:
		return got
	case <-ctx.Done():
		return g.giveUp(ctx, w)
	}
}

// giveUp removes a caller whose context has ended. If it was served just before, it has its token.
func (g *group) giveUp(ctx context.Context, w *waiter) result {
	g.mu.Lock()
	waits := g.queue.remove(w)
	refusal := g.refusal(g.expected(w), g.tick())
	g.mu.Unlock()
	if !waits {
		return <-w.result
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		refusal.Err = ctx.Err()
		return result{err: refusal}
	}
	return result{err: fmt.Errorf("quota %s: %w", g.name, ctx.Err())}
}

// refusal returns the error of a caller whose token would come at that moment. If the moment is not known or has
// passed, the error has the pace of the whole window. While Redis is lost it lasts no longer than until that is tried
// again: once it is back, there may be tokens at once. The lock is held.
func (g *group) refusal(comes, now time.Duration) *RefusedError {
	switch {
	case comes == never:
		comes = now + g.heartbeat
	case comes <= now:
		comes = now + g.spent.span/time.Duration(g.limit)
	}
	after := comes - now
	if g.mode == lost {
		after = min(after, g.untilRetry(now))
	}
	return &RefusedError{
		Group: g.name, After: max(time.Millisecond, after), Upstream: now < max(g.pace.paused, g.bookPaused),
	}
}

// atOnce takes a token without waiting, when no caller waits before this one; nil: there is none. The lock is held.
func (g *group) atOnce(now time.Duration, c class) *grant {
	if g.queue.length(foreground) > 0 || c == background && g.queue.length(background) > 0 {
		return nil
	}
	switch {
	case g.mode == shared && now >= g.pace.paused && g.leases[c].use(now):
		return &grant{class: c, lease: g.leases[c].until}
	case g.mode == alone, g.mode == lost:
		return g.spendOwn(now, c)
	default:
		return nil
	}
}

// spendOwn takes a token that this replica may give on its own; nil: there is none. The lock is held.
func (g *group) spendOwn(now time.Duration, c class) *grant {
	own := g.allowance(now)
	g.spent.expire(now)
	if now < own.from || !g.spent.allows(c, own.limit, own.background) {
		return nil
	}
	return &grant{class: c, number: g.spent.add(now, 1, c, false)}
}

// allowance is what a replica may spend in a window on its own, the background's part of it, and from when.
type allowance struct {
	limit, background int
	from              time.Duration
}

// allowance returns that of now. The lock is held.
func (g *group) allowance(now time.Duration) allowance {
	tokens := g.pace.tokens(now)
	own := allowance{limit: int(tokens), from: g.pace.paused}
	if g.mode == lost {
		own.limit = int(math.Ceil(float64(g.contact.share) * tokens / float64(g.limit)))
		own.from = max(own.from, g.ownFrom())
	}
	own.background = max(1, int(float64(own.limit)*g.backgroundShare))
	return own
}

// slow notes a refusal by the upstream; the dispatcher reports it to the other replicas.
func (g *group) slow(ctx context.Context, retryAfter time.Duration) {
	pause := pauseOf(retryAfter)
	g.mu.Lock()
	now := g.tick()
	cut := g.pace.slow(now, pause)
	tokens := g.pace.tokens(now)
	g.owed = g.book != nil
	g.leases = [classes]lease{}
	g.shut = [classes]time.Duration{}
	g.mu.Unlock()
	g.nudge()
	if cut {
		g.logger.WarnContext(ctx, "upstream refused a call within its quota",
			slog.String("quota_group", g.name), slog.Duration("pause", pause),
			slog.Float64("calls_per_window", tokens))
	}
	g.notice(Event{Group: g.name, Kind: EventSlowed, Wait: pause})
}
