package cache_test

import (
	"context"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newClock begins at the real time, because Redis has its own clock.
func newClock() *testkit.Clock { return testkit.NewClock(time.Now()) }

// row is a record as the wire has it.
type row struct {
	ID    string `json:"id"`
	Value int    `json:"value"`
}

// table is the built form of rows.
type table struct {
	rows map[string]int
	gaps []cache.Gap
	cut  bool
}

// lists and records are the datasets of the tests: whole lists by part, and records by key.
type (
	lists   = cache.Dataset[string, cache.Fetched[row], *table]
	records = cache.Dataset[string, row, row]
)

func buildTable(_, _ string, f cache.Fetched[row]) (*table, int64) {
	t := &table{rows: make(map[string]int, len(f.Records)), gaps: f.Gaps, cut: f.Truncated}
	for _, r := range f.Records {
		t.rows[r.ID] = r.Value
	}
	return t, int64(len(f.Records)) * 100
}

// whole makes a fetch of lists from a function that reads one.
func whole[R any](
	read func(ctx context.Context, key cache.Key) (R, error),
) func(context.Context, string, []string) map[string]cache.Result[R] {
	return func(ctx context.Context, scope string, parts []string) map[string]cache.Result[R] {
		list, err := read(ctx, cache.Key{Scope: scope, Part: parts[0]})
		return map[string]cache.Result[R]{parts[0]: {Record: list, Err: err}}
	}
}

// asText is the Key of datasets with texts as keys.
func asText(key string) string { return key }

// upstream answers fetches, counts them, and can be made to fail or to wait.
type upstream struct {
	mu           sync.Mutex
	calls        int
	err          error
	answer       cache.Fetched[row]
	gate         chan struct{} // a fetch waits until it is closed, or its context ends
	began        chan struct{} // a value for each fetch that begins
	inBackground []bool        // whether each fetch began in the background
	// count makes the n-th fetch answer one row "n" of that value, besides answer.
	count bool
}

func newUpstream() *upstream { return &upstream{began: make(chan struct{}, 1000), count: true} }

func (u *upstream) fetch(ctx context.Context, _ cache.Key) (cache.Fetched[row], error) {
	u.mu.Lock()
	u.calls++
	n, err, answer, gate := u.calls, u.err, u.answer, u.gate
	u.inBackground = append(u.inBackground, cache.Awaited(ctx) != nil)
	if u.count {
		answer.Records = append([]row{{ID: "n", Value: n}}, answer.Records...)
	}
	u.mu.Unlock()
	u.began <- struct{}{}
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return cache.Fetched[row]{}, context.Cause(ctx)
		}
	}
	return answer, err
}

func (u *upstream) count1() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.calls
}

// set changes the upstream under its lock.
func (u *upstream) set(change func(u *upstream)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change(u)
}

// wantCalls waits for n fetches to have begun, and checks that there are no more.
func (u *upstream) wantCalls(t *testing.T, n int) {
	t.Helper()
	eventually(t, func() bool { return u.count1() >= n })
	if got := u.count1(); got != n {
		t.Fatalf("%d fetches, want %d", got, n)
	}
}

// tally counts events by kind.
type tally struct {
	mu    sync.Mutex
	kinds map[cache.EventKind]int
	rests map[cache.Rest]int
	errs  []error
}

func (c *tally) on(_ context.Context, e cache.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kinds == nil {
		c.kinds, c.rests = make(map[cache.EventKind]int), make(map[cache.Rest]int)
	}
	c.kinds[e.Kind] += e.Count
	c.rests[e.Rest] += e.Count
	if e.Err != nil {
		c.errs = append(c.errs, e.Err)
	}
}

func (c *tally) of(kind cache.EventKind) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kinds[kind]
}

// resting counts the events of rests of that kind.
func (c *tally) resting(rest cache.Rest) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rests[rest]
}

// ages of the tests: fresh 10 s, stale until 60 s, dead after 10 min.
var ages = cache.Ages{Fresh: 10 * time.Second, Stale: time.Minute, Dead: 10 * time.Minute}

// rows is a set of lists, asked by tenant and part.
type rows struct{ cache.Set[string, *table] }

