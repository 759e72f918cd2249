// Package sourcestest makes sources on upstreams whose answers a test sets. Tests alone import it.
package sourcestest

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
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/monitor"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Upstream is an ESM that answers each path with a body, and remembers requests and unreadable values.
type Upstream struct {
	answers map[string]string // by the end of the path; "302" is a redirect, "204" no body

	mu       sync.Mutex
	requests []string
	counts   map[string]int
}

// ServeHTTP answers as the upstream.
func (u *Upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	u.requests = append(u.requests, r.URL.RequestURI())
	u.mu.Unlock()
	body := `{"total":0,"list":[]}`
	for end, answer := range u.answers {
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

// Asked lists the requests so far.
func (u *Upstream) Asked() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]string{}, u.requests...)
}

func (u *Upstream) note(what string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.counts[what]++
}

// Count is how often a field could not be read ("field"), or an enumeration had an unknown value ("Enum").
func (u *Upstream) Count(what string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.counts[what]
}

// Now is when tests on these upstreams take place.
func Now() time.Time { return time.Date(2026, 11, 21, 10, 0, 30, 0, time.UTC) }

// New makes sources on an upstream with the given answers; change, if any, changes their configuration.
func New(tb testing.TB, answers map[string]string, change func(*dataset.Config)) (*sources.Sources, *Upstream) {
	tb.Helper()
	upstream := &Upstream{answers: answers, counts: map[string]int{}}
	server := httptest.NewServer(upstream)
	tb.Cleanup(server.Close)
	client, err := rest.NewClient(rest.ClientConfig{System: "esm", BaseURL: server.URL, Retries: -1})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	age := cache.Ages{Fresh: time.Minute, Stale: 2 * time.Minute, Dead: time.Hour}
	cfg := dataset.Config{
		ESM:  esm.New(client, esm.Options{}),
		Ages: Ages(age),
		Windows: dataset.Windows{
			CapacityDays: 2, Alarms: time.Hour, Hosts: time.Hour, Instances: time.Hour, AuditDays: 31,
			AlarmRange:    31 * 24 * time.Hour,
			InstanceRange: time.Hour, Metrics: time.Hour, NetworkAll: time.Hour, Performance: time.Hour,
			Boards: time.Hour + time.Minute, PlacementHosts: 1,
		},
		Tiers:      cache.Tiers{Now: Now},
		Now:        Now,
		Unreadable: func(_, field string) { upstream.note(field) },
		Unknown:    upstream.note,
	}
	if change != nil {
		change(&cfg)
	}
	made, err := sources.New(cfg, monitor.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(made.Close)
	return made, upstream
}

// ListOf is a list as the upstream sends it.
func ListOf(rows ...string) string {
	return fmt.Sprintf(`{"total":%d,"list":[%s]}`, len(rows), strings.Join(rows, ","))
}

// Shown is a value as tests compare it.
func Shown[T any](value *T) string {
	if value == nil {
		return "null"
	}
	return fmt.Sprint(*value)
}

// Ages are the same ages for data of every kind.
func Ages(age cache.Ages) dataset.Ages {
	return dataset.Ages{
		Capacity: age, CapacityHistory: age, PhysicalCapacity: age, Alarms: age, Hosts: age, VirtualMachines: age,
		Job: age, FinishedJob: age, Assets: age, Audit: age, Instances: age, Metrics: age, Boards: age,
	}
}
