package rest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestFound_F3_ShiftedPages suspects a list of several pages whose rows or counts do not fit together, and no other.
func TestFound_F3_ShiftedPages(t *testing.T) {
	type row struct {
		ID string `json:"id"`
	}
	page := func(total int, ids ...string) string {
		rows := ""
		for i, id := range ids {
			if i > 0 {
				rows += ","
			}
			rows += fmt.Sprintf(`{"id":%q}`, id)
		}
		return fmt.Sprintf(`{"total":%d,"list":[%s]}`, total, rows)
	}
	for name, c := range map[string]struct {
		pages []string
		want  bool
	}{
		"one page, whatever its count": {[]string{page(9, "a")}, false},
		"two that fit":                 {[]string{page(3, "a", "b"), page(3, "c")}, false},
		"a row of both":                {[]string{page(3, "a", "b"), page(3, "b")}, true},
		"a count that changed":         {[]string{page(4, "a", "b"), page(3, "d")}, true},
		"a count that disagrees":       {[]string{page(4, "a", "b"), page(4, "d")}, true},
		"no count":                     {[]string{`{"list":[{"id":"a"},{"id":"b"}]}`, `{"list":[{"id":"c"}]}`}, true},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			offset, err := strconv.Atoi(r.URL.Query().Get("offset_value"))
			if err != nil || offset/2 >= len(c.pages) {
				t.Errorf("%s: offset %q", name, r.URL.RawQuery)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(w, c.pages[offset/2])
		}))
		client, err := rest.NewClient(rest.ClientConfig{System: "esm", BaseURL: server.URL})
		if err != nil {
			t.Fatal(err)
		}
		endpoint := rest.Endpoint[rest.Page[row]]{
			Spec: rest.Spec{Operation: "list", Method: http.MethodGet, Path: "/", Reads: true},
		}
		list, err := rest.All(t.Context(), client, endpoint, rest.PageRequest[row]{
			Size: 2, Key: func(r row) string { return r.ID },
		})
		if err != nil || list.Shifted() != c.want {
			t.Errorf("%s: shifted %t, %v", name, list.Shifted(), err)
		}
		client.Close()
		server.Close()
	}
}
