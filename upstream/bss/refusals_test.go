package bss_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		kind   rest.Kind
		code   string
		calls  int
	}{
		"Quirk085 error inside a 200": {
			http.StatusOK, `{"error_code":"CBC.3002","error_msg":"locked"}`, rest.Rejected,
			"CBC.3002", 1,
		},
		"Quirk084 denied":           {http.StatusForbidden, example(t, "error.bss.json"), rest.Forbidden, "CBC.0156", 1},
		"Quirk077 read is repeated": {http.StatusInternalServerError, `{}`, rest.Unavailable, "", 2},
		"no content":                {http.StatusNoContent, ``, rest.BadResponse, "", 1},
		"list of another kind":      {http.StatusOK, `{"total_count":1,"resources":{}}`, rest.BadResponse, "", 2},
		"nothing at all":            {http.StatusOK, `{}`, rest.BadResponse, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := serve(t, bss.Options{}, func(asked) (int, string) { return test.status, test.body })
			_, err := client.Resources(t.Context(), bss.Filter{CustomerID: customerID})
			failure, ok := errors.AsType[*rest.Error](err)
			if !ok || failure.Kind != test.kind || failure.Code != test.code {
				t.Errorf("got error %v, want %v with the code %q", err, test.kind, test.code)
			}
			if len(server.seen()) != test.calls {
				t.Errorf("sent %d requests, want %d", len(server.seen()), test.calls)
			}
		})
	}
}

func TestBatchThatFailsFailsAll(t *testing.T) {
	rows := rowsOf(100)
	client, _ := serve(t, bss.Options{}, func(a asked) (int, string) {
		if slices.Contains(a.ResourceIDs, "r60") {
			return http.StatusBadRequest, `{"error_code":"CBC.0100"}`
		}
		return rows(a)
	})
	list, err := client.ResourcesByID(t.Context(), bss.Filter{CustomerID: customerID}, ids(100))
	if rest.KindOf(err) != rest.Rejected || len(list.Rows) != 0 {
		t.Errorf("%d rows, error %v, want none and a rejection", len(list.Rows), err)
	}
}

func TestInputIsCheckedBeforeTheCall(t *testing.T) {
	long := strings.Repeat("a", 65)
	for name, test := range map[string]struct {
		field  string
		filter bss.Filter
		ids    []string
	}{
		"no customer":   {"customerId", bss.Filter{}, nil},
		"long customer": {"customerId", bss.Filter{CustomerID: long}, nil},
		"long region":   {"regionCode", bss.Filter{CustomerID: "c", RegionCode: long}, nil},
		"long service":  {"serviceTypeCode", bss.Filter{CustomerID: "c", ServiceTypeCode: long}, nil},
		"long partner":  {"indirectPartnerId", bss.Filter{CustomerID: "c", IndirectPartnerID: long}, nil},
		"status":        {"status", bss.Filter{CustomerID: "c", Status: 7}, nil},
		"turned times": {
			"effectiveFrom",
			bss.Filter{CustomerID: "c", EffectiveFrom: time.Unix(2, 0), EffectiveTo: time.Unix(1, 0)},
			nil,
		},
		"empty id": {"resourceIds", bss.Filter{CustomerID: "c"}, []string{"a", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := serve(t, bss.Options{}, rowsOf(1))
			_, err := client.ResourcesByID(t.Context(), test.filter, test.ids)
			input, ok := errors.AsType[*rest.InputError](err)
			if !ok {
				t.Fatalf("got error %v, want an InputError", err)
			}
			field, message := input.Field, input.Message
			if field != test.field || err.Error() != "bss: input "+field+" "+message {
				t.Errorf("error %q, want one about %s", err, test.field)
			}
			if _, err := client.Resources(t.Context(), test.filter); test.ids == nil && err == nil {
				t.Error("Resources accepts it")
			}
			if test.ids == nil && len(server.seen()) != 0 {
				t.Errorf("sent %v", server.seen())
			}
		})
	}
}
