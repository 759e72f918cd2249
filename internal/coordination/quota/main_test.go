package quota_test

import (
	"context"
	"errors"
	"flag"
	"runtime/metrics"
	"slices"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestMain lets more tests run side by side than there are cores: they wait most of their time.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	goredis.SetLogger(silent{}) // it logs every failed dial, of which these tests have many
	goleak.VerifyTestMain(m)
}

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// newClock starts ahead of the real time, so that its deadlines are not over by the real one.
func newClock() *testkit.Clock { return testkit.NewClock(time.Now().Add(24 * time.Hour)) }

func open(tb testing.TB, options quota.Options, groups ...quota.Group) *quota.Quota {
	tb.Helper()
	q, err := quota.New(groups, options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(q.Close)
	return q
}

// pass lets time go by.
func pass(d time.Duration) { <-time.After(d) }

// try takes a token only if there is one now.
func try(t *testing.T, q *quota.Quota, now time.Time, lane int) bool {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), now)
	defer cancel()
	_, _, err := q.Take(ctx, "g", lane)
	if _, refused := errors.AsType[*quota.RefusedError](err); err != nil && !refused {
		t.Fatalf("Take: %v", err)
	}
	return err == nil
}

// tries counts how many of n tokens were there.
func tries(t *testing.T, q *quota.Quota, now time.Time, lane, n int) int {
	t.Helper()
	got := 0
	for range n {
		if try(t, q, now, lane) {
			got++
		}
	}
	return got
}

// record notes when tokens were taken, and the longest stall of this machine meanwhile: of a thread or Redis waiting
// for a processor, and of a goroutine waiting for a thread. A token may have been noted so much later than it was
// granted.
type record struct {
	start time.Time
	stall time.Duration
	queue time.Duration // of goroutines that could run
	mu    sync.Mutex
	times []time.Duration
	who   []int
}

func newRecord() *record { return &record{start: time.Now()} }

// restart begins the record now.
func (r *record) restart() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.start, r.stall, r.queue = time.Now(), 0, 0
}

// watch measures stalls until ctx ends; the returned function waits for it.
func (r *record) watch(ctx context.Context) func() {
	done := make(chan struct{})
	before := schedulerQueue()
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			before := time.Now()
			pass(time.Millisecond)
			r.stalled(time.Since(before) - time.Millisecond)
		}
	}()
	return func() {
		<-done
		r.queued(before, schedulerQueue())
	}
}

// schedulerQueue is how long goroutines that could run have waited for that until now.
func schedulerQueue() *metrics.Float64Histogram {
	sample := []metrics.Sample{{Name: "/sched/latencies:seconds"}}
	metrics.Read(sample)
	return sample[0].Value.Float64Histogram()
}

// queued notes the longest wait between two readings of the scheduler.
func (r *record) queued(before, after *metrics.Float64Histogram) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range after.Counts {
		if after.Counts[i] > before.Counts[i] {
			// where the bucket begins: the last may be without end
			r.queue = time.Duration(after.Buckets[i] * float64(time.Second))
		}
	}
}

func (r *record) stalled(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stall = max(r.stall, d)
}

func (r *record) longestStall() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stall + r.queue
}

// DialHook, ProcessHook and ProcessPipelineHook make a record a goredis.Hook: a slow trip is a stall.
func (r *record) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (r *record) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		before := time.Now()
		err := next(ctx, cmd)
		if err == nil {
			r.stalled(time.Since(before))
		}
		return err
	}
}

func (r *record) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return next
}

func (r *record) add(who int) {
	at := time.Since(r.start)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.times = append(r.times, at)
	r.who = append(r.who, who)
}

func (r *record) sorted() []time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(slices.Values(r.times))
}

// between counts the tokens of a stretch of the test.
func (r *record) between(from, to time.Duration) int {
	n := 0
	for _, at := range r.sorted() {
		if at >= from && at < to {
			n++
		}
	}
	return n
}

// fairness is Jain's index over n takers from a moment on: 1 when all have the same.
func (r *record) fairness(n int, from time.Duration) float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	had := make([]float64, n)
	for i, who := range r.who {
		if r.times[i] >= from {
			had[who]++
		}
	}
	var sum, squares float64
	for _, tokens := range had {
		sum += tokens
		squares += tokens * tokens
	}
	return sum * sum / (float64(n) * squares)
}

// within checks that no window of the upstream had more than the limit. The count covers the window with its headroom,
// so that only a stall longer than the headroom shortens the checked window.
func (r *record) within(t *testing.T, group quota.Group) {
	t.Helper()
	stall := r.longestStall()
	counted := group.Window + time.Duration(float64(group.Window)*group.Headroom)
	window := min(group.Window, counted-stall)
	if got := r.busiest(window); got > group.Limit {
		t.Errorf("%d tokens in one window, limit %d (stalls of %v)", got, group.Limit, stall)
	}
	t.Logf("%d tokens, busiest window %d, stalls of %v", len(r.times), r.busiest(window), stall)
}

// atLeast checks that nine tenths of the possible tokens were taken, fewer on a busy machine.
func (r *record) atLeast(t *testing.T, tokens int) {
	t.Helper()
	want := tokens * 9 / 10
	if !r.calm() {
		want = tokens * 6 / 10
	}
	if got := len(r.times); got < want {
		t.Errorf("%d tokens, want %d at least", got, want)
	}
}

// calm reports whether stalls were too short to change shares and orders.
func (r *record) calm() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stall < 30*time.Millisecond
}

// saw reports an unexpected result: as an error if the machine was calm, else as a log line.
func (r *record) saw(t *testing.T, format string, values ...any) {
	t.Helper()
	if r.calm() {
		t.Errorf(format, values...)
		return
	}
	t.Logf(format+" (stalls of %v)", append(values, r.longestStall())...)
}

// busiest returns the most tokens in any window. Such a window begins at a token.
func (r *record) busiest(window time.Duration) int {
	times, most := r.sorted(), 0
	for i := range times {
		end, _ := slices.BinarySearch(times, times[i]+window)
		most = max(most, end-i)
	}
	return most
}

// run has n workers on each quota take tokens of group g until the moment, and runs meanwhile beside them.
func (r *record) run(t *testing.T, to time.Duration, n int, quotas []*quota.Quota, meanwhile func()) {
	t.Helper()
	r.runEach(t, to, func(int) int { return n }, quotas, meanwhile)
}

// runEach is run with n(i) workers on the i-th quota.
func (r *record) runEach(t *testing.T, to time.Duration, n func(who int) int, quotas []*quota.Quota, meanwhile func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	watch := r.watch(ctx)
	var work sync.WaitGroup
	for who, q := range quotas {
		for range n(who) {
			work.Go(func() {
				for {
					_, _, err := q.Take(ctx, "g", quota.LanePerson)
					if ctx.Err() != nil {
						return
					}
					if err != nil {
						t.Errorf("Take: %v", err)
						return
					}
					r.add(who)
				}
			})
		}
	}
	meanwhile()
	r.until(to)
	cancel()
	work.Wait()
	watch()
}

func nothing() {}

// until waits for the moment of the record.
func (r *record) until(at time.Duration) {
	pass(time.Until(r.start.Add(at)))
}
