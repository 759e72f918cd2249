package rest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
	"github.com/opsgraph/opsgraph/upstream/rest/circuit"
)

// answers are ways in which an upstream may take a command, and whether the command may have been carried out then.
func answers() map[string]struct {
	handler    http.HandlerFunc
	mayHaveRun bool
} {
	type way = struct {
		handler    http.HandlerFunc
		mayHaveRun bool
	}
	const own = `{"error_code":"AS.0001","error_msg":"busy"}`
	return map[string]way{
		"429":                      {status(429, ""), false},
		"503 with Retry-After":     {status(503, "", "Retry-After", "1"), false},
		"503 with an error of its": {status(503, own), false},
		"400":                      {status(400, own), false},
		"403":                      {status(403, own), false},
		"404":                      {status(404, ""), false},
		"an error inside a 200":    {status(200, own), false},
		"503":                      {status(503, ""), true},
		"503 of a proxy":           {status(503, "<html>no server</html>"), true},
		"500":                      {status(500, ""), true},
		"500 with an error of its": {status(500, own), true},
		"500 with Retry-After":     {status(500, "", "Retry-After", "1"), true},
		"501":                      {status(501, ""), true},
		"502":                      {status(502, "<html>"), true},
		"504":                      {status(504, ""), true},
		"408":                      {status(408, ""), true},
		"303":                      {status(303, "", "Location", "/elsewhere"), true},
		"no JSON":                  {answer("<html>"), true},
		"null":                     {answer("null"), true},
		"nothing":                  {answer(""), true},
		"another type":             {answer(`{"name":[]}`), true},
		"cut":                      {status(201, `{"na`, "Content-Length", "20"), true},
		"too large":                {answer(`{"name":"` + strings.Repeat("a", 2000) + `"}`), true},
		"late":                     {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, true},
		"a broken connection":      {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, true},
	}
}

// A command that may have been carried out is never retryable; whatever is retryable has left its key free.
func TestFound_C1_C2_CommandsThatWereSent(t *testing.T) {
	for name, way := range answers() {
		t.Run(name, func(t *testing.T) {
			u := serve(t, way.handler)
			small := func(cfg *rest.ClientConfig) { cfg.MaxBytes, cfg.Timeout = 1000, time.Second }
			_, err := rest.Call(t.Context(), connect(t, u.URL, small), command, rest.Request{})
			found := failure(t, err)
			if found.MayHaveRun != way.mayHaveRun || found.MayHaveRun && found.Retryable {
				t.Errorf("may have run = %v, retryable = %v, want %v and not both: %v", found.MayHaveRun, found.Retryable,
					way.mayHaveRun, found)
			}
			u.wants(t, 1)
			_, err = rest.Call(t.Context(), connect(t, u.URL, small, noRetries), read, rest.Request{})
			if failure(t, err).MayHaveRun {
				t.Errorf("a read changes nothing: %+v", err)
			}
		})
	}
	found := command.Fail(rest.BadResponse, nil) // 201 {}, as the client of the operation finds it
	if !found.MayHaveRun || found.Retryable {
		t.Errorf("an answer without its id: %+v", found)
	}
}

func TestFound_C2_CommandsOfWhichNothingWasSent(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	stranger := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(stranger.Close)
	plain := serve(t, answer(`{}`))
	login := rest.Spec{System: "iam", Operation: "createToken", Repeatable: true}.Fail(rest.Timeout, nil)
	tests := map[string]struct {
		url       string
		mend      func(*rest.ClientConfig)
		retryable bool
	}{
		"connection refused": {gone.URL, noRetries, true},
		"black hole": {
			"http://" + blackHole(t), func(cfg *rest.ClientConfig) { cfg.DialTimeout = 50 * time.Millisecond }, true,
		},
		"black hole, and the attempt's own limit": {
			"http://" + blackHole(t), func(cfg *rest.ClientConfig) { cfg.Timeout = 50 * time.Millisecond }, true,
		},
		"no trusted certificate":  {stranger.URL, noRetries, false},
		"a login that failed":     {plain.URL, func(cfg *rest.ClientConfig) { cfg.Tokens = brokenLogin{login} }, true},
		"no quota":                {plain.URL, func(cfg *rest.ClientConfig) { cfg.Quota = refusing{} }, true},
		"paused by the upstream":  {plain.URL, func(cfg *rest.ClientConfig) { cfg.Quota = refusing{paused: true} }, true},
		"a system without an url": {"", noRetries, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			start := command
			start.Quota = "esm-minute"
			_, err := rest.Call(t.Context(), connect(t, test.url, test.mend), start, rest.Request{})
			if found := failure(t, err); found.MayHaveRun || found.Retryable != test.retryable {
				t.Errorf("may have run = %v, retryable = %v: %v", found.MayHaveRun, found.Retryable, found)
			}
		})
	}
	secure := connect(t, strings.Replace(plain.URL, "http", "https", 1))
	if _, err := rest.Call(t.Context(), secure, command, rest.Request{}); failure(t, err).MayHaveRun {
		t.Errorf("https where http is: %v", err)
	}
	plain.wants(t, 0)
}

