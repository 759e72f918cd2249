package hostile

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestDeadline_partialAnswer(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, func(options *kit.SiteOptions) { options.Deadline = 2 * time.Second })
	got := s.Query(t, `{slow __typename}`, "")
	if got.Status != 200 || string(got.Body.Data) != `{"slow":null,"__typename":"Query"}` {
		t.Errorf("got %d %s", got.Status, got.Raw)
	}
	if len(got.Body.Errors) != 1 || got.Body.Errors[0].Message != gateway.ErrRequestTimeout.Error() {
		t.Errorf("errors %s", got.Raw)
	}
}

func TestDeadline_beforeTheStart(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, func(options *kit.SiteOptions) { options.Deadline = -1 })
	got := s.Query(t, `{slow}`, "")
	s.WantRefused(t, got, http.StatusGatewayTimeout, "REQUEST_TIMEOUT")
	if got.Body.Errors[0].Extensions["retryable"] != true {
		t.Errorf("extensions %v", got.Body.Errors[0].Extensions)
	}
}

func TestHostile_clientGoesAway_H112(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, strings.NewReader(`{"query":"{slow}"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	gone := make(chan error, 1)
	go func() {
		response, err := s.Client.RoundTrip(request)
		if err == nil {
			err = response.Body.Close()
		}
		gone <- err
	}()
	<-s.Schema.SlowBegan
	cancel()
	if err := <-gone; err == nil {
		t.Error("the client got an answer")
	}
	select {
	case <-s.Schema.SlowEnded:
	case <-time.After(testkit.Patience):
		t.Error("the resolver still works for a client that is gone")
	}
}

func TestHostile_pipelinedRequests_H111(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, func(options *kit.SiteOptions) { options.Deadline = 50 * time.Millisecond })
	connection := dial(t, s)
	const one = "POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n" +
		`{"query":"{slow}"}`
	if _, err := io.WriteString(connection, strings.Repeat(one, 1000)); err != nil {
		t.Fatal(err)
	}
	if err := connection.Close(); err != nil {
		t.Fatal(err)
	}
	// One request runs at a time; the first answers that are not read end the connection.
	<-s.Schema.SlowBegan
	for began := 1; ; {
		select {
		case <-s.Schema.SlowBegan:
			began++
		case <-time.After(500 * time.Millisecond):
			if began > 10 {
				t.Errorf("%d of 1000 requests were carried out", began)
			}
			return
		}
	}
}

func TestTransport_admission(t *testing.T) {
	t.Parallel()
	type key struct{}
	tests := map[string]struct {
		refusal *gqlerror.Error
		status  int
		header  map[string]string
	}{
		"admitted": {nil, 200, map[string]string{"Age": "caller", "Cache-Control": "private, max-age=5", "Retry-After": ""}},
		"unknown caller": {
			&gqlerror.Error{Message: "Who are you?", Extensions: map[string]any{"code": "UNAUTHENTICATED"}},
			401,
			map[string]string{"Www-Authenticate": `Bearer realm="opsgraph"`, "Cache-Control": "private, no-store"},
		},
		"too many": {
			&gqlerror.Error{Message: "Later.", Extensions: map[string]any{"code": "RATE_LIMITED", "retryAfterMs": 1200}},
			429,
			map[string]string{"Retry-After": "2", "Age": ""},
		},
		"overloaded": {
			&gqlerror.Error{Message: "Later.", Extensions: map[string]any{"code": "OVERLOADED", "retryAfterMs": int64(1)}},
			503,
			map[string]string{"Retry-After": "1"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := kit.NewSite(t, func(options *kit.SiteOptions) {
				options.Transport.Admit = func(r *http.Request) (context.Context, *gqlerror.Error) {
					return context.WithValue(r.Context(), key{}, "caller"), test.refusal
				}
				options.Transport.Annotate = func(ctx context.Context, _ *graphql.Response, header http.Header) {
					caller, _ := ctx.Value(key{}).(string)
					header.Set("Age", caller)
					header.Set("Cache-Control", "private, max-age=5")
				}
			})
			got := s.Query(t, `{__typename}`, "")
			if got.Status != test.status {
				t.Errorf("got %d %s", got.Status, got.Raw)
			}
			for name, want := range test.header {
				if got.Header.Get(name) != want {
					t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
				}
			}
			if partial := s.Query(t, `{broken}`, ""); test.status == 200 &&
				partial.Header.Get("Cache-Control") != "private, no-store" {
				t.Errorf("an answer with an error may be kept: %q", partial.Header.Get("Cache-Control"))
			}
		})
	}
}

func TestTransport_admissionBeforeTheBody(t *testing.T) {
	t.Parallel()
	asked := false
	s := kit.NewSite(t, func(options *kit.SiteOptions) {
		options.Transport.Admit = func(*http.Request) (context.Context, *gqlerror.Error) {
			asked = true
			return nil, &gqlerror.Error{Message: "No.", Extensions: map[string]any{"code": "FORBIDDEN"}}
		}
	})
	if got := s.Post(t, `malformed`); got.Status != 403 {
		t.Errorf("got %d %s", got.Status, got.Raw)
	}
	asked = false
	s.Send(t, http.MethodPost, s.URL, `{}`, map[string]string{"Content-Type": "text/plain"})
	if asked {
		t.Error("a request with the wrong media type was admitted or refused by its caller")
	}
}
