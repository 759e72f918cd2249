package bss_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/bss"
)

// rowsOf answers as BSS with n resources would: by offset and limit, and by ids if there are any.
func rowsOf(n int) func(a asked) (int, string) {
	return func(a asked) (int, string) {
		var matching []string
		for i := range n {
			id := fmt.Sprintf("r%d", i)
			if a.ResourceIDs == nil || slices.Contains(a.ResourceIDs, id) {
				matching = append(matching, `{"resource_id":"`+id+`"}`)
			}
		}
		from := min(a.Offset, len(matching))
		page := matching[from:min(from+a.Limit, len(matching))]
		return http.StatusOK, fmt.Sprintf(`{"total_count":%d,"resources":[%s]}`, len(matching), strings.Join(page, ","))
	}
}

func ids(n int) []string {
	all := make([]string, 0, n)
	for i := range n {
		all = append(all, fmt.Sprintf("r%d", i))
	}
	return all
}

func TestQuirk066BatchesOfFifty(t *testing.T) {
	for name, test := range map[string]struct{ ask, have, rows, calls int }{
		"one batch":         {50, 1000, 50, 1},
		"three batches":     {120, 1000, 120, 3},
		"some do not exist": {60, 55, 55, 2},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := serve(t, bss.Options{}, rowsOf(test.have))
			list, err := client.ResourcesByID(t.Context(), bss.Filter{CustomerID: customerID}, ids(test.ask))
			if err != nil {
				t.Fatal(err)
			}
			bodies := server.seen()
			if len(list.Rows) != test.rows || len(bodies) != test.calls || list.ReportedTotal != int64(test.rows) {
				t.Errorf("%d rows of %d in %d calls, want %d in %d", len(list.Rows), list.ReportedTotal, len(bodies), test.rows,
					test.calls)
			}
			for _, body := range bodies {
				if a := decode[asked](t, body); len(a.ResourceIDs) == 0 || len(a.ResourceIDs) > 50 || a.Limit != 100 {
					t.Errorf("asked for %d ids with the limit %d", len(a.ResourceIDs), a.Limit)
				}
			}
		})
	}
}

func TestIDsAreAskedOnce(t *testing.T) {
	client, server := serve(t, bss.Options{}, rowsOf(10))
	list, err := client.ResourcesByID(t.Context(), bss.Filter{CustomerID: customerID}, []string{"r1", "r2", "r1"})
	if err != nil || len(list.Rows) != 2 {
		t.Fatalf("%d rows, error %v, want 2", len(list.Rows), err)
	}
	if diff := cmp.Diff([]string{"r1", "r2"}, decode[asked](t, server.seen()[0]).ResourceIDs); diff != "" {
		t.Error(diff)
	}
}

func TestQuirk102EmptyBatchCostsNoCall(t *testing.T) {
	client, server := serve(t, bss.Options{}, rowsOf(10))
	for _, none := range [][]string{nil, {}} {
		list, err := client.ResourcesByID(t.Context(), bss.Filter{CustomerID: customerID}, none)
		if err != nil || len(list.Rows) != 0 || len(server.seen()) != 0 {
			t.Errorf("%d rows, %d calls, error %v, want none", len(list.Rows), len(server.seen()), err)
		}
	}
	if _, err := client.Resources(t.Context(), bss.Filter{CustomerID: customerID}); err != nil {
		t.Fatal(err)
	}
	if body := server.seen()[0]; strings.Contains(body, "resource_ids") {
		t.Errorf("without ids it sends %s", body)
	}
}

