package hostile

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

func TestTransport_negotiation(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	const graphQL, plain = "application/graphql-response+json; charset=utf-8", "application/json; charset=utf-8"
	tests := map[string]struct {
		accept string
		status int
		media  string
	}{
		"none":                            {"", 200, plain},
		"anything":                        {"*/*", 200, plain},
		"any application":                 {"application/*", 200, plain},
		"graphql":                         {"application/graphql-response+json", 200, graphQL},
		"json":                            {"application/json", 200, plain},
		"both equal":                      {"application/json, application/graphql-response+json", 200, graphQL},
		"json preferred":                  {"application/graphql-response+json;q=0.5, application/json;q=0.9", 200, plain},
		"graphql preferred":               {"application/graphql-response+json;q=0.9, application/json;q=0.5", 200, graphQL},
		"named one wins over wildcard":    {"*/*, application/graphql-response+json", 200, graphQL},
		"refused type with wildcard":      {"application/json;q=0, */*;q=0.1", 200, graphQL},
		"charset in capitals":             {"application/json; charset=UTF-8", 200, plain},
		"upper case":                      {"APPLICATION/JSON", 200, plain},
		"apollo with defer":               {"multipart/mixed;deferSpec=20220824,application/json", 200, plain},
		"H-096 text/html":                 {"text/html", 406, plain},
		"H-096 image":                     {"image/png", 406, plain},
		"H-096 zero quality":              {"application/json;q=0", 406, plain},
		"other charset":                   {"application/json;charset=latin1", 406, plain},
		"quality that is no number":       {"application/json;q=x", 406, plain},
		"quality that is not a number":    {"application/json;q=NaN", 406, plain},
		"malformed":                       {";;;", 406, plain},
		"H-097 4 KB":                      {strings.Repeat("text/plain,", 400) + "application/json", 406, plain},
		"H-097 4 KB with one that counts": {"application/json," + strings.Repeat("text/plain,", 400), 200, plain},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.Send(t, http.MethodPost, s.URL, `{"query":"{__typename}"}`,
				map[string]string{"Content-Type": "application/json", "Accept": test.accept})
			if got.Status != test.status || got.Header.Get("Content-Type") != test.media {
				t.Errorf("got %d %s, want %d %s", got.Status, got.Header.Get("Content-Type"), test.status, test.media)
			}
			if test.status == 406 && got.Code() != "NOT_ACCEPTABLE" {
				t.Errorf("code %q", got.Code())
			}
		})
	}
}

func TestTransport_statusByMediaType(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	tests := map[string]struct {
		body            string
		graphQL, plain  int
		code            string
		wantDataInplain bool
	}{
		"H-098 syntax": {`{"query":"{"}`, 400, 200, "GRAPHQL_PARSE_FAILED", false},
		"validation":   {`{"query":"{nothing}"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED", false},
		"unknown operation": {
			`{"query":"query a{__typename}","operationName":"b"}`, 400, 200,
			"GRAPHQL_UNKNOWN_OPERATION_NAME", false,
		},
		"several unnamed": {
			`{"query":"query a{__typename} query b{__typename}"}`, 400, 200, "GRAPHQL_UNKNOWN_OPERATION_NAME",
			false,
		},
		"variable":     {`{"query":"query($i:ID!){cluster(id:$i){id}}"}`, 400, 200, "BAD_USER_INPUT", false},
		"argument":     {`{"query":"{clusters(first:0){id}}"}`, 400, 200, "BAD_USER_INPUT", false},
		"limit":        {`{"query":"{` + strings.Repeat("__typename ", 31) + `}"}`, 400, 200, "MAX_ROOT_FIELDS_LIMIT", false},
		"malformed":    {`{`, 400, 400, "BAD_REQUEST", false},
		"subscription": {`{"query":"subscription{ticks}"}`, 406, 406, "NOT_ACCEPTABLE", false},
		"persisted":    {`{"extensions":{"persistedQuery":{"version":1}}}`, 400, 200, "PERSISTED_QUERY_NOT_SUPPORTED", false},
	}
	for name, test := range tests {
		for _, media := range []string{"application/graphql-response+json", "application/json"} {
			want := test.graphQL
			if media == "application/json" {
				want = test.plain
			}
			t.Run(name+" "+media, func(t *testing.T) {
				t.Parallel()
				got := s.Send(t, http.MethodPost, s.URL, test.body,
					map[string]string{"Content-Type": "application/json", "Accept": media})
				s.WantRefused(t, got, want, test.code)
				if length := strconv.Itoa(len(got.Raw)); got.Header.Get("Content-Length") != length {
					t.Errorf("Content-Length %q of %s bytes", got.Header.Get("Content-Length"), length)
				}
			})
		}
	}
}

func TestTransport_partialAnswer(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	got := s.Query(t, `{broken cluster(id:1){parent{id}}}`, "")
	if got.Status != 200 || len(got.Body.Errors) != 1 || fmt.Sprint(got.Body.Errors[0].Path) != "[broken]" {
		t.Errorf("got %d %s", got.Status, got.Raw)
	}
	if !strings.HasPrefix(got.Raw, `{"errors":[`) || !strings.Contains(got.Raw, `"data":{"broken":null,"cluster":`) {
		t.Errorf("got %s", got.Raw)
	}
	if got.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("Cache-Control %q", got.Header.Get("Cache-Control"))
	}
}

func TestTransport_headers_H173(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	got := s.Query(t, `{__typename}`, "")
	want := map[string]string{
		"Cache-Control":          "private, no-store",
		"X-Content-Type-Options": "nosniff",
		"Vary":                   "Accept, Authorization, X-Auth-Token, X-HCSO-Domain-Id, X-Opsgraph-Explain, X-Opsgraph-Max-Age",
		"Content-Length":         strconv.Itoa(len(got.Raw)),
	}
	for name, value := range want {
		if got.Header.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, got.Header.Get(name), value)
		}
	}
	if got.Raw != `{"data":{"__typename":"Query"}}` {
		t.Errorf("body %s", got.Raw)
	}
}

func TestTransport_get(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	accept := map[string]string{"Accept": "application/graphql-response+json"}
	got := s.Get(t, url.Values{
		"query":         {`query a($n: String!) {__type(name: $n) {name}} query b {__typename}`},
		"operationName": {"a"},
		"variables":     {`{"n":"Cluster"}`},
		"extensions":    {`{}`},
	}, accept)
	if got.Status != 200 || string(got.Body.Data) != `{"__type":{"name":"Cluster"}}` {
		t.Errorf("got %d %s", got.Status, got.Raw)
	}
	for name, parameters := range map[string]string{
		"H-086 query twice":             "query={a}&query={b}",
		"H-086 variables cut":           "query={__typename}&variables={",
		"H-086 variables a list":        "query={__typename}&variables=[1]",
		"extensions a text":             `query={__typename}&extensions="x"`,
		"no query":                      "",
		"query not UTF-8":               "query=%ff",
		"malformed escape":              "query=%zz",
		"semicolon":                     "query={__typename};x=1",
		"operationName not UTF-8":       "query={__typename}&operationName=%ff",
		"variables with a doubled key":  `query={__typename}&variables={"a":1,"a":2}`,
		"variables with trailing data":  `query={__typename}&variables={}{}`,
		"variables in bytes of Latin-1": "query={__typename}&variables={%22a%22:%22%e9%22}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.WantRefused(t, s.Send(t, http.MethodGet, s.URL+"?"+parameters, "", accept), 400, "BAD_REQUEST")
		})
	}
}
