package bss_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

func example(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile("../simulator/reference/examples/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// asked is the body of a request, as far as the tests answer by it.
type asked struct {
	ResourceIDs   []string `json:"resource_ids"`
	Offset, Limit int
}

type upstream struct {
	mu       sync.Mutex
	bodies   []string
	language string
	path     string
	answer   func(a asked) (status int, body string)
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var a asked
	if err != nil || json.Unmarshal(body, &a) != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	u.mu.Lock()
	u.bodies = append(u.bodies, string(body))
	u.language, u.path = r.Header.Get("X-Language"), r.Method+" "+r.URL.EscapedPath()
	u.mu.Unlock()
	status, answer := u.answer(a)
	w.WriteHeader(status)
	if _, err := io.WriteString(w, answer); err != nil {
		return // the client is gone
	}
}

func (u *upstream) seen() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.bodies)
}

func serve(t *testing.T, o bss.Options, answer func(a asked) (int, string)) (*bss.Client, *upstream) {
	t.Helper()
	u := &upstream{answer: answer}
	server := httptest.NewServer(u)
	t.Cleanup(server.Close)
	client, err := rest.NewClient(rest.ClientConfig{
		System: "bss", BaseURL: server.URL, SuccessCode: bss.SuccessCode, Timeout: 10 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return bss.New(client, o), u
}

func serveExample(t *testing.T, name string) (*bss.Client, *upstream) {
	t.Helper()
	body := example(t, name)
	return serve(t, bss.Options{}, func(asked) (int, string) { return http.StatusOK, body })
}

const customerID = "d1803845584b4626850ce57a8a020e4f"

func TestQuirk099ResourceFields(t *testing.T) {
	client, server := serveExample(t, "listCustomerOnDemandResources.json")
	list, err := client.Resources(t.Context(), bss.Filter{CustomerID: customerID})
	if err != nil {
		t.Fatal(err)
	}
	text := loose.NewText
	want := []bss.Resource{{
		CustomerID: text("0846606cf580d45f0fd6c01e10c07540"), RegionCode: text("cn-east-2"), ZoneCode: text("cn-east-2-a"),
		ServiceTypeCode: text("hws.service.type.ebs"), ResourceTypeCode: text("hws.resource.type.volume"),
		ResourceID: text("batch-volume-16380-00024604"), ResourceName: text("batch-volume"),
		EffectiveTime: decode[loose.Time](t, `"2020-04-02T08:56:26Z"`),
		ExpireTime:    decode[loose.Time](t, `"2020-05-02T08:56:26Z"`),
		Status:        loose.NewNumber(1), ResourceSpecCode: text("SATA"),
		ResourceInfo:           loose.NewEmbedded[bss.ResourceInfo](`{"specSize":2235.0}`),
		ProductSpecDescription: text("High IO|40.0GB"), // Quirk075: as sent
	}}
	if diff := cmp.Diff(want, list.Rows); diff != "" {
		t.Error(diff)
	}
	if info, ok := list.Rows[0].ResourceInfo.Value(); !ok || info.SpecSize.Raw() != "2235.0" {
		t.Errorf("Quirk074: size %q, %v, want 2235.0", info.SpecSize.Raw(), ok)
	}
	if list.Pages != 1 || list.ReportedTotal != 1 || list.Truncated || list.ReceivedAt.IsZero() {
		t.Errorf("got %+v", list)
	}
	if server.path != "POST /v2/partners/sub-customers/on-demand-resources/query" {
		t.Errorf("sent %s", server.path)
	}
}

// TestEveryExample: each row of the reference is decoded and encoded again as it was sent.
func TestEveryExample(t *testing.T) {
	for _, name := range []string{"listCustomerOnDemandResources.json", "listCustomerOnDemandResources.joined.json"} {
		client, _ := serveExample(t, name)
		list, err := client.Resources(t.Context(), bss.Filter{CustomerID: customerID})
		if err != nil {
			t.Fatal(err)
		}
		stored, err := json.Marshal(list.Rows)
		if err != nil {
			t.Fatal(err)
		}
		want := decode[map[string]any](t, example(t, name))["resources"]
		if diff := cmp.Diff(want, decode[any](t, string(stored))); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestRequestsAreTheReferences(t *testing.T) {
	t.Run("joined", func(t *testing.T) {
		client, server := serveExample(t, "listCustomerOnDemandResources.joined.json")
		ids := []string{"f0ae18b6-40d2-4162-9d6a-7697b9b7eacc", "3a9d5c1e-8b47-4f2a-9c60-1d2e3f4a5b6c"}
		list, err := client.ResourcesByID(t.Context(), bss.Filter{CustomerID: customerID}, ids)
		if err != nil || len(list.Rows) != 2 {
			t.Fatalf("%d rows, error %v, want 2", len(list.Rows), err)
		}
		want := decode[any](t, example(t, "listCustomerOnDemandResources.joined.request.json"))
		if diff := cmp.Diff(want, decode[any](t, server.seen()[0])); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("of the document, Quirk049 whole seconds", func(t *testing.T) {
		client, server := serveExample(t, "listCustomerOnDemandResources.json")
		list, err := client.ResourcesByID(t.Context(), bss.Filter{
			CustomerID: "0846606cf580d45f0fd6c01e10c07540", RegionCode: "cn-east-2", ServiceTypeCode: "hws.service.type.ebs",
			EffectiveFrom: time.Date(2020, 4, 2, 16, 56, 26, 999, time.FixedZone("UTC+8", 8*60*60)),
			EffectiveTo:   time.Date(2020, 5, 2, 8, 56, 26, 0, time.UTC), Status: 1,
		}, []string{"batch-volume-16380-00024604"})
		if err != nil || len(list.Rows) != 1 {
			t.Fatalf("%d rows, error %v, want 1", len(list.Rows), err)
		}
		want := decode[map[string]any](t, example(t, "listCustomerOnDemandResources.request.json"))
		want["limit"] = float64(100) // Quirk066: the sample's ten would lose rows of a batch
		if diff := cmp.Diff(want, decode[map[string]any](t, server.seen()[0])); diff != "" {
			t.Error(diff)
		}
	})
}

func TestQuirk105TimesArePassedThrough(t *testing.T) {
	client, server := serve(t, bss.Options{},
		func(asked) (int, string) { return http.StatusOK, `{"resources":[],"total_count":0}` })
	for _, f := range []bss.Filter{
		{CustomerID: customerID},
		{CustomerID: customerID, EffectiveFrom: time.Unix(1585817786, 0)},
		{CustomerID: customerID, EffectiveTo: time.Unix(1588409786, 0)},
	} {
		if _, err := client.Resources(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	var got [][2]any
	for _, body := range server.seen() {
		sent := decode[map[string]any](t, body)
		got = append(got, [2]any{sent["effective_time_begin"], sent["effective_time_end"]})
	}
	want := [][2]any{{nil, nil}, {"2020-04-02T08:56:26Z", nil}, {nil, "2020-05-02T08:56:26Z"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestQuirk042LanguageInTheSpellingOfBSS(t *testing.T) {
	for _, language := range []bss.Language{"", bss.Chinese, bss.English} {
		client, server := serve(t, bss.Options{Language: language}, func(asked) (int, string) {
			return http.StatusOK, `{"resources":[],"total_count":0}`
		})
		if _, err := client.Resources(t.Context(), bss.Filter{CustomerID: customerID}); err != nil {
			t.Fatal(err)
		}
		if server.language != string(language) || strings.Contains(server.language, "-") {
			t.Errorf("X-Language %q, want %q", server.language, language)
		}
	}
}

func TestEndpoints(t *testing.T) {
	specs := bss.Endpoints()
	if len(specs) != 1 || !specs[0].Reads || specs[0].System != "bss" ||
		specs[0].Operation != "listCustomerOnDemandResources" {
		t.Errorf("Quirk077: got %+v", specs)
	}
}

func decode[T any](t *testing.T, body string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatal(err)
	}
	return value
}
