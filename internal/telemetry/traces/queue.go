package traces

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// Outcome is what became of a span: a closed list of words, for metrics.
type Outcome string

// The outcomes.
const (
	// Sent: the receiver took it.
	Sent Outcome = "sent"
	// Full: it found no room in the queue.
	Full Outcome = "queue_full"
	// Refused: the receiver answered with an error.
	Refused Outcome = "refused"
	// Rejected: the receiver took its batch, but not the span.
	Rejected Outcome = "rejected"
	// Unanswered: the receiver was not reached, or did not answer in time.
	Unanswered Outcome = "unanswered"
	// Stopped: it waited when the process had no more time for it, or ended later.
	Stopped Outcome = "stopped"
)

// Outcomes are all outcomes.
func Outcomes() []Outcome { return []Outcome{Sent, Full, Refused, Rejected, Unanswered, Stopped} }

const (
	// mostSpans is how many spans are sent at once.
	mostSpans = 512
	// gatherFor is how long spans wait for others to be sent with.
	gatherFor = 2 * time.Second
	// noticeEvery is the shortest time between two lines in the log about spans that were dropped.
	noticeEvery = time.Minute
)

// queue holds spans that have ended until one goroutine, which it owns, has sent them. OnEnd never waits.
type queue struct {
	exporter sdk.SpanExporter
	client   *client
	options  Options
	now      func() time.Time

	waiting chan sdk.ReadOnlySpan
	flushes chan chan struct{}
	ctx     context.Context // of exports; it ends when the time to close is over
	cut     context.CancelFunc
	closing chan struct{}
	ended   chan struct{}

	mu     sync.RWMutex // held to write by close, so that no span comes after the last one was taken
	closed bool

	dropped  atomic.Int64 // since the last notice
	noticeMu sync.Mutex
	noticed  time.Time
}

var _ sdk.SpanProcessor = (*queue)(nil)

// newQueue begins to send what the client takes.
func newQueue(exporter sdk.SpanExporter, client *client, o Options) *queue {
	q := &queue{
		exporter: exporter, client: client, options: o, now: o.Now,
		waiting: make(chan sdk.ReadOnlySpan, o.Queue), flushes: make(chan chan struct{}),
		closing: make(chan struct{}), ended: make(chan struct{}),
	}
	if q.now == nil {
		q.now = time.Now
	}
	q.ctx, q.cut = context.WithCancel(context.Background())
	go q.run()
	return q
}

// OnStart implements sdk.SpanProcessor: a span is taken when it ends.
func (q *queue) OnStart(context.Context, sdk.ReadWriteSpan) {}

// OnEnd implements sdk.SpanProcessor.
func (q *queue) OnEnd(span sdk.ReadOnlySpan) {
	if !span.SpanContext().IsSampled() {
		return
	}
	q.mu.RLock()
	defer q.mu.RUnlock()
	if q.closed {
		q.drop(Stopped, 1, nil)
		return
	}
	select {
	case q.waiting <- span:
	default:
		q.drop(Full, 1, nil)
	}
}

// ForceFlush implements sdk.SpanProcessor: it sends what waits.
func (q *queue) ForceFlush(ctx context.Context) error {
	sent := make(chan struct{})
	select {
	case q.flushes <- sent:
	case <-q.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-sent:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Shutdown implements sdk.SpanProcessor.
func (q *queue) Shutdown(ctx context.Context) error {
	q.close(ctx)
	return ctx.Err()
}

// close sends what waits while ctx lives, and returns when the goroutine has ended.
func (q *queue) close(ctx context.Context) {
	q.mu.Lock()
	if !q.closed {
		q.closed = true
		close(q.closing)
	}
	q.mu.Unlock()
	defer context.AfterFunc(ctx, q.cut)()
	<-q.ended
	q.cut()
	q.client.close()
}

// run is the only goroutine that takes spans from the queue.
func (q *queue) run() {
	defer close(q.ended)
	batch := make([]sdk.ReadOnlySpan, 0, mostSpans)
	send := func() {
		q.send(batch)
		clear(batch)
		batch = batch[:0]
	}
	take := func(span sdk.ReadOnlySpan) {
		if batch = append(batch, span); len(batch) == mostSpans {
			send()
		}
	}
	tick := time.NewTicker(gatherFor)
	defer tick.Stop()
	for {
		q.drain(take)
		select {
		case span := <-q.waiting:
			take(span)
		case <-tick.C:
			send()
		case sent := <-q.flushes:
			send()
			close(sent)
		case <-q.closing: // no span comes any more
			q.drain(take)
			send()
			return
		}
	}
}

// drain takes what waits.
func (q *queue) drain(take func(sdk.ReadOnlySpan)) {
	for {
		select {
		case span := <-q.waiting:
			take(span)
		default:
			return
		}
	}
}

// send sends a batch, or drops it.
func (q *queue) send(batch []sdk.ReadOnlySpan) {
	if len(batch) == 0 {
		return
	}
	if q.ctx.Err() != nil {
		q.drop(Stopped, len(batch), nil)
		return
	}
	ctx, cancel := context.WithTimeout(q.ctx, q.options.Timeout)
	defer cancel()
	err := q.exporter.ExportSpans(ctx, batch)
	var partial *partialError
	switch {
	case err == nil:
		q.options.Count(Sent, len(batch))
	case errors.As(err, &partial):
		rejected := int(min(max(partial.rejected, 0), int64(len(batch))))
		q.options.Count(Sent, len(batch)-rejected)
		q.drop(Rejected, rejected, err)
	case q.ctx.Err() != nil:
		q.drop(Stopped, len(batch), err)
	case errors.As(err, new(*statusError)):
		q.drop(Refused, len(batch), err)
	default:
		q.drop(Unanswered, len(batch), err)
	}
}

// drop counts spans that are lost, and says so now and then.
func (q *queue) drop(why Outcome, spans int, cause error) {
	if spans == 0 {
		return
	}
	q.options.Count(why, spans)
	q.dropped.Add(int64(spans))
	q.noticeMu.Lock()
	now := q.now()
	due := q.noticed.IsZero() || now.Sub(q.noticed) >= noticeEvery
	if due {
		q.noticed = now
	}
	q.noticeMu.Unlock()
	if !due {
		return
	}
	attrs := []slog.Attr{slog.String("reason", string(why)), slog.Int64("spans", q.dropped.Swap(0))}
	if cause != nil {
		attrs = append(attrs, slog.Any("error", cause))
	}
	q.options.Logger.LogAttrs(context.WithoutCancel(q.ctx), slog.LevelWarn, "spans dropped", attrs...)
}