func TestOldEditionIgnoresTheIDs(t *testing.T) {
	all := rowsOf(250)
	client, server := serve(t, bss.Options{}, func(a asked) (int, string) {
		a.ResourceIDs = nil
		return all(a)
	})
	want := append(ids(50), "r200", "r249") // two batches
	list, err := client.ResourcesByID(t.Context(), bss.Filter{CustomerID: customerID}, want)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range list.Rows {
		got = append(got, row.ResourceID.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after %d calls:\n%s", len(server.seen()), diff)
	}
}

func TestPagesUntilTheTotal(t *testing.T) {
	client, server := serve(t, bss.Options{}, rowsOf(250))
	list, err := client.Resources(t.Context(), bss.Filter{CustomerID: customerID})
	if err != nil || len(list.Rows) != 250 {
		t.Fatalf("%d rows, error %v, want 250", len(list.Rows), err)
	}
	var offsets []int
	for _, body := range server.seen() {
		offsets = append(offsets, decode[asked](t, body).Offset)
	}
	if diff := cmp.Diff([]int{0, 100, 200}, offsets); diff != "" {
		t.Error(diff)
	}
}

func TestPagesEnd(t *testing.T) {
	same := `{"resource_id":"a"},{"resource_id":"b"}`
	for name, test := range map[string]struct {
		answer      func(a asked) (int, string)
		rows, calls int
		cut         bool
	}{
		"Quirk066 short page below the total": {func(a asked) (int, string) {
			if a.Offset == 0 {
				return http.StatusOK, `{"total_count":3,"resources":[` + same + `]}`
			}
			return http.StatusOK, `{"total_count":3,"resources":[{"resource_id":"c"}]}`
		}, 3, 2, false},
		"Quirk108 rows that come again": {func(a asked) (int, string) {
			if a.Offset == 0 {
				return http.StatusOK, `{"total_count":3,"resources":[` + same + `]}`
			}
			return http.StatusOK, `{"total_count":3,"resources":[{"resource_id":"b"},{"resource_id":"c"}]}`
		}, 3, 2, false},
		"offset ignored, total lies": {func(asked) (int, string) {
			return http.StatusOK, `{"total_count":1000000000,"resources":[` + same + `]}`
		}, 2, 2, true},
		"empty page, total lies": {func(a asked) (int, string) {
			if a.Offset == 0 {
				return http.StatusOK, `{"total_count":9,"resources":[` + same + `]}`
			}
			return http.StatusOK, `{"total_count":9,"resources":[]}`
		}, 2, 2, false},
		"Quirk104 no total": {func(asked) (int, string) {
			return http.StatusOK, `{"resources":[` + same + `]}`
		}, 2, 1, false},
		"Quirk019 total as text": {func(asked) (int, string) {
			return http.StatusOK,
				`{"total_count":"2","resources":[` + same + `]}`
		}, 2, 1, false},
		"Quirk082 nothing": {func(asked) (int, string) { return http.StatusOK, `{"total_count":0}` }, 0, 1, false},
		"Quirk085 success code": {func(asked) (int, string) {
			return http.StatusOK, `{"error_code":"CBC.0000","total_count":0,"resources":[]}`
		}, 0, 1, false},
		"rows without an id": {func(asked) (int, string) {
			return http.StatusOK,
				`{"total_count":2,"resources":[{},{}]}`
		}, 2, 1, false},
		"bad rows, offset ignored": {func(asked) (int, string) {
			return http.StatusOK,
				`{"total_count":9,"resources":[{"status":{}}]}`
		}, 0, 2, true},
		"Quirk104 any status number": {func(asked) (int, string) {
			return http.StatusOK,
				`{"total_count":1,"resources":[{"status":42}]}`
		}, 1, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := serve(t, bss.Options{}, test.answer)
			list, err := client.Resources(t.Context(), bss.Filter{CustomerID: customerID})
			if err != nil {
				t.Fatal(err)
			}
			if len(list.Rows) != test.rows || len(server.seen()) != test.calls || list.Truncated != test.cut {
				t.Errorf("%d rows, %d calls, truncated %v, want %d, %d, %v", len(list.Rows), len(server.seen()), list.Truncated,
					test.rows, test.calls, test.cut)
			}
		})
	}
}

func TestPagesAreBounded(t *testing.T) {
	client, server := serve(t, bss.Options{MaxPages: 2}, rowsOf(1000))
	list, err := client.Resources(t.Context(), bss.Filter{CustomerID: customerID})
	if err != nil || len(list.Rows) != 200 || !list.Truncated || len(server.seen()) != 2 {
		t.Errorf("%d rows, truncated %v, %d calls, error %v, want 200, true, 2", len(list.Rows), list.Truncated,
			len(server.seen()), err)
	}
}
