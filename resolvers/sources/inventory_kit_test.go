package sources_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// inventory is an ESM that answers each path with a body, and remembers what was asked and what could not be read.
type inventory struct {
	answers map[string]string // by the end of the path; "302" is a redirect, "204" no body

	mu       sync.Mutex
	requests []string
	told     map[string]int
}

func (i *inventory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.requests = append(i.requests, r.URL.RequestURI())
	i.mu.Unlock()
	body := `{"total":0,"list":[]}`
	for end, answer := range i.answers {
		if strings.HasSuffix(r.URL.Path, end) && strings.Trim(r.URL.Query().Get("offset_value"), "0") == "" {
			body = answer
		}
	}
	switch body {
	case "302":
		http.Redirect(w, r, "/authui/login", http.StatusFound)
		return
	case "204":
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprint(w, body)
}

func (i *inventory) asked() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]string{}, i.requests...)
}

func (i *inventory) tell(what string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.told[what]++
}

// count is how often a field could not be read ("field"), or an enumeration had an unknown value ("Enum").
func (i *inventory) count(what string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.told[what]
}

// inventoryNow is when these tests take place.
func inventoryNow() time.Time { return time.Date(2026, 11, 21, 10, 0, 30, 0, time.UTC) }

// newInventory makes sources on an upstream with the given answers; change, if any, changes their configuration.
func newInventory(tb testing.TB, answers map[string]string, change func(*sources.Config)) (*sources.Sources, *inventory) {
	tb.Helper()
	upstream := &inventory{answers: answers, told: map[string]int{}}
	server := httptest.NewServer(upstream)
	tb.Cleanup(server.Close)
	client, err := rest.NewClient(rest.ClientConfig{System: "esm", BaseURL: server.URL, Retries: -1})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	age := cache.Ages{Fresh: time.Minute, Stale: 2 * time.Minute, Dead: time.Hour}
	cfg := sources.Config{
		ESM: esm.New(client, esm.Options{}),
		Ages: sources.Ages{
			Capacity: age, PhysicalCapacity: age, Alarms: age, Hosts: age, VirtualMachines: age, Job: age, FinishedJob: age,
			Assets: age, Audit: age, Instances: age, Metrics: age,
		},
		Windows: sources.Windows{
			CapacityDays: 2, Alarms: time.Hour, Hosts: time.Hour, Instances: time.Hour, AuditDays: 31,
			InstanceRange: time.Hour, Metrics: time.Hour, NetworkAll: time.Hour, Performance: time.Hour, PlacementHosts: 1,
		},
		Tiers:      cache.Tiers{Now: inventoryNow},
		Now:        inventoryNow,
		Unreadable: func(_, field string) { upstream.tell(field) },
		Unknown:    upstream.tell,
	}
	if change != nil {
		change(&cfg)
	}
	made, err := sources.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(made.Close)
	return made, upstream
}

// listOf is a list as the upstream sends it.
func listOf(rows ...string) string {
	return fmt.Sprintf(`{"total":%d,"list":[%s]}`, len(rows), strings.Join(rows, ","))
}

func shown[T any](value *T) string {
	if value == nil {
		return "null"
	}
	return fmt.Sprint(*value)
}
