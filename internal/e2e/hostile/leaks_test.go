package hostile

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

func TestHostile_suggestions(t *testing.T) {
	t.Parallel()
	on := kit.NewSite(t, nil)
	off := kit.NewSite(t, func(options *kit.SiteOptions) { options.NoIntrospection = true })
	const suggestion = "Did you mean"
	for name, document := range map[string]string{
		"H-161 field":              `{cluste}`,
		"H-161 selection left out": `{cluster(id:1)}`,
		"H-161 argument":           `{cluster(ids:1){id}}`,
		"H-161 input field":        `{clusters(filter:{weigh:1}){id}}`,
		"H-161 argument of skip":   `{__typename @skip(iff:true)}`,
		"H-078 enum value":         `{echo(shade:REDD)}`,
		"H-078 enum as text":       `{echo(shade:"RED")}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := off.Query(t, document, "")
			off.WantRefused(t, got, 400, "GRAPHQL_VALIDATION_FAILED")
			if strings.Contains(got.Raw, suggestion) {
				t.Errorf("names are suggested: %s", got.Raw)
			}
			if got := on.Query(t, document, ""); !strings.Contains(got.Raw, suggestion) {
				t.Errorf("names are not suggested where introspection is on: %s", got.Raw)
			}
		})
	}
	t.Run("H-163 missing argument names no other", func(t *testing.T) {
		t.Parallel()
		got := off.Query(t, `{cluster{id}}`, "")
		off.WantRefused(t, got, 400, "GRAPHQL_VALIDATION_FAILED")
		if strings.Contains(got.Raw, "clusters") || strings.Contains(got.Raw, "parent") {
			t.Errorf("the message names other fields: %s", got.Raw)
		}
	})
	t.Run("a long document has none", func(t *testing.T) {
		t.Parallel()
		if got := on.Query(t, `{cluste}`+strings.Repeat(" ", 5000), ""); strings.Contains(got.Raw, suggestion) {
			t.Errorf("got %s", got.Raw)
		}
	})
}

func TestHostile_introspectionSwitchedOff(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, func(options *kit.SiteOptions) { options.NoIntrospection = true })
	for name, document := range map[string]string{
		"H-164 __schema":        `{__schema{queryType{name}}}`,
		"H-164 __type":          `{__type(name:"Query"){name}}`,
		"H-164 in a fragment":   `{...F} fragment F on Query{__schema{queryType{name}}}`,
		"H-164 inline":          `{... on Query{...{x:__type(name:"Query"){name}}}}`,
		"H-164 skipped":         `{__schema @skip(if:true){queryType{name}} __typename}`,
		"H-164 other operation": `query a{__typename} query b{__schema{queryType{name}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.WantRefused(t, s.Query(t, document, ""), 400, "INTROSPECTION_DISABLED")
			got := s.Get(t, url.Values{"query": {document}}, map[string]string{"Accept": "application/graphql-response+json"})
			s.WantRefused(t, got, 400, "INTROSPECTION_DISABLED")
		})
	}
	t.Run("__typename is no introspection", func(t *testing.T) {
		t.Parallel()
		s.Probe(t)
	})
}

func TestHostile_panicOfAResolver_H165(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	got := s.Query(t, `{boom cluster(id:1){id}}`, "")
	if got.Status != 200 || got.Code() != "INTERNAL_SERVER_ERROR" ||
		!strings.Contains(string(got.Body.Data), `"boom":null,"cluster":{`) {
		t.Errorf("got %d %s", got.Status, got.Raw)
	}
	id := got.Header.Get("X-Request-Id")
	if got.Body.Errors[0].Extensions["requestId"] != id {
		t.Errorf("error of %v, request %s", got.Body.Errors[0].Extensions, id)
	}
	for where, text := range map[string]string{"answer": got.Raw, "log": s.Log.String()} {
		if strings.Contains(text, "CANARY") {
			t.Errorf("the %s has the value of the panic: %s", where, text)
		}
	}
	if strings.Contains(got.Raw, "goroutine") || strings.Contains(got.Raw, ".go:") {
		t.Errorf("the answer has a stack: %s", got.Raw)
	}
	log := s.Log.String()
	if count := strings.Count(log, "panic recovered"); count != 1 {
		t.Errorf("the panic is logged %d times", count)
	}
	for _, want := range []string{"level=ERROR", "panic_type=string", "request_id=" + id, "site_schema.go"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q: %s", want, log)
		}
	}
}

func TestHostile_manyPanics_H166(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	var running sync.WaitGroup
	for range 20 {
		running.Go(func() {
			for range 10 {
				if got := s.Query(t, `{boom}`, ""); got.Status != 200 || got.Code() != "INTERNAL_SERVER_ERROR" {
					t.Errorf("got %d %s", got.Status, got.Raw)
				}
			}
		})
	}
	running.Wait()
	s.Probe(t)
}

func TestRecoverHTTP(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	got := s.Send(t, http.MethodGet, strings.TrimSuffix(s.URL, "/graphql")+"/panic", "", nil)
	if got.Status != 500 || strings.TrimSpace(got.Raw) != "Internal Server Error" {
		t.Errorf("got %d %q", got.Status, got.Raw)
	}
	if log := s.Log.String(); strings.Contains(log, "CANARY") || !strings.Contains(log, "panic recovered") {
		t.Errorf("log: %s", log)
	}
}

func TestHostile_requestID_H160(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	for name, test := range map[string]struct {
		given string
		kept  bool
	}{
		"word":           {"abc-DEF_123", true},
		"64 characters":  {strings.Repeat("a", 64), true},
		"65 characters":  {strings.Repeat("a", 65), false},
		"script":         {"<script>", false},
		"blank":          {"a b", false},
		"outside ASCII":  {"ä", false},
		"none":           {"", false},
		"very long":      {strings.Repeat("a", 20000), false},
		"with semicolon": {"a;b", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.Send(t, http.MethodPost, s.URL, `{`,
				map[string]string{"Content-Type": "application/json", "X-Request-Id": test.given})
			id := got.Header.Get("X-Request-Id")
			if (id == test.given) != test.kept || id == "" {
				t.Errorf("request id %q", id)
			}
			if got.Body.Errors[0].Extensions["requestId"] != id {
				t.Errorf("the error has the id %v, the header %q", got.Body.Errors[0].Extensions["requestId"], id)
			}
		})
	}
}
