package hostile

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// fuzzed is a whole gateway on a small site, which what a fuzzer makes up is sent to.
type fuzzed struct{ handler http.Handler }

func newFuzzed(f *testing.F) fuzzed {
	f.Helper()
	w := kit.NewWorld(f, kit.WorldSettings{})
	return fuzzed{w.StartGateway(f, "limits: {request_timeout: 2s}\n").Gateway.Handler()}
}

// answer sends a request and checks what holds for every answer: it is JSON with data or errors, each error has a code
// and a short message, and nothing went wrong within.
func (z fuzzed) answer(t *testing.T, method, target string, body []byte) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, "/graphql", bytes.NewReader(body))
	if _, query, found := strings.Cut(target, "?"); found {
		request.URL.RawQuery = query
		request.RequestURI = target
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/graphql-response+json")
	recorder := httptest.NewRecorder()
	z.handler.ServeHTTP(recorder, request)
	got := kit.ReadReply(t, recorder.Result())
	if got.Status == http.StatusInternalServerError {
		t.Fatalf("%s", got.Raw)
	}
	if len(got.Body.Data) == 0 && len(got.Body.Errors) == 0 {
		t.Fatalf("%d has neither data nor errors: %.300s", got.Status, got.Raw)
	}
	for _, fault := range got.Body.Errors {
		code, _ := fault.Extensions["code"].(string)
		if code == "" || code == "INTERNAL_SERVER_ERROR" || utf8.RuneCountInString(fault.Message) > 300 {
			t.Fatalf("error %q: %.500s", code, fault.Message)
		}
	}
}

func FuzzRequestBody(f *testing.F) {
	for _, seed := range []string{
		`{"query":"{__typename}"}`, `{"query":"{__typename}","variables":null,"extensions":{},"operationName":""}`,
		`[{"query":"{__typename}"}]`,
		`{"query":"query a{__typename} query b{__typename}","operationName":"b"}`, `{"query":5}`, `{"Query":"{a}"}`, `null`,
		`{}`, "\xef\xbb\xbf{}",
		`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("a", 64) + `"}}}`,
		`{"query":"{a}"}{"query":"{b}"}`,
		`{"query":"subscription{alarmChanges{change}}"}`, `{"query":"mutation{__typename}"}`, `{"documentId":"x"}`, "\xff",
		``,
	} {
		f.Add([]byte(seed))
	}
	z := newFuzzed(f)
	f.Fuzz(func(t *testing.T, body []byte) { z.answer(t, http.MethodPost, "", body) })
}

func FuzzRequestURL(f *testing.F) {
	for _, seed := range []string{
		`query={__typename}`, `query=%7B__typename%7D&variables=%7B%7D&operationName=`, `query={a}&query={b}`, `variables={`,
		`query=%zz`, `;`,
		`query=mutation{__typename}`, `extensions={"persistedQuery":{"version":1,"sha256Hash":"A"}}`,
		`query={__typename}&unknown=1`, ``,
	} {
		f.Add(seed)
	}
	z := newFuzzed(f)
	f.Fuzz(func(t *testing.T, query string) {
		if strings.ContainsAny(query, "#\r\n") { // ends the address
			return
		}
		z.answer(t, http.MethodGet, "/graphql?"+query, nil)
	})
}

// FuzzDocument sends documents; every one that the gateway answers with data must be refused by nothing else than its
// upstream.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{
		`{__typename}`, `query($a:Int=1){hosts(first:$a){totalCount}}`, `{a:__typename ...F} fragment F on Query{__typename}`,
		`{...A} fragment A on Query{...A}`,
		`{regions{code hosts(first:1){nodes{name}}}}`, `{__schema{types{name}}}`,
		`{hosts(filter:{regions:["cn-north-7"]},after:"x"){totalCount}}`,
		`{node(id:"aG9zdA"){__typename ...on Host{name}}}`, `{alarms(filter:{range:{last:"P1D"}}){totalCount}}`,
		`{__typename @skip(if:true)}`,
		`subscription{alarmChanges{change}}`, `{hosts{totalCount @include(if:$x)}}`, `{"""block""" a}`, `{a(b:"\ud800")}`,
		"\x00", `{`,
	} {
		f.Add(seed)
	}
	z := newFuzzed(f)
	f.Fuzz(func(t *testing.T, document string) {
		body, err := json.Marshal(map[string]string{"query": document})
		if err != nil {
			t.Fatal(err)
		}
		z.answer(t, http.MethodPost, "", body)
	})
}

// FuzzVariables sends values of every kind of scalar, of enums, lists and input objects, ids and cursors among them.
func FuzzVariables(f *testing.F) {
	const document = `query ($id: ID!, $ids: [ID!]!, $first: Int, $after: String, $hosts: HostFilter, $alarms: AlarmFilter, $order: HostOrder) {
		node(id: $id) { __typename } nodes(ids: $ids) { __typename }
		hosts(first: $first, after: $after, filter: $hosts, orderBy: $order) { totalCount nodes { id } }
		alarms(first: $first, filter: $alarms) { totalCount } }`
	for _, seed := range []string{
		`{"id":"a","ids":[]}`, `{"id":"aG9zdDp4","ids":["cmVnaW9uOmNuLW5vcnRoLTc"],"first":1}`,
		`{"id":1,"ids":"a","first":1.5}`, `{"id":"a","ids":[null]}`,
		`{"id":"a","ids":[],"after":"eyJ2IjoxfQ"}`,
		`{"id":"a","ids":[],"hosts":{"regions":["cn-north-7"],"statuses":["NORMAL"]}}`,
		`{"id":"a","ids":[],"alarms":{"occurred":{"last":"P1D"},"severities":["CRITICAL"],"cleared":false}}`,
		`{"id":"../..","ids":["\u0000"]}`,
		`{"id":"a","ids":[],"order":{"field":"NAME","direction":"DESC"},"first":500}`,
		`{"id":"a","ids":[],"first":9007199254740993}`, `{}`, `null`,
	} {
		f.Add([]byte(seed))
	}
	z := newFuzzed(f)
	f.Fuzz(func(t *testing.T, variables []byte) {
		if !json.Valid(variables) { // FuzzRequestBody is about those
			return
		}
		body, err := json.Marshal(map[string]any{"query": document, "variables": json.RawMessage(variables)})
		if err != nil {
			t.Fatal(err)
		}
		z.answer(t, http.MethodPost, "", body)
	})
}
