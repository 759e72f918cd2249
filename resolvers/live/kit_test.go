package live_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/resolvers/live"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/monitor"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	livePatience = 20 * time.Second // bounds the wait for what must come
	liveFresh    = 100 * time.Millisecond
	liveLease    = 600 * time.Millisecond
)

// liveUpstream answers by the end of the path, with answers that change.
type liveUpstream struct {
	server *httptest.Server
	ahead  atomic.Int64 // of the clock, nanoseconds
	delay  atomic.Int64 // of each answer, nanoseconds
	// interval bounds how late the first change after a pause may come and not count as new; zero is liveFresh.
	interval time.Duration
	// address is that of another server to be read in place of this one, pageSize the rows of a page there.
	address  string
	pageSize int
	taken    lanes

	mu      sync.Mutex
	answers map[string]string
	calls   map[string]int
}

func newLiveUpstream(t *testing.T) *liveUpstream {
	t.Helper()
	u := &liveUpstream{answers: map[string]string{}, calls: map[string]int{}}
	u.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := `{"total":0,"list":[]}`
		u.mu.Lock()
		for end, answer := range u.answers {
			if strings.HasSuffix(r.URL.Path, end) {
				u.calls[end]++
				body = answer
			}
		}
		u.mu.Unlock()
		late := time.NewTimer(time.Duration(u.delay.Load()))
		<-late.C
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, body)
	}))
	t.Cleanup(u.server.Close)
	return u
}

// lanes is a quota that lets everything through and counts calls by lane.
type lanes struct {
	mu    sync.Mutex
	taken map[rest.Lane]int
}

// Take implements rest.Quota.
func (l *lanes) Take(_ context.Context, _ string, lane int) (waited time.Duration, giveBack func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken == nil {
		l.taken = map[rest.Lane]int{}
	}
	l.taken[rest.Lane(lane)]++
	return 0, func() {}, nil
}

// Slow implements rest.Quota.
func (*lanes) Slow(context.Context, string, time.Duration) {}

// of is how often each lane was used since the last time.
func (l *lanes) of() map[rest.Lane]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.taken
	l.taken = nil
	return taken
}

func (u *liveUpstream) now() time.Time { return time.Now().Add(time.Duration(u.ahead.Load())) }

func (u *liveUpstream) set(path, answer string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answers[path] = answer
}

func (u *liveUpstream) called(path string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.calls[path]
}

// liveReplica is the sources of one gateway.
type liveReplica struct {
	*sources.Sources
	live       *live.Source
	connection *redis.Connection // nil without Redis
	ended      sync.Once
}

// replica makes sources on the upstream; server nil means without Redis.
func (u *liveUpstream) replica(t *testing.T, server *redistest.Server) *liveReplica {
	t.Helper()
	client, err := rest.NewClient(rest.ClientConfig{
		System: "esm", BaseURL: cmp.Or(u.address, u.server.URL), Retries: -1, Quota: &u.taken,
	})
	if err != nil {
		t.Fatal(err)
	}
	age := cache.Ages{Fresh: liveFresh, Stale: time.Hour, Dead: 2 * time.Hour}
	cfg := dataset.Config{
		ESM:     esm.New(client, esm.Options{SlowPageSize: u.pageSize}),
		Ages:    sourcestest.Ages(age),
		Windows: dataset.Windows{CapacityDays: 2, Alarms: time.Hour, Hosts: time.Hour},
		Tiers:   cache.Tiers{Now: u.now, Environment: "test"},
		Now:     u.now,
	}
	follow := live.Config{
		LeaseFor: liveLease, Events: events.Options{Environment: "test", LookEvery: liveFresh, KeptFor: 5 * time.Hour},
		AlarmsFresh: cmp.Or(u.interval, liveFresh), CapacityFresh: liveFresh, Now: u.now,
	}
	r := &liveReplica{}
	if server != nil {
		r.connection, err = redis.Open(t.Context(), server.URL(), redis.Options{
			Timeout: 2 * time.Second, DialTimeout: 2 * time.Second, RetryAfter: liveFresh,
		})
		if err != nil {
			t.Fatal(err)
		}
		cfg.Tiers.Redis, cfg.Tiers.Leases = r.connection, lease.New(r.connection, "test")
		follow.Leases, follow.Events.Redis = cfg.Tiers.Leases, r.connection
	}
	if r.Sources, err = sources.New(cfg, monitor.Config{}); err != nil {
		t.Fatal(err)
	}
	r.live = live.New(follow, r.Sources)
	t.Cleanup(func() {
		r.end(t)
		client.Close()
	})
	return r
}

// end stops the replica in good order.
func (r *liveReplica) end(t *testing.T) {
	t.Helper()
	r.ended.Do(func() {
		r.live.Close()
		r.Close()
		if r.connection != nil {
			if err := r.connection.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// die stops the replica so that it can't give back its leases, as if it had been killed.
func (r *liveReplica) die(t *testing.T) {
	t.Helper()
	r.ended.Do(func() {
		if err := r.connection.Close(); err != nil {
			t.Error(err)
		}
		r.live.Close()
		r.Close()
	})
}

// awaited is the next event of a follower.
func awaited[E any](t *testing.T, f *live.Following[E]) events.Event[E] {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), livePatience)
	defer cancel()
	e, err := f.Next(ctx)
	if err != nil {
		t.Fatalf("wait for an event: %v", err)
	}
	return e
}

// quiet checks that a follower has nothing more waiting.
func quiet[E any](t *testing.T, f *live.Following[E]) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if e, err := f.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("one more: %+v, %v", e, err)
	}
}

// await waits for a state of the upstream or of a replica.
func await(t *testing.T, ready func() bool) {
	t.Helper()
	deadline := time.After(livePatience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it never came")
		}
	}
}

// polls waits until the upstream has been polled more often than before: present data are no changes by then.
func (u *liveUpstream) polls(t *testing.T, path string, more int) {
	t.Helper()
	want := u.called(path) + more
	await(t, func() bool { return u.called(path) >= want })
}