func (s *rows) get(ctx context.Context, key cache.Key, maxAge time.Duration) (cache.Held[*table], error) {
	o := s.One(ctx, key.Scope, key.Part, maxAge)
	return o.Held, o.Err
}

func (s *rows) peek(ctx context.Context, key cache.Key) (cache.Held[*table], bool) {
	o, ok := s.Peek(ctx, key.Scope, key.Part)
	return o.Held, ok
}

func (s *rows) drop(ctx context.Context, key cache.Key) error {
	return s.Drop(ctx, key.Scope, key.Part)
}

func (s *rows) changed(key cache.Key) <-chan struct{} { return s.Changed(key.Scope, key.Part) }

// noJitter makes every moment exact: the fresh age is not shortened.
func noJitter() float64 { return 0 }

func listsOf(u *upstream) lists {
	return lists{
		Operation: "listRows", Ages: ages, Key: asText, Fetch: whole(u.fetch), Build: buildTable, Alone: true,
		Rows: func(f cache.Fetched[row]) int { return len(f.Records) }, LeaseFor: 2 * time.Second,
	}
}

// newRows makes a set of the upstream's lists; change may adapt the dataset.
func newRows(t *testing.T, u *upstream, tiers cache.Tiers, change ...func(*lists)) *rows {
	t.Helper()
	d := listsOf(u)
	return &rows{newSet(t, &d, tiers, change)}
}

func newSet[R, V any](
	t *testing.T, d *cache.Dataset[string, R, V], tiers cache.Tiers, change []func(*cache.Dataset[string, R, V]),
) cache.Set[string, V] {
	t.Helper()
	if tiers.Rand == nil {
		tiers.Rand = noJitter
	}
	for _, f := range change {
		f(d)
	}
	s, err := cache.New(*d, tiers)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// get asks and expects an answer.
func get(t *testing.T, s *rows, key cache.Key) cache.Held[*table] {
	t.Helper()
	held, err := s.get(t.Context(), key, 0)
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	return held
}

// getLater begins to get a value; the function that it returns waits for that.
func getLater(t *testing.T, s *rows, key cache.Key) (wait func() cache.Held[*table]) {
	t.Helper()
	answered := make(chan cache.Held[*table], 1)
	go func() {
		held, err := s.get(t.Context(), key, 0)
		if err != nil {
			t.Error(err)
		}
		answered <- held
	}()
	return func() cache.Held[*table] { return <-answered }
}

// want checks the fetch number, state and source of an answer.
func want(t *testing.T, held cache.Held[*table], n int, state cache.State, source string) {
	t.Helper()
	if held.Value == nil {
		t.Fatal("no value")
	}
	if got := held.Value.rows["n"]; got != n || held.State != state || held.Source != source {
		t.Fatalf("answer of fetch %d, %v, from %s; want fetch %d, %v, from %s",
			got, held.State, held.Source, n, state, source)
	}
}

// replica is the tiers of one replica on a Redis, with its own connection. It is more patient than
// a gateway: a test machine may be busy.
func replica(t *testing.T, server *redistest.Server, c *testkit.Clock) cache.Tiers {
	t.Helper()
	return replicaWith(t, server, c, redis.Options{DialTimeout: 5 * time.Second, Timeout: 5 * time.Second})
}

func replicaWith(t *testing.T, server *redistest.Server, c *testkit.Clock, o redis.Options) cache.Tiers {
	t.Helper()
	o.RetryAfter = 100 * time.Millisecond
	conn, err := redis.Open(t.Context(), server.URL(), o)
	if err != nil {
		t.Fatalf("redis.Open: %v", err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Errorf("close redis: %v", err)
		}
	})
	tiers := cache.Tiers{Redis: conn, Leases: lease.New(conn, "test"), Environment: "test"}
	if c != nil {
		tiers.Now = c.Now
	}
	return tiers
}

// admin is a client for what tests do to a Redis, however long it takes.
func admin(t *testing.T, server *redistest.Server) *goredis.Client {
	t.Helper()
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Errorf("close redis: %v", err)
		}
	})
	return client
}

// eventually waits for a change in the background.
func eventually(t *testing.T, done func() bool) {
	t.Helper()
	testkit.Eventually(t, "a change in the background", done)
}
