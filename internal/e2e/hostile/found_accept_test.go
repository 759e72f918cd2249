package hostile

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// acceptOfURQL is what urql's fetch exchange sends with every operation.
const acceptOfURQL = "application/graphql-response+json, application/graphql+json, application/json, " +
	"text/event-stream, multipart/mixed"

// TestFound_B4_KindDecides: a client that takes JSON as gladly as an event stream gets JSON for queries and mutations,
// and a stream for subscriptions (RFC 9110, sections 12.4.2 and 12.5.1).
func TestFound_B4_KindDecides(t *testing.T) {
	t.Parallel()
	s := liveSite(t, func(o *streams.Options) { o.Ping = time.Hour })
	const plain, graphQL, events = "application/json", "application/graphql-response+json", "text/event-stream"
	for accept, want := range map[string]struct{ query, subscription string }{
		acceptOfURQL:                                                   {graphQL, events},
		"text/event-stream":                                            {events, events},
		"text/event-stream, application/json":                          {plain, events},
		"text/event-stream;q=0.9, application/json":                    {plain, events},
		"text/event-stream, application/json;q=0.9":                    {events, events},
		"text/event-stream;q=0.1, application/json;q=0.1":              {plain, events},
		"text/event-stream;q=0, application/json":                      {plain, ""},
		"text/event-stream;q=0":                                        {"", ""},
		"application/json;q=0, text/event-stream":                      {events, events},
		"application/json;q=0, application/*, text/event-stream;q=0.5": {graphQL, events},
		"text/*":                                {events, events},
		"text/*;q=0.5, application/json":        {plain, events},
		"text/*;q=0, */*":                       {plain, ""},
		"text/event-stream;q=0.5, text/*;q=0":   {events, events},
		"*/*":                                   {plain, events},
		"*/*, application/*;q=0.1":              {plain, events},
		"application/*":                         {plain, ""},
		"application/json":                      {plain, ""},
		"application/graphql-response+json":     {graphQL, ""},
		"text/html, */*;q=0.8":                  {plain, events},
		"text/event-stream;charset=utf-8":       {events, events},
		"text/event-stream;charset=iso-8859-1":  {"", ""},
		"TEXT/Event-Stream":                     {events, events},
		"text/event-streams":                    {"", ""},
		"text/html":                             {"", ""},
		"application/json, text/event-stream;q": {plain, ""},
	} {
		t.Run(accept, func(t *testing.T) {
			t.Parallel()
			header := map[string]string{"Accept": accept}
			for name, one := range map[string]struct{ document, want string }{
				"query": {`{ __typename }`, want.query}, "mutation": {`mutation { touch }`, want.query},
				"subscription": {`subscription { ticks }`, want.subscription},
			} {
				got := postStream(t, s, one.document, header).response
				wantType(t, name, got, one.want)
			}
			for name, one := range map[string]struct{ document, want string }{
				"query by GET": {`{ __typename }`, want.query}, "subscription by GET": {`subscription { ticks }`, want.subscription},
			} {
				request, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
					s.URL+"?"+url.Values{"query": {one.document}}.Encode(), http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				request.Header.Set("Accept", accept)
				got := sent(t, s, request).response
				if one.want == "" && want.query != "" { // only POST carries what GET can't
					if got.StatusCode != http.StatusMethodNotAllowed {
						t.Errorf("%s: %d", name, got.StatusCode)
					}
					continue
				}
				wantType(t, name, got, one.want)
			}
		})
	}
}

// wantType checks that an answer has a media type, or is refused as not acceptable where it is empty.
func wantType(t *testing.T, name string, got *http.Response, mediaType string) {
	t.Helper()
	if mediaType == "" {
		if got.StatusCode != http.StatusNotAcceptable {
			t.Errorf("%s: %d %s, want 406", name, got.StatusCode, got.Header.Get("Content-Type"))
		}
		return
	}
	if got.StatusCode != http.StatusOK || !strings.HasPrefix(got.Header.Get("Content-Type"), mediaType+";") {
		t.Errorf("%s: %d %s, want %s", name, got.StatusCode, got.Header.Get("Content-Type"), mediaType)
	}
}

// TestFound_B4_RefusalsAreJSON where JSON is taken: a refused operation has its status.
func TestFound_B4_RefusalsAreJSON(t *testing.T) {
	t.Parallel()
	s := liveSite(t, nil)
	for document, code := range map[string]string{
		`{`: "GRAPHQL_PARSE_FAILED", `{ nothing }`: "GRAPHQL_VALIDATION_FAILED",
		`subscription { nothing }`:                  "GRAPHQL_VALIDATION_FAILED",
		`subscription A { ticks } query B { echo }`: "GRAPHQL_UNKNOWN_OPERATION_NAME",
		`query { clusters(first: 0) { id } }`:       "BAD_USER_INPUT",
		`mutation { touch } subscription { a b }`:   "GRAPHQL_VALIDATION_FAILED",
	} {
		got := s.Send(t, http.MethodPost, s.URL, kit.RequestBody(t, document, ""),
			map[string]string{"Content-Type": "application/json", "Accept": acceptOfURQL})
		s.WantRefused(t, got, http.StatusBadRequest, code)
	}
}

// TestFound_B4_QueriesTakeNoStream: queries of such a client are no event streams, of which a caller has a few, and its
// subscriptions are bounded, watched and ended as those of others.
func TestFound_B4_QueriesTakeNoStream(t *testing.T) {
	t.Parallel()
	s := liveSite(t, func(o *streams.Options) { o.Connections = streams.NewConnections(2) })
	header := map[string]string{"Accept": acceptOfURQL}
	for range 2 {
		openStream(t, s, `subscription { other }`, header)
	}
	for range 30 {
		wantType(t, "query", postStream(t, s, `{ __typename }`, header).response, "application/graphql-response+json")
	}
	if got := postStream(t, s, `subscription { other }`, header).response; got.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a third stream: %d", got.StatusCode)
	}
	ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
	defer cancel()
	if err := s.Live.End(ctx); err != nil {
		t.Errorf("streams are left: %v", err)
	}
	testkit.Eventually(t, "subscriptions are left", func() bool { return s.Schema.Subscribed.Load() == 0 })
}