// What the first try met, which was answered 401, says nothing of the one that follows.
func TestFound_C2_ACommandAfterARenewedToken(t *testing.T) {
	u := serve(t, accepting("other"))
	ctx, cancel := context.WithCancel(t.Context())
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Tokens = leaving{cancel} })
	_, err := rest.Call(ctx, c, command, rest.Request{})
	if found := failure(t, err); found.Kind != rest.Canceled || found.MayHaveRun {
		t.Errorf("error = %+v", found)
	}
	u.wants(t, 1)
}

// A 408 is a time-out: a read is sent again.
func TestFound_C14_408IsATimeout(t *testing.T) {
	first := true
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			status(http.StatusRequestTimeout, "")(w, r)
			return
		}
		answer(`{"name":"a"}`)(w, r)
	})
	response, err := rest.Call(t.Context(), connect(t, u.URL), read, rest.Request{})
	if err != nil || response.Attempts != 2 {
		t.Errorf("%d attempts, %v", response.Attempts, err)
	}
	u = serve(t, status(http.StatusRequestTimeout, ""))
	found := failure(t, get(t.Context(), connect(t, u.URL)))
	if found.Kind != rest.Timeout || !found.Retryable || found.Status != http.StatusRequestTimeout {
		t.Errorf("error = %+v", found)
	}
}

// While the upstream's refusal of one call holds, the others of its group are refused for the same reason, and do not
// count against their own circuits.
func TestFound_C14_OtherCallsOfAPausedGroup(t *testing.T) {
	u := serve(t, answer(`{}`))
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Quota = refusing{paused: true} })
	for range 10 {
		_, err := rest.Call(t.Context(), c, scarce, rest.Request{})
		found := failure(t, err)
		if found.Kind != rest.RateLimited || !found.Retryable || found.RetryAfter != 7*time.Second || !rest.Refused(err) {
			t.Fatalf("error = %+v", found)
		}
	}
	if got := c.Circuit("scarceThing"); got != "closed" {
		t.Errorf("circuit is %s", got)
	}
	u.wants(t, 0)
}

// A date in Retry-After is by the upstream's clock, as the answer's own Date is.
func TestFound_F6_RetryAfterAsADate(t *testing.T) {
	at := newClock()
	for name, test := range map[string]struct {
		date string // the answer's own, empty: none
		then time.Duration
		want time.Duration
	}{
		"ten minutes ahead":  {httpDate(at.Now().Add(10 * time.Minute)), 630 * time.Second, 30 * time.Second},
		"ten minutes behind": {httpDate(at.Now().Add(-10 * time.Minute)), -570 * time.Second, 30 * time.Second},
		"without a date":     {"", 30 * time.Second, 30 * time.Second},
		"an odd date":        {"yesterday", 30 * time.Second, 30 * time.Second},
		"already over":       {httpDate(at.Now().Add(10 * time.Minute)), time.Minute, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			for _, code := range []int{429, 503} {
				u := serve(t, func(w http.ResponseWriter, r *http.Request) {
					w.Header()["Date"] = nil
					if test.date != "" {
						w.Header()["Date"] = []string{test.date}
					}
					status(code, "", "Retry-After", httpDate(at.Now().Add(test.then)))(w, r)
				})
				c := connect(t, u.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.Now = at.Now })
				found := failure(t, get(t.Context(), c))
				if found.RetryAfter != test.want || !found.RetryAt.Equal(at.Now().Add(test.want)) {
					t.Errorf("%d: retry after %v, at %v, want %v", code, found.RetryAfter, found.RetryAt, test.want)
				}
			}
		})
	}
}

