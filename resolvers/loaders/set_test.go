package loaders_test

import (
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
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/monitor"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// upstream answers each call with rows that count how many calls of that kind there were, so that generations can be
// distinguished.
type upstream struct {
	hosts int // in each answer

	mu     sync.Mutex
	calls  map[string]int
	clock  atomic.Int64
	broken atomic.Bool
	spoilt atomic.Bool // each answer has a row more, which can't be read
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.URL.Path, "/open-api/v1/")
	u.mu.Lock()
	u.calls[operation]++
	generation := u.calls[operation]
	u.mu.Unlock()
	if u.broken.Load() {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var rows []string
	switch operation {
	case "host/detail":
		for i := range u.hosts {
			id := fmt.Sprintf("h%d", i)
			if asked := r.URL.Query().Get("host_id"); asked == "" || asked == id {
				rows = append(rows,
					fmt.Sprintf(`{"HOST_ID": %q, "HOST_NAME": "generation-%d", "REGION_ID": "cn-north-7"}`, id, generation))
			}
		}
	case "host/vms":
		rows = append(rows,
			fmt.Sprintf(`{"vm_list": "[['vm-%s', 'generation-%d', '', '']]"}`, r.URL.Query().Get("host_id"), generation))
	}
	if u.spoilt.Load() {
		rows = append(rows, `{"vm_list": "[['cut"}`)
	}
	_, _ = fmt.Fprintf(w, `{"total": %d, "list": [%s]}`, len(rows), strings.Join(rows, ","))
}

func (u *upstream) count(operation string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.calls[operation]
}

func (u *upstream) now() time.Time { return time.Unix(0, u.clock.Load()).UTC() }

// newSources makes sources on such an upstream: fresh for a minute, stale for ten, dead after an hour.
func newSources(tb testing.TB, hosts int) (*sources.Sources, *upstream) {
	tb.Helper()
	u := &upstream{hosts: hosts, calls: map[string]int{}}
	u.clock.Store(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC).UnixNano())
	server := httptest.NewServer(u)
	tb.Cleanup(server.Close)
	client, err := rest.NewClient(rest.ClientConfig{System: "esm", BaseURL: server.URL, Retries: -1})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	age := cache.Ages{Fresh: time.Minute, Stale: 10 * time.Minute, Dead: time.Hour}
	made, err := sources.New(dataset.Config{
		ESM:  esm.New(client, esm.Options{}),
		Ages: sourcestest.Ages(age),
		Windows: dataset.Windows{
			CapacityDays: 2, Alarms: time.Hour, Hosts: time.Hour, Instances: time.Hour, AuditDays: 31,
			AlarmRange:    31 * 24 * time.Hour,
			InstanceRange: time.Hour, Metrics: time.Hour, NetworkAll: time.Hour, Performance: time.Hour, PlacementHosts: 1,
		},
		Tiers: cache.Tiers{Now: u.now}, Now: u.now,
	}, monitor.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(made.Close)
	return made, u
}

// operation begins an operation.
func operation(ctx context.Context, all *sources.Sources, u *upstream) *loaders.Set {
	return loaders.New(ctx, all, loaders.Options{Now: u.now()})
}

// nameOf is the name of the first host, which shows its generation.
func nameOf(t *testing.T, set *loaders.Set) string {
	t.Helper()
	page, err := set.HostPage(t.Context(), "", nil, nil, paging.Args{})
	if err != nil {
		t.Fatal(err)
	}
	return *page.Nodes[0].Name
}

func TestOneGenerationForAWholeOperation(t *testing.T) {
	all, u := newSources(t, 3)
	set := operation(t.Context(), all, u)
	if got := nameOf(t, set); got != "generation-1" {
		t.Fatalf("first: %s", got)
	}
	u.clock.Add(int64(20 * time.Minute)) // a query that begins now waits for the next generation
	if got := nameOf(t, operation(t.Context(), all, u)); got != "generation-2" {
		t.Errorf("a later operation has %s", got)
	}
	if got := nameOf(t, set); got != "generation-1" {
		t.Errorf("the first operation has %s", got)
	}
	host, err := set.Host(t.Context(), "h1")
	if err != nil || *host.Name != "generation-1" {
		t.Errorf("a host by id of the first operation: %+v, %v", host, err)
	}
	hosts, errs := set.Hosts(t.Context(), []string{"h2", "none"})
	if errs[0] != nil || errs[1] != nil || *hosts[0].Name != "generation-1" || hosts[1] != nil {
		t.Errorf("hosts by id of the first operation: %+v, %v", hosts, errs)
	}
	uses := set.Uses()
	if len(uses) != 1 || !uses[0].Oldest.Equal(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("the first operation used %+v", uses)
	}
}

func TestTheFirstAnswerStays(t *testing.T) {
	all, u := newSources(t, 1)
	set := operation(t.Context(), all, u)
	machine := func(set *loaders.Set) string {
		t.Helper()
		pages, errs := set.MachinePages(t.Context(), []string{"h0"}, paging.Args{})
		if errs[0] != nil {
			t.Fatal(errs[0])
		}
		return *pages[0].Nodes[0].Name
	}
	first := machine(set)
	u.clock.Add(int64(20 * time.Minute))
	if got := machine(operation(t.Context(), all, u)); got == first {
		t.Errorf("a later operation has %s too", got)
	}
	if got := machine(set); got != first {
		t.Errorf("the first operation has %s after %s", got, first)
	}
	u.broken.Store(true)
	u.clock.Add(int64(2 * time.Hour))
	failing := operation(t.Context(), all, u)
	_, errs := failing.MachinePages(t.Context(), []string{"h0"}, paging.Args{})
	u.broken.Store(false)
	_, again := failing.MachinePages(t.Context(), []string{"h0"}, paging.Args{})
	if rest.KindOf(errs[0]) != rest.Rejected || !errors.Is(again[0], errs[0]) {
		t.Errorf("an error, too, stays: %v, then %v", errs[0], again[0])
	}
}

func TestALevelIsOneBatch(t *testing.T) {
	all, u := newSources(t, 40)
	ids := make([]string, 40)
	for i := range ids {
		ids[i] = fmt.Sprintf("h%d", i)
	}
	hosts, errs := operation(t.Context(), all, u).Hosts(t.Context(), append(ids, ids...))
	for i := range hosts {
		if errs[i] != nil || hosts[i] == nil || hosts[i].HostID != ids[i%40] {
			t.Fatalf("host %d: %+v, %v", i, hosts[i], errs[i])
		}
	}
	if got := u.count("host/detail"); got != 1 {
		t.Errorf("%d calls for a level of 40 hosts that are asked twice", got)
	}
	pages, errs := operation(t.Context(), all, u).MachinePages(t.Context(), append(ids, ids...), paging.Args{})
	for i := range pages {
		if errs[i] != nil || *pages[i].Nodes[0].VMID != "vm-"+ids[i%40] {
			t.Fatalf("machines %d: %+v, %v", i, pages[i], errs[i])
		}
	}
	if got := u.count("host/vms"); got != 40 {
		t.Errorf("%d calls for the machines of 40 hosts that are asked twice", got)
	}
}

func TestSingleQuestionsGather(t *testing.T) {
	all, u := newSources(t, 20)
	ids := make([]string, 20)
	for i := range ids {
		ids[i] = model.NewID(model.KindHost, fmt.Sprintf("h%d", i))
	}
	nodes, errs := operation(t.Context(), all, u).Nodes(t.Context(), ids)
	for i := range nodes {
		if host, ok := nodes[i].(*model.Host); errs[i] != nil || !ok || host.ID != ids[i] {
			t.Fatalf("node %d: %+v, %v", i, nodes[i], errs[i])
		}
	}
	if got := u.count("host/detail"); got != 1 {
		t.Errorf("%d calls for 20 nodes", got)
	}
}

func TestAnOperationThatEnds(t *testing.T) {
	all, u := newSources(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	set := loaders.New(ctx, all, loaders.Options{Now: u.now()})
	if _, err := set.HostPage(ctx, "", nil, nil, paging.Args{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestMaxAge(t *testing.T) {
	all, u := newSources(t, 1)
	nameOf(t, operation(t.Context(), all, u))
	u.clock.Add(int64(30 * time.Second))
	for _, test := range []struct {
		maxAge time.Duration
		want   string
	}{{time.Minute, "generation-1"}, {10 * time.Second, "generation-2"}, {time.Second, "generation-2"}} {
		set := loaders.New(t.Context(), all, loaders.Options{Now: u.now(), MaxAge: test.maxAge})
		if got := nameOf(t, set); got != test.want {
			t.Errorf("not older than %v: %s, want %s", test.maxAge, got, test.want)
		}
	}
}

func TestTenantsAreApart(t *testing.T) {
	all, u := newSources(t, 1)
	for i, scope := range []string{"a", "b", "a", ""} {
		set := loaders.New(t.Context(), all, loaders.Options{Now: u.now(), Scope: scope})
		want := fmt.Sprintf("generation-%d", []int{1, 2, 1, 3}[i])
		if got := nameOf(t, set); got != want || set.Scope() != scope {
			t.Errorf("tenant %q has %s, want %s", scope, got, want)
		}
	}
}

func TestRegionsWithoutTheHostList(t *testing.T) {
	all, u := newSources(t, 1)
	u.broken.Store(true)
	set := operation(t.Context(), all, u)
	if _, err := set.Regions(t.Context(), nil); rest.KindOf(err) != rest.Rejected {
		t.Errorf("no region known: %v", err)
	}
	if region, err := set.KnownRegion(t.Context(), "cn-north-7"); region != nil || rest.KindOf(err) != rest.Rejected {
		t.Errorf("whether there is such a region: %v, %v", region, err)
	}
}

func TestFromAContextWithoutASet(t *testing.T) {
	all, u := newSources(t, 1)
	set := operation(t.Context(), all, u)
	if got := loaders.From(loaders.With(t.Context(), set)); got != set {
		t.Error("the context has another set")
	}
	if loaders.From(t.Context()) != nil {
		t.Error("a context without a set has one")
	}
}

// TestPauses: an operation tells when it waits for an upstream, once for a whole level, and not for what memory has.
func TestPauses(t *testing.T) {
	t.Parallel()
	made, _ := newSources(t, 3)
	var waits, ended atomic.Int64
	ctx := t.Context()
	ask := func() {
		set := loaders.New(ctx, made, loaders.Options{Now: time.Now(), Pause: func(context.Context) func(context.Context) {
			waits.Add(1)
			return func(context.Context) { ended.Add(1) }
		}})
		if _, errs := set.Hosts(ctx, []string{"h0", "h1", "h2"}); errors.Join(errs...) != nil {
			t.Error(errs)
		}
	}
	ask()
	if waits.Load() != 1 || ended.Load() != 1 {
		t.Errorf("%d waits for what is missing, %d ended, want 1", waits.Load(), ended.Load())
	}
	ask()
	if waits.Load() != 1 {
		t.Error("it waits for what memory has")
	}
}
