package sourcestest

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
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

// Row is a row as the upstream has it.
type Row map[string]any

// Lists is an ESM that makes every list by a function of the query, and cuts it into pages as the upstream does.
type Lists struct {
	rows func(path string, query url.Values) []any

	mu      sync.Mutex
	queries []url.Values
	now     time.Time
	unread  map[string]int
}

// ServeHTTP answers as the upstream.
func (s *Lists) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	s.mu.Lock()
	s.queries = append(s.queries, query)
	s.mu.Unlock()
	rows := s.rows(r.URL.Path, query)
	total := len(rows)
	offset, _ := strconv.Atoi(query.Get("offset_value"))
	size, _ := strconv.Atoi(query.Get("page_size"))
	rows = rows[min(offset, total):min(offset+size, total)]
	w.Header().Set("Content-Type", "application/json;charset=UTF8")
	_ = json.NewEncoder(w).Encode(map[string]any{"total": total, "list": rows})
}

// Asked lists the queries so far.
func (s *Lists) Asked() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]url.Values{}, s.queries...)
}

// Clock is the time of the test.
func (s *Lists) Clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Advance moves the clock.
func (s *Lists) Advance(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(by)
}

// Unreadable is how many values of a field could not be read.
func (s *Lists) Unreadable(field string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unread[field]
}

// NewLists makes sources on a server; change changes their configuration, which is that of the defaults.
func NewLists(
	tb testing.TB, rows func(path string, query url.Values) []any, change func(*dataset.Config, *esm.Options),
) (*sources.Sources, *Lists) {
	tb.Helper()
	upstream := &Lists{rows: rows, now: Now(), unread: map[string]int{}}
	server := httptest.NewServer(upstream)
	tb.Cleanup(server.Close)
	client, err := rest.NewClient(rest.ClientConfig{System: "esm", BaseURL: server.URL, Retries: -1})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	age := cache.Ages{Fresh: time.Minute, Stale: 2 * time.Minute, Dead: time.Hour}
	cfg := dataset.Config{
		Ages: Ages(age),
		Windows: dataset.Windows{
			CapacityDays: 2, Alarms: time.Hour, Hosts: time.Hour, Instances: 24 * time.Hour, AuditDays: 31,
			AlarmRange:    31 * 24 * time.Hour,
			InstanceRange: 7 * 24 * time.Hour, Metrics: 24 * time.Hour, NetworkAll: time.Hour,
			Performance:    31 * 24 * time.Hour,
			Boards:         time.Hour + time.Minute,
			PlacementHosts: 1000,
		},
		Tiers: cache.Tiers{Now: upstream.Clock},
		Now:   upstream.Clock,
		Unreadable: func(_, field string) {
			upstream.mu.Lock()
			defer upstream.mu.Unlock()
			upstream.unread[field]++
		},
	}
	var options esm.Options
	if change != nil {
		change(&cfg, &options)
	}
	cfg.ESM = esm.New(client, options)
	made, err := sources.New(cfg, monitor.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(made.Close)
	return made, upstream
}

// Listed makes the same rows the answer to every question.
func Listed(rows ...Row) func(string, url.Values) []any {
	return func(string, url.Values) []any {
		list := make([]any, len(rows))
		for i, row := range rows {
			list[i] = row
		}
		return list
	}
}

// Merged is a row with some of its fields replaced.
func Merged(row Row, fields Row) Row {
	merged := maps.Clone(row)
	maps.Copy(merged, fields)
	return merged
}

// Millis is a time as the upstream sends it.
func Millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
