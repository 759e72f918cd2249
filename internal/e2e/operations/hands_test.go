package operations

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/command"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// runs calls the program, which must end by itself.
func runs(t *testing.T, args, environ []string) (stdout string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out strings.Builder
	err = command.Run(ctx, args, environ, &out, io.Discard)
	if ctx.Err() != nil {
		t.Fatalf("%q did not end by itself: %v", args, err)
	}
	return out.String(), err
}

// TestServe_checksFirst does not start with credentials that the upstream refuses, where it is asked to look, and says
// which setting is wrong.
func TestServe_checksFirst(t *testing.T) {
	t.Parallel()
	w := newPresentWorld(t)
	const wrong = "OPSGRAPH_ESM_APPCODE=wrong-0123456789"
	for name, call := range map[string]struct{ args, environ []string }{
		"by the flag":    {[]string{"serve", "--check"}, []string{wrong}},
		"by the setting": {[]string{"serve"}, []string{wrong, "OPSGRAPH_CHECK_AT_START=true"}},
		"for Redis":      {[]string{"serve", "--check"}, []string{"OPSGRAPH_REDIS_URL=redis://127.0.0.1:1"}},
	} {
		stdout, err := runs(t, call.args, append(w.Environment(), call.environ...))
		if err == nil || command.ExitCode(err) != 1 || stdout != "" {
			t.Fatalf("%s: %v, %q", name, err, stdout)
		}
		want := "esm: refuses the AppCode: look at esm.appcode (OPSGRAPH_ESM_APPCODE)"
		if name == "for Redis" {
			want = "redis (cache and coordination): does not answer: look at redis.url (OPSGRAPH_REDIS_URL)"
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "wrong-0123456789") {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	calls := len(w.Arrived())
	o := operate(t, w, "OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_CHECK_AT_START=true")
	if got := len(w.Arrived()) - calls; got < 4 { // two logins, a call of ESM and one of BSS; then the gateway's own login
		t.Errorf("a start with a check made %d calls", got)
	}
	if !strings.Contains(o.log.String(), `msg="checked before the start"`) {
		t.Errorf("the log does not say that it was checked: %s", o.log)
	}
}

// TestTop shows replicas of which one is gone, once.
func TestTop(t *testing.T) {
	t.Parallel()
	w := newPresentWorld(t)
	one := operate(t, w, "OPSGRAPH_LISTEN=127.0.0.1:0")
	two := operate(t, w, "OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_LIMITS_COST=1")
	gone := kit.FreeAddress(t)
	strip := func(address string) string { return strings.TrimPrefix(address, "http://") }
	one.ask(t, `{ hosts(first: 1) { totalCount } }`)
	addresses := one.operators + "," + strip(two.operators) + "/"
	stdout, err := runs(t, []string{"top", "--once", "--every", "10ms", "--at", addresses}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2 replicas", strip(one.operators), strip(two.operators), "queries/s", "ready", " MB"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the page lacks %q:\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "\x1b") {
		t.Errorf("a page for scripts clears the screen:\n%s", stdout)
	}
	stdout, err = runs(t, []string{"top", "--once", "--every", "10ms", "--at", one.operators + "," + gone}, nil)
	if err == nil || command.ExitCode(err) != 1 || !strings.Contains(err.Error(), gone) ||
		!strings.Contains(stdout, "no answer") || !strings.Contains(stdout, "ready") {
		t.Errorf("with one that is gone: %v\n%s", err, stdout)
	}
	for _, args := range [][]string{
		{"top", "--at", "ftp://x"}, {"top", "--at", ""}, {"top", "--at", "http://user:word@x:1"}, {"top", "--every", "0s"},
	} {
		if _, err := runs(t, args, nil); err == nil || command.ExitCode(err) != 2 || strings.Contains(err.Error(), "word") {
			t.Errorf("%v: %v", args, err)
		}
	}
}
