package bss_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestFound_A5_RowsWithoutIDs: nothing in a row is promised (quirk 104), so that a list shows rows without an id; one
// that is asked by ids can't say whose they are.
func TestFound_A5_RowsWithoutIDs(t *testing.T) {
	client, _ := serve(t, bss.Options{}, func(asked) (int, string) {
		return http.StatusOK,
			`{"total_count":3,"resources":[{"resource_id":"r1"},{"resource_name":"who"},{"resource_id":"r9"}]}`
	})
	list, err := client.Resources(t.Context(), bss.Filter{CustomerID: customerID})
	if err != nil || len(list.Rows) != 3 || len(list.Bad) != 0 {
		t.Errorf("%d rows, %d gaps, error %v, want three and none", len(list.Rows), len(list.Bad), err)
	}
	list, err = client.ResourcesByID(t.Context(), bss.Filter{CustomerID: customerID}, []string{"r1", "r2"})
	if err != nil || len(list.Rows) != 1 || len(list.Bad) != 1 {
		t.Errorf("by id: %d rows, %d gaps, error %v, want one and one", len(list.Rows), len(list.Bad), err)
	}
}

// TestFound_A5_HalfUnreadable: rows that can't be read count each, also equal ones, and half of twenty fail the list.
func TestFound_A5_HalfUnreadable(t *testing.T) {
	for gaps, fails := range map[int]bool{9: false, 10: true} {
		rows := strings.Repeat(`{"resource_id":{}},`, gaps)
		for i := range 20 - gaps {
			rows += fmt.Sprintf(`{"resource_id":"r%d"},`, i)
		}
		client, _ := serve(t, bss.Options{}, func(asked) (int, string) {
			return http.StatusOK, `{"total_count":20,"resources":[` + strings.TrimSuffix(rows, ",") + `]}`
		})
		_, err := client.Resources(t.Context(), bss.Filter{CustomerID: customerID})
		if (rest.KindOf(err) == rest.BadResponse) != fails {
			t.Errorf("%d of 20: error %v", gaps, err)
		}
	}
}
