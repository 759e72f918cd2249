package resolvers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// canary is a text that must never reach a client.
const canary = "CANARY"

// failed is a call that failed, with everything in it that an upstream could have put there.
func failed(kind rest.Kind, change ...func(*rest.Error)) *rest.Error {
	e := &rest.Error{
		System: "esm", Operation: "listHostDetails", Kind: kind, Message: canary + " message",
		Err: fmt.Errorf("dial tcp 10.0.0.1:443: %s cause", canary),
	}
	for _, one := range change {
		one(e)
	}
	return e
}

// noon is now in the tests of this file.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestDescribe(t *testing.T) {
	gateway := func(e *rest.Error) { e.GatewayCredentials = true }
	retryable := func(e *rest.Error) { e.Retryable, e.RetryAt = true, noon.Add(3*time.Second) }
	tests := []struct {
		name      string
		err       error
		code      string
		retryable bool
	}{
		{"timeout", failed(rest.Timeout, retryable), "UPSTREAM_TIMEOUT", true},
		{"unavailable", failed(rest.Unavailable, retryable), "UPSTREAM_UNAVAILABLE", true},
		{"unavailable command", failed(rest.Unavailable), "UPSTREAM_UNAVAILABLE", false},
		{"bad response", failed(rest.BadResponse), "UPSTREAM_BAD_RESPONSE", false},
		{"Quirk082 interface not found", failed(rest.NotFound), "UPSTREAM_BAD_RESPONSE", false},
		{"rate limited", failed(rest.RateLimited, retryable), "UPSTREAM_RATE_LIMITED", true},
		{"quota", failed(rest.QuotaExhausted, retryable), "UPSTREAM_QUOTA_EXHAUSTED", true},
		{"rejected", failed(rest.Rejected), "UPSTREAM_REJECTED", false},
		{"rejected credentials", failed(rest.Rejected, gateway), "UPSTREAM_REJECTED", false},
		{"Quirk083 401 of the gateway", failed(rest.Unauthenticated, gateway), "UPSTREAM_REJECTED", false},
		{"Quirk083 401 of the caller", failed(rest.Unauthenticated), "UNAUTHENTICATED", false},
		{"Quirk083 403 of the gateway", failed(rest.Forbidden, gateway), "UPSTREAM_REJECTED", false},
		{"Quirk083 403 of the caller", failed(rest.Forbidden), "FORBIDDEN", false},
		{"too large", failed(rest.TooLarge), "UPSTREAM_TOO_LARGE", false},
		{"pages without end", dataset.MarkerLoopError("listMeterJobSdrs"), "UPSTREAM_PAGINATION_LOOP", true},
		{"rows of a region", dataset.GapError("listHostDetails"), "UPSTREAM_BAD_RESPONSE", true},
		{"not configured", failed(rest.NotConfigured), "UPSTREAM_NOT_CONFIGURED", false},
		{"canceled", failed(rest.Canceled), "CLIENT_CLOSED", false},
		{"no room to read", failed(rest.Overloaded, retryable), "OVERLOADED", true},
		{"no kind", failed(rest.None), "INTERNAL_SERVER_ERROR", false},
		{"wrapped", fmt.Errorf("refresh %s: %w", canary, failed(rest.Timeout, retryable)), "UPSTREAM_TIMEOUT", true},
		{"joined", errors.Join(errors.New(canary), failed(rest.BadResponse)), "UPSTREAM_BAD_RESPONSE", false},
		{"argument", &rest.InputError{Field: "hostId", Message: "Give one."}, "BAD_USER_INPUT", false},
		{"argument of a client", fmt.Errorf("%s: %w", canary,
			&rest.InputError{System: "esm", Field: "to", Message: "must be later"}), "BAD_USER_INPUT", false},
		{"cursor", fmt.Errorf("%s: %w", canary, model.ErrInvalidCursor), "BAD_USER_INPUT", false},
		{"id", fmt.Errorf("%s: %w", canary, model.ErrInvalidID), "BAD_USER_INPUT", false},
		{"deadline", fmt.Errorf("%s: %w", canary, context.DeadlineExceeded), "REQUEST_TIMEOUT", true},
		{
			"command under way", fmt.Errorf("%s: %w: %w", canary, jobs.ErrUnderWay, context.DeadlineExceeded),
			"REQUEST_TIMEOUT", false,
		},
		{"given up", fmt.Errorf("%s: %w", canary, context.Canceled), "CLIENT_CLOSED", false},
		{"stopping", fmt.Errorf("%s: %w", canary, cache.ErrClosed), "OVERLOADED", true},
		{"nothing after rows", fmt.Errorf("%s: %w", canary, cache.ErrEmptyOnce), "UPSTREAM_BAD_RESPONSE", true},
		{"panic of a source", &cache.PanicError{Value: canary, Stack: []byte(canary)}, "INTERNAL_SERVER_ERROR", false},
		{"reported by another replica", &cache.RemoteError{Text: canary}, "INTERNAL_SERVER_ERROR", false},
		{"anything", io.ErrUnexpectedEOF, "INTERNAL_SERVER_ERROR", false},
		{"anything with a text", errors.New(canary), "INTERNAL_SERVER_ERROR", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := resolvers.Describe(test.err)
			if got.Code != test.code || got.Retryable != test.retryable {
				t.Errorf("code %s, retryable %v, want %s, %v", got.Code, got.Retryable, test.code, test.retryable)
			}
			if got.Message == "" || !strings.HasSuffix(got.Message, ".") {
				t.Errorf("message %q is no sentence", got.Message)
			}
			if text := fmt.Sprintf("%+v", got); strings.Contains(text, canary) || strings.Contains(text, "10.0.0.1") {
				t.Errorf("the answer holds what is internal: %s", text)
			}
		})
	}
}

