package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

var list = rest.Endpoint[rest.Page[thing]]{Spec: rest.Spec{
	System: "esm", Operation: "listThings", Method: "GET",
	Path: "/things", Reads: true,
}}

func nameOf(row thing) string { return row.Name }

// names returns rows called from … to-1.
func names(from, to int) []any {
	rows := []any{}
	for i := from; i < to; i++ {
		rows = append(rows, map[string]string{"name": strconv.Itoa(i)})
	}
	return rows
}

// serveRows answers each page with what page returns for its number (from 0), offset and size.
func serveRows(t *testing.T, page func(number, offset, size int) (total any, rows []any)) *upstream {
	t.Helper()
	var number atomic.Int64
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		offset, offsetErr := strconv.Atoi(r.URL.Query().Get("offset_value"))
		size, sizeErr := strconv.Atoi(r.URL.Query().Get("page_size"))
		if offsetErr != nil || sizeErr != nil || r.URL.Query().Get("type") != "x" {
			http.Error(w, "{}", http.StatusBadRequest)
			return
		}
		total, rows := page(int(number.Add(1)-1), offset, size)
		_ = json.NewEncoder(w).Encode(map[string]any{"total": total, "list": rows})
	})
}

func upTo(count int) func(int, int, int) (any, []any) {
	return func(_, offset, size int) (any, []any) { return count, names(offset, min(offset+size, count)) }
}

// TestAll checks F-25 to F-28 and QUIRKS 57 to 61: how a list ends, whatever its total.
func TestAll(t *testing.T) {
	tests := []struct {
		name     string
		page     func(number, offset, size int) (any, []any)
		key      func(thing) string
		max      int
		rows     int
		bad      int
		repeated int
		pages    int64
		cut      bool
	}{
		{name: "empty", page: upTo(0), key: nameOf, rows: 0, pages: 1},
		{name: "short page", page: upTo(9), key: nameOf, rows: 9, pages: 1},
		{name: "full page and an empty one", page: upTo(10), key: nameOf, rows: 10, pages: 2},
		{name: "three pages", page: upTo(25), key: nameOf, rows: 25, pages: 3},
		{name: "without a key", page: upTo(20), rows: 20, pages: 3},
		{name: "cap", page: upTo(1000), key: nameOf, max: 4, rows: 40, pages: 4, cut: true},
		{name: "cap on the last page", page: upTo(39), key: nameOf, max: 4, rows: 39, pages: 4},
		{name: "cap by default", page: upTo(5000), key: nameOf, rows: 1000, pages: 100, cut: true},
		{
			name: "Quirk061 total too small", key: nameOf, rows: 14, pages: 2,
			page: func(_, offset, size int) (any, []any) { return 0, names(offset, min(offset+size, 14)) },
		},
		{
			name: "F-26 total too large", key: nameOf, rows: 4, pages: 1,
			page: func(int, int, int) (any, []any) { return 1_000_000_000, names(0, 4) },
		},
		{
			name: "F-26 total of garbage", key: nameOf, rows: 4, pages: 1,
			page: func(int, int, int) (any, []any) { return []int{1}, names(0, 4) },
		},
		{
			name: "F-25 rows inserted between pages", key: nameOf, rows: 18, repeated: 2, pages: 3,
			page: func(number, _, _ int) (any, []any) {
				return 20, [][]any{names(0, 10), names(8, 18), names(0, 0)}[number]
			},
		},
		{
			name: "F-28 duplicates in one page", key: nameOf, rows: 2, repeated: 1, pages: 1,
			page: func(int, int, int) (any, []any) { return 3, append(names(0, 2), names(1, 2)...) },
		},
		{
			name: "offset ignored", key: nameOf, rows: 10, repeated: 10, pages: 2, cut: true,
			page: func(int, int, int) (any, []any) { return 1000, names(0, 10) },
		},
		{
			name: "offset ignored, bad rows only", key: nameOf, bad: 10, repeated: 10, pages: 2, cut: true,
			page: func(int, int, int) (any, []any) { return 1000, make([]any, 10) },
		},
		{
			name: "rows without a key are never known", key: func(thing) string { return "" }, max: 3, rows: 30, pages: 3,
			cut:  true,
			page: func(int, int, int) (any, []any) { return 1000, names(0, 10) },
		},
		{
			name: "bad rows count for the offset", key: nameOf, rows: 13, bad: 1, pages: 2,
			page: func(_, offset, _ int) (any, []any) {
				if offset == 0 {
					return 14, append(names(0, 9), map[string]any{"name": []int{1}})
				}
				if offset != 10 {
					return 14, nil
				}
				return 14, names(offset, 14)
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := serveRows(t, test.page)
			shared := url.Values{"type": {"x"}}
			got, err := rest.All(t.Context(), connect(t, u.URL), list, rest.PageRequest[thing]{
				Request: rest.Request{Query: shared}, Size: 10, MaxPages: test.max, Key: test.key,
			})
			if err != nil {
				t.Fatal(err)
			}
			type summary struct {
				Rows, Bad, Repeated, Pages int
				Cut                        bool
			}
			want := summary{test.rows, test.bad, test.repeated, int(test.pages), test.cut}
			have := summary{len(got.Rows), len(got.Bad), got.Repeated, got.Pages, got.Truncated}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Errorf("list (-want +got):\n%s", diff)
			}
			if test.bad == 0 && (test.key == nil || test.key(thing{Name: "a"}) != "") {
				for i, row := range got.Rows {
					if row.Name != strconv.Itoa(i) {
						t.Fatalf("row %d is %q", i, row.Name)
					}
				}
			}
			u.wants(t, test.pages)
			if len(shared) != 1 {
				t.Errorf("the caller's query is now %v", shared)
			}
		})
	}
}

