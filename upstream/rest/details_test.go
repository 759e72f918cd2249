package rest_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// detailed is a list with parameters in path and query.
var detailed = rest.Endpoint[rest.Page[thing]]{Spec: rest.Spec{
	System: "esm", Operation: "listThings", Method: "GET", Path: "/things/{kind}/{share_id}", Reads: true,
	Quota: "esm-second",
}}

func TestDetailsOfAttempts(t *testing.T) {
	first := true
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			status(http.StatusBadGateway, "no")(w, r)
			return
		}
		answer(`{"total":3,"list":[{"name":"a"},{"name":7},{"name":"b"}]}`)(w, r)
	})
	ofClient, ofQuery := &recorder{}, &recorder{}
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) {
		cfg.Observers = []rest.Observer{ofClient}
		cfg.Headers = map[string]rest.Secret{"X-Apig-Appcode": "CANARY-appcode", "X-Hcso-Domainid": "domain-1"}
	})
	ctx := rest.WithIdentity(t.Context(), rest.Identity{Token: "CANARY-token", DomainID: "domain-1", AppCodeGroup: "g1"})
	ctx = rest.WithLane(rest.WithObserver(ctx, ofQuery), rest.LaneBackground)
	request := rest.Request{
		Path: map[string]string{"kind": "a", "share_id": "CANARY-share"},
		Query: url.Values{
			"start_time": {"1763719200000"}, "name": {"of CANARY-token", "and CANARY-appcode"}, "domain": {"domain-1"},
			"access_token": {"CANARY-other"}, "long": {strings.Repeat("x", 300)},
		},
	}
	for range 2 {
		if _, err := rest.Call(ctx, c, detailed, request); err != nil {
			t.Fatal(err)
		}
	}
	parameters := map[string]string{
		"kind": "a", "share_id": "[redacted]", "start_time": "1763719200000", "name": "of [redacted],and [redacted]",
		"domain": "domain-1", "access_token": "[redacted]", "long": strings.Repeat("x", 200),
	}
	rows := 3
	want := []*rest.Details{
		{Call: 1, Quota: "esm-second@g1", Lane: rest.LaneBackground, Parameters: parameters},
		{Call: 1, Quota: "esm-second@g1", Lane: rest.LaneBackground, Parameters: parameters, Rows: &rows},
		{Call: 2, Quota: "esm-second@g1", Lane: rest.LaneBackground, Parameters: parameters, Rows: &rows},
	}
	var got []*rest.Details
	for _, a := range ofQuery.all() {
		got = append(got, a.Details)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if slices.ContainsFunc(ofClient.all(), func(a rest.Attempt) bool { return a.Details != nil }) {
		t.Error("details are made for observers of the client, that is for every call")
	}
}

func TestDetailsOfWhatIsNoList(t *testing.T) {
	u := serve(t, answer(`{"name":"a"}`))
	heard := &recorder{}
	c := connect(t, u.URL)
	if err := get(rest.WithObserver(t.Context(), heard), c); err != nil {
		t.Fatal(err)
	}
	want := &rest.Details{Call: 1}
	if diff := cmp.Diff(want, heard.all()[0].Details); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
