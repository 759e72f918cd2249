package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// keyedThing means nothing without a name.
type keyedThing struct{ thing }

func (k keyedThing) MissingKey() string {
	if k.Name == "" {
		return "name"
	}
	return ""
}

var keyedList = rest.Endpoint[rest.Page[keyedThing]]{Spec: list.Spec}

// TestFound_A5_HalfOfTheRows: rows without their key are gaps each, also where they are equal to the last byte; half of
// at least 20 rows fail the list.
func TestFound_A5_HalfOfTheRows(t *testing.T) {
	for _, test := range []struct {
		good, gaps int
		fails      bool
	}{
		{0, 19, false}, {9, 10, false}, {11, 9, false}, {10, 10, true}, {0, 20, true}, {30, 29, false}, {30, 30, true},
	} {
		t.Run(fmt.Sprintf("%d of %d", test.gaps, test.good+test.gaps), func(t *testing.T) {
			u := serveRows(t, func(int, int, int) (any, []any) {
				rows := names(0, test.good)
				for range test.gaps {
					rows = append(rows, map[string]int{"size": 1})
				}
				return len(rows), rows
			})
			got, err := rest.All(t.Context(), connect(t, u.URL), keyedList, rest.PageRequest[keyedThing]{
				Request: rest.Request{Query: url.Values{"type": {"x"}}}, Size: 100,
				Key: func(k keyedThing) string { return k.Name },
			})
			if test.fails {
				if rest.KindOf(err) != rest.BadResponse {
					t.Errorf("error = %v, want bad response", err)
				}
				return
			}
			if err != nil || len(got.Rows) != test.good || len(got.Bad) != test.gaps {
				t.Fatalf("%d rows, %d gaps, error %v", len(got.Rows), len(got.Bad), err)
			}
			if test.gaps > 0 && !strings.Contains(got.Bad[0].Err.Error(), "name") {
				t.Errorf("a gap says %q", got.Bad[0].Err)
			}
		})
	}
}

// TestFound_A8_OffsetIgnored: a full page that comes again is no end of the list; an empty or a short one is.
func TestFound_A8_OffsetIgnored(t *testing.T) {
	for name, test := range map[string]struct {
		page    func(number, offset, size int) (any, []any)
		rows    int
		repeats bool
	}{
		"the first page again": {func(int, int, int) (any, []any) { return 10, names(0, 10) }, 10, true},
		"the second page again": {
			func(n, _, _ int) (any, []any) { return 99, names(min(n, 1)*10, min(n, 1)*10+10) }, 20, true,
		},
		"a page and an empty one":  {upTo(10), 10, false},
		"a page and a short again": {func(n, _, _ int) (any, []any) { return 10, names(0, 10-n) }, 10, false},
	} {
		t.Run(name, func(t *testing.T) {
			u := serveRows(t, test.page)
			got, err := rest.All(t.Context(), connect(t, u.URL), list, rest.PageRequest[thing]{
				Request: rest.Request{Query: url.Values{"type": {"x"}}}, Size: 10, Key: nameOf,
			})
			if err != nil || len(got.Rows) != test.rows || got.Repeats != test.repeats || got.Truncated != test.repeats {
				t.Errorf("%d rows, repeats %v, truncated %v, error %v", len(got.Rows), got.Repeats, got.Truncated, err)
			}
		})
	}
}

// TestFound_A8_MarkerIgnored: the page of before under a marker of its own is a loop.
func TestFound_A8_MarkerIgnored(t *testing.T) {
	marked := rest.Endpoint[markedPage]{Spec: rest.Spec{
		System: "esm", Operation: "listMarked", Method: "POST", Path: "/marked", Reads: true,
	}}
	var calls int
	u := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		_, _ = fmt.Fprintf(w, `{"data":[7],"marker":"m%d"}`, calls)
	})
	pages, last := 0, error(nil)
	for page, err := range rest.Marked(t.Context(), connect(t, u.URL), marked, rest.MarkerRequest[markedPage]{
		Request: func(string) rest.Request { return rest.Request{} },
		Next:    func(page markedPage) string { return page.Marker },
		Same:    func(page, before markedPage) bool { return fmt.Sprint(page.Data) == fmt.Sprint(before.Data) },
	}) {
		if last = err; err == nil {
			pages += len(page.Body.Data)
		}
	}
	if pages != 1 || rest.KindOf(last) != rest.PaginationLoop {
		t.Errorf("%d pages, error %v, want one and a loop", pages, last)
	}
	u.wants(t, 2)
}

// TestFound_A9_CodesInsideASuccess: what is known as success says nothing, the documents' forms of an error fail the
// call, and any other code is a notice.
func TestFound_A9_CodesInsideASuccess(t *testing.T) {
	for body, want := range map[string]string{
		`{"name":"a"}`: "", `{"code":"0","msg":"success","name":"a"}`: "", `{"code":0,"name":"a"}`: "",
		`{"code":"200","name":"a"}`: "", `{"code":null,"name":"a"}`: "", `{"code":"Success","name":"a"}`: "",
		`{"code":"CBC.0000","name":"a"}`:                             "",
		`{"code":"500","msg":"internal error","name":"a"}`:           "500 internal error",
		`{"code":500,"message":"internal error","name":"a"}`:         "500 internal error",
		`{"name":"a","code":"AS.0001"}`:                              "AS.0001 ",
		`{"name":"a","nested":{"code":"500"}}`:                       "",
		`{"error_code":"AS.0001","error_msg":"wrong","name":"a"}`:    "fails AS.0001",
		`{"error":{"code":"IAM.0001","message":"no"},"name":"a"}`:    "fails IAM.0001",
		`{"code":"500","msg":"internal error","name":{"not":"one"}}`: "fails 500",
	} {
		t.Run(body, func(t *testing.T) {
			u := serve(t, answer(body))
			got, err := rest.Call(t.Context(), connect(t, u.URL, noRetries), read, rest.Request{})
			have := strings.TrimSuffix(got.Notice.Code+" "+got.Notice.Message, " ")
			if err != nil {
				have = "fails " + failure(t, err).Code
			}
			if have != strings.TrimSuffix(want, " ") {
				t.Errorf("got %q, want %q", have, want)
			}
		})
	}
}

// TestFound_C15_NoBody: only an operation whose document has an empty answer may be answered by nothing.
func TestFound_C15_NoBody(t *testing.T) {
	opaque := rest.Endpoint[json.RawMessage]{Spec: read.Spec}
	opaque.MayBeEmpty = true
	for _, body := range []string{"", " \n", "null", "\xef\xbb\xbf"} {
		u := serve(t, answer(body))
		c := connect(t, u.URL, noRetries)
		if got, err := rest.Call(t.Context(), c, opaque, rest.Request{}); err != nil || len(got.Body) != 0 {
			t.Errorf("%q: body %s, error %v, want none", body, got.Body, err)
		}
		if err := get(t.Context(), c); rest.KindOf(err) != rest.BadResponse {
			t.Errorf("%q: error %v, want bad response elsewhere", body, err)
		}
	}
}