func TestAllTellsWhenAndHowMany(t *testing.T) {
	at := newClock()
	u := serveRows(t, func(number, offset, size int) (any, []any) {
		at.Advance(time.Second)
		return []any{"33", "null", nil}[number], names(offset, min(offset+size, 25))
	})
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Now = at.Now })
	began := at.Now()
	got, err := rest.All(t.Context(), c, list,
		rest.PageRequest[thing]{Request: rest.Request{Query: url.Values{"type": {"x"}}}, Size: 10})
	if err != nil {
		t.Fatal(err)
	}
	if !got.ReceivedAt.Equal(began.Add(time.Second)) || got.ReportedTotal != 33 {
		t.Errorf("received at %v, total %d", got.ReceivedAt, got.ReportedTotal)
	}
}

func TestPagesStop(t *testing.T) {
	request := rest.PageRequest[thing]{Request: rest.Request{Query: url.Values{"type": {"x"}}}, Size: 10, Key: nameOf}
	t.Run("when the caller has enough", func(t *testing.T) {
		u := serveRows(t, upTo(1000))
		for page, err := range rest.Pages(t.Context(), connect(t, u.URL), list, request) {
			if err != nil || len(page.Rows) != 10 || page.ReportedTotal != 1000 || page.Truncated {
				t.Fatalf("page = %+v, error = %v", page, err)
			}
			break
		}
		u.wants(t, 1)
	})
	t.Run("after an error", func(t *testing.T) {
		u := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("offset_value") == "10" {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"list": names(0, 10)})
		})
		c := connect(t, u.URL)
		var kinds []rest.Kind
		for _, err := range rest.Pages(t.Context(), c, list, request) {
			kinds = append(kinds, rest.KindOf(err))
		}
		if diff := cmp.Diff([]rest.Kind{rest.None, rest.Rejected}, kinds); diff != "" {
			t.Errorf("pages (-want +got):\n%s", diff)
		}
		got, err := rest.All(t.Context(), c, list, request)
		if rest.KindOf(err) != rest.Rejected || got.Rows != nil {
			t.Errorf("list = %+v, error = %v: nothing partial is kept", got, err)
		}
	})
	t.Run("F-21 at a 204", func(t *testing.T) {
		u := serve(t, status(http.StatusNoContent, ""))
		_, err := rest.All(t.Context(), connect(t, u.URL), list, request)
		if rest.KindOf(err) != rest.BadResponse {
			t.Errorf("error = %v, want bad response", err)
		}
	})
}

func TestPageParametersAreDefaulted(t *testing.T) {
	var query string
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		query = r.URL.RawQuery
		_, _ = w.Write([]byte(`{"total":0,"list":[]}`))
	})
	if _, err := rest.All(t.Context(), connect(t, u.URL), list, rest.PageRequest[thing]{}); err != nil {
		t.Fatal(err)
	}
	if want := "offset_value=0&page_size=500"; query != want {
		t.Errorf("query = %q, want %q", query, want)
	}
}

type markedPage struct {
	Data   []int  `json:"data"`
	Marker string `json:"marker"`
}

// QUIRKS 64, F-27.
func TestQuirk064Markers(t *testing.T) {
	marked := rest.Endpoint[markedPage]{Spec: rest.Spec{
		System: "esm", Operation: "listMarked", Method: "POST",
		Path: "/marked", Reads: true,
	}}
	tests := []struct {
		name  string
		pages map[string]string
		max   int
		rows  []int
		kind  rest.Kind
		asked int64
	}{
		{"one", map[string]string{"": `{"data":[1]}`}, 0, []int{1}, rest.None, 1},
		{"through an empty page", map[string]string{
			"": `{"data":[1],"marker":"a"}`, "a": `{"marker":"b"}`,
			"b": `{"data":[2],"marker":""}`,
		}, 0, []int{1, 2}, rest.None, 3},
		{"loop", map[string]string{
			"": `{"data":[1],"marker":"a"}`, "a": `{"data":[2],"marker":"b"}`,
			"b": `{"data":[3],"marker":"a"}`,
		}, 0, []int{1, 2, 3}, rest.PaginationLoop, 3},
		{
			"itself",
			map[string]string{"": `{"data":[1],"marker":"a"}`, "a": `{"data":[2],"marker":"a"}`},
			0,
			[]int{1, 2},
			rest.PaginationLoop, 2,
		},
		{
			"cap",
			map[string]string{"": `{"data":[1],"marker":"a"}`, "a": `{"data":[2],"marker":"b"}`},
			1,
			[]int{1},
			rest.None,
			1,
		},
		{"fails", map[string]string{"": `{"data":[1],"marker":"a"}`}, 0, []int{1}, rest.BadResponse, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := serve(t, func(w http.ResponseWriter, r *http.Request) {
				var body struct{ Marker string }
				if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
					t.Error(err)
				}
				_, _ = fmt.Fprint(w, test.pages[body.Marker])
			})
			var rows []int
			var last error
			for page, err := range rest.Marked(t.Context(), connect(t, u.URL), marked, rest.MarkerRequest[markedPage]{
				Request:  func(marker string) rest.Request { return rest.Request{Body: map[string]string{"Marker": marker}} },
				Next:     func(page markedPage) string { return page.Marker },
				MaxPages: test.max,
			}) {
				rows, last = append(rows, page.Body.Data...), err
			}
			if diff := cmp.Diff(test.rows, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if rest.KindOf(last) != test.kind {
				t.Errorf("error = %v, want kind %v", last, test.kind)
			}
			u.wants(t, test.asked)
		})
	}
}