// A share that is refused is no fault of the gateway's credentials: none are sent.
func TestARefusedShareHasAMessageOfItsOwn(t *testing.T) {
	refused := func(e *rest.Error) { e.Status = 403 }
	own := func(e *rest.Error) { e.Status, e.GatewayCredentials = 403, true }
	messages := map[string]bool{}
	for _, err := range []error{failed(rest.Rejected), failed(rest.Rejected, refused), failed(rest.Rejected, own)} {
		messages[resolvers.Describe(err).Message] = true
	}
	if len(messages) != 3 {
		t.Errorf("messages = %v, want three", messages)
	}
}

// TestDescribeKnowsEveryKind makes a new kind of failure fail this test instead of becoming an empty code.
func TestDescribeKnowsEveryKind(t *testing.T) {
	for kind := rest.None; kind.String() != "unknown"; kind++ {
		if got := resolvers.Describe(failed(kind)); got.Code == "" || got.Message == "" {
			t.Errorf("kind %s has code %q, message %q", kind, got.Code, got.Message)
		}
	}
}

// present runs an error through the presenter at a path and returns what the client sees and what the log has.
func present(t *testing.T, err error) (*gqlerror.Error, string) {
	t.Helper()
	var log bytes.Buffer
	ctx := graphql.WithPathContext(t.Context(), graphql.NewPathWithField("hosts"))
	logger := slog.New(slog.NewTextHandler(&log, nil))
	return resolvers.Presenter(logger, func() time.Time { return noon })(ctx, err), log.String()
}

func TestPresenter(t *testing.T) {
	call := failed(rest.RateLimited, func(e *rest.Error) {
		e.Status, e.Code, e.RequestID, e.Retryable = 429, "APIGW.0308", "r-1", true
		e.RetryAfter, e.RetryAt = 10*time.Second, noon.Add(11*time.Second)
	})
	got, log := present(t, call)
	after, _ := got.Extensions["retryAfterMs"].(int64)
	if after != 11_001 {
		t.Errorf("retry after %d ms, want what is left, 11 s", after)
	}
	delete(got.Extensions, "retryAfterMs")
	want := map[string]any{
		"code": "UPSTREAM_RATE_LIMITED", "retryable": true,
		"upstream": map[string]any{
			"system": "esm", "operation": "listHostDetails", "status": 429, "code": "APIGW.0308", "requestId": "r-1",
		},
	}
	if diff := cmp.Diff(want, got.Extensions); diff != "" {
		t.Errorf("extensions (-want +got):\n%s", diff)
	}
	if got.Path.String() != "hosts" || log != "" {
		t.Errorf("path %s, log %q", got.Path, log)
	}

	got, log = present(t, errors.New(canary))
	if got.Message != "An internal error occurred." || got.Extensions["code"] != "INTERNAL_SERVER_ERROR" ||
		got.Err != nil {
		t.Errorf("described as %+v", got)
	}
	if !strings.Contains(log, canary) || !strings.Contains(log, "path=hosts") {
		t.Errorf("the log does not say it: %q", log)
	}

	coded := &gqlerror.Error{Message: "described already", Extensions: map[string]any{"code": "BAD_USER_INPUT"}}
	if got, _ := present(t, fmt.Errorf("wrapped: %w", coded)); got != coded {
		t.Errorf("what has a code became %+v", got)
	}
	placed := gqlerror.WrapPath(ast.Path{ast.PathName("nodes"), ast.PathIndex(3)}, failed(rest.Timeout))
	if got, _ := present(t, placed); got.Path.String() != "nodes[3]" || got.Extensions["code"] != "UPSTREAM_TIMEOUT" {
		t.Errorf("an error with a path of its own became %+v", got)
	}
}

// TestFreshnessesAppendJSON holds them to what encoding/json makes of them.
func TestFreshnessesAppendJSON(t *testing.T) {
	t.Parallel()
	at, code := time.Date(2026, 11, 30, 9, 5, 0, 0, time.UTC), "UPSTREAM_TIMEOUT"
	for _, f := range []resolvers.Freshnesses{
		{},
		{{Operation: "listHostDetails", Oldest: at}},
		{{Operation: "a", Oldest: at.Add(120 * time.Millisecond), Stale: true, Reason: &code}, {Operation: "b", Oldest: at}},
	} {
		want, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.AppendJSON([]byte("x")); string(got) != "x"+string(want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