func httpDate(at time.Time) string { return at.UTC().Format(http.TimeFormat) }

// The jitter is of the failure and not of each answer that is given of it.
func TestFound_C5_OneJitterAFailure(t *testing.T) {
	at := newClock()
	u := serve(t, status(429, "", "Retry-After", "30"))
	c := connect(t, u.URL, noRetries, func(cfg *rest.ClientConfig) {
		cfg.Now, cfg.Rand = at.Now, func() float64 { return 0.5 }
	})
	found := failure(t, get(t.Context(), c))
	if want := at.Now().Add(33 * time.Second); !found.RetryAt.Equal(want) || found.RetryAfter != 30*time.Second {
		t.Errorf("ask again at %v, want %v: 30 s and half of a fifth more", found.RetryAt, want)
	}
}

// Those whom an open circuit refuses are told one moment, however often they ask.
func TestFound_C5_OneMomentOfAnOpenCircuit(t *testing.T) {
	at, jitter := newClock(), 0.0
	u := serve(t, status(http.StatusInternalServerError, ""))
	c := connect(t, u.URL, noRetries, func(cfg *rest.ClientConfig) {
		cfg.Now, cfg.Breaker = at.Now, circuit.Settings{ScarceFailures: 1, ScarceOpen: 10 * time.Second}
		cfg.Rand = func() float64 {
			jitter += 0.1
			return jitter
		}
	})
	if _, err := rest.Call(t.Context(), c, scarce, rest.Request{}); err == nil {
		t.Fatal("no error")
	}
	opened, moment := at.Now(), time.Time{}
	for range 3 {
		_, err := rest.Call(t.Context(), c, scarce, rest.Request{})
		found := failure(t, err)
		if moment.IsZero() {
			moment = found.RetryAt
		}
		late := found.RetryAt.Sub(opened.Add(10 * time.Second))
		if !found.RetryAt.Equal(moment) || late < 0 || late > 2*time.Second {
			t.Errorf("ask again at %v, first %v", found.RetryAt, moment)
		}
		at.Advance(3 * time.Second)
	}
}

// An attempt that finds no connection was tried and not sent.
func TestFound_C8_AttemptsWithoutAConnection(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	heard := &recorder{}
	c := connect(t, gone.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.Observers = []rest.Observer{heard} })
	if err := get(t.Context(), c); err == nil {
		t.Fatal("no error")
	}
	refused := connect(t, gone.URL, noRetries, func(cfg *rest.ClientConfig) {
		cfg.Observers, cfg.Quota = []rest.Observer{heard}, refusing{}
	})
	if _, err := rest.Call(t.Context(), refused, scarce, rest.Request{}); err == nil {
		t.Fatal("no error")
	}
	got := heard.all()
	if len(got) != 2 || !got[0].Tried || got[0].Sent || got[0].Kind != rest.Unavailable || got[1].Tried || got[1].Sent {
		t.Errorf("attempts = %+v", got)
	}
}

// brokenLogin is a source of tokens that has none.
type brokenLogin struct{ err error }

func (b brokenLogin) Token(context.Context) (string, error)         { return "", b.err }
func (b brokenLogin) Renew(context.Context, string) (string, error) { return "", b.err }

// leaving is a source of tokens whose caller leaves while it is asked for a newer one.
type leaving struct{ leave context.CancelFunc }

func (l leaving) Token(context.Context) (string, error) { return "old", nil }

func (l leaving) Renew(ctx context.Context, _ string) (string, error) {
	l.leave()
	return "", ctx.Err()
}

// refusing is a quota without tokens, perhaps because the upstream refused a call a moment ago.
type refusing struct{ paused bool }

func (r refusing) Take(context.Context, string, int) (time.Duration, func(), error) {
	return 0, nil, refusalError{r.paused}
}
func (r refusing) Slow(context.Context, string, time.Duration) {}

type refusalError struct{ paused bool }

func (r refusalError) Error() string             { return "no token" }
func (r refusalError) RetryAfter() time.Duration { return 7 * time.Second }
func (r refusalError) Paused() bool              { return r.paused }
