package purge

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/purges"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// held has one entry until it is purged, and notes the orders.
type held struct {
	mu     sync.Mutex
	orders []cache.Purge
	err    error
}

func (h *held) Operations() []string           { return []string{"listRows"} }
func (h *held) Covered(func(string) bool) bool { return true }
func (h *held) Highest() (highest uint64) {
	for _, order := range h.noted() {
		highest = max(highest, order.Number)
	}
	return highest
}

func (h *held) Purge(_ context.Context, _ string, order cache.Purge) (map[string]cache.Purged, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	gone := map[string]cache.Purged{}
	if len(h.orders) == 0 {
		gone["listRows"] = cache.Purged{Entries: 1}
	}
	h.orders = append(h.orders, order)
	return gone, h.err
}

func (h *held) noted() []cache.Purge {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.orders
}

// TenantOf and MayBeDomain: tenants are their scopes.
func (h *held) TenantOf(scope string) string { return scope }
func (h *held) MayBeDomain(string) bool      { return false }

// newPurger makes a purger that looks that often; change may adapt its options.
func newPurger(t *testing.T, h *held, lookEvery time.Duration, change ...func(*Options)) *Purger {
	t.Helper()
	o := Options{
		Token: "token", LookEvery: lookEvery, Keep: time.Hour, Sets: h, Tenants: h, Sweep: func() int { return 0 },
		Nearest: func(string, []string) string { return "" }, Now: time.Now, Logger: new(testkit.Log).Logger(),
	}
	for _, f := range change {
		f(&o)
	}
	p := New(t.Context(), o)
	t.Cleanup(p.Close)
	return p
}

// send sends an order and returns what was dropped.
func send(t *testing.T, p *Purger) dropped {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(`{"operation": "*", "tenant": "*"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer token")
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	var got answer
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s, %v", w.Code, w.Body, err)
	}
	return got.Dropped
}

// slowAdds delays the answer to each script that adds to the log.
type slowAdds struct{ delay func() }

func (s slowAdds) DialHook(next goredis.DialHook) goredis.DialHook { return next }
func (s slowAdds) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		err := next(ctx, cmd)
		if name := cmd.Name(); err == nil && (name == "eval" || name == "evalsha") {
			s.delay()
		}
		return err
	}
}

func (s slowAdds) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return next
}

func logOn(t *testing.T, server *redistest.Server) (log *purges.Log, client goredis.UniversalClient) {
	t.Helper()
	o := redis.Options{Timeout: 5 * time.Second, DialTimeout: 5 * time.Second}
	connection, err := redis.Open(t.Context(), server.URL(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return purges.New(connection, "test", time.Hour), redis.Universal(connection)
}

// TestOrderIsCarriedOutByWhomItWasSentTo: a look that finds it in the log meanwhile leaves it alone, as it would count
// nothing and remove nothing from Redis. What the log has no more is not remembered either.
func TestOrderIsCarriedOutByWhomItWasSentTo(t *testing.T) {
	log, client := logOn(t, redistest.Start(t))
	h := &held{}
	client.AddHook(slowAdds{delay: func() {
		for end := time.After(100 * time.Millisecond); len(h.noted()) == 0; {
			select {
			case <-end:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}})
	p := newPurger(t, h, time.Millisecond, func(o *Options) { o.Log = log })
	if gone := send(t, p); gone.Entries != 1 {
		t.Errorf("dropped %+v", gone)
	}
	p.look(t.Context())
	if orders := h.noted(); len(orders) != 1 || !orders[0].Redis || time.Until(orders[0].Until) < 50*time.Minute {
		t.Errorf("orders %+v", orders)
	}
	p.Close()
	if len(p.known) != 1 {
		t.Errorf("%d are known", len(p.known))
	}
	if err := client.Del(t.Context(), "opsgraph:purges:v1:test").Err(); err != nil {
		t.Fatal(err)
	}
	if p.look(t.Context()); len(p.known) > 0 {
		t.Errorf("%d are known that the log has forgotten", len(p.known))
	}
}

// TestOrdersRise, and none is remembered, where there are no other replicas.
func TestOrdersRise(t *testing.T) {
	h, c := &held{}, testkit.NewClock(time.Now())
	p := newPurger(t, h, time.Hour, func(o *Options) { o.Now = c.Now })
	send(t, p)
	c.Advance(-time.Hour)
	send(t, p)
	if orders := h.noted(); len(orders) != 2 || orders[1].Number <= orders[0].Number || len(p.known) > 0 {
		t.Errorf("orders %+v, known %v", orders, p.known)
	}
}

// TestOrderSaysThatRedisFailed, and that it did not.
func TestOrderSaysThatRedisFailed(t *testing.T) {
	for _, err := range []error{nil, errors.New("no answer")} {
		gone := send(t, newPurger(t, &held{err: err}, time.Hour))
		if gone.RedisIncomplete != (err != nil) || gone.Entries != 1 {
			t.Errorf("with %v: %+v", err, gone)
		}
	}
}
