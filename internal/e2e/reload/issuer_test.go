package reload

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// issuer is a server of keys that are rotated, with a gateway whose callers bring its tokens.
type issuer struct {
	*kit.World
	*kit.Replica
	t *testing.T

	mu      sync.Mutex
	keys    []byte
	answer  func(http.ResponseWriter, []byte) // nil: the keys
	readers int
}

// newIssuer starts the gateway on a world of its own, whose clock stands.
func newIssuer(t *testing.T, keys signer) *issuer {
	t.Helper()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	return newIssuerOf(t, w, keys, func(t *testing.T, environ ...string) *kit.Replica {
		t.Helper()
		return w.StartGateway(t, "", environ...)
	})
}

func newIssuerOf(
	t *testing.T, w *kit.World, keys signer, start func(*testing.T, ...string) *kit.Replica, environ ...string,
) *issuer {
	t.Helper()
	i := &issuer{World: w, t: t, keys: keys.set(t)}
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	i.Replica = start(t, append([]string{
		"OPSGRAPH_AUTH_MODE=jwt", "OPSGRAPH_AUTH_ISSUER=https://id.example", "OPSGRAPH_AUTH_AUDIENCE=opsgraph",
		"OPSGRAPH_AUTH_JWKS_URL=" + server.URL,
	}, environ...)...)
	return i
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	i.readers++
	keys, answer := i.keys, i.answer
	i.mu.Unlock()
	if answer != nil {
		answer(w, keys)
		return
	}
	_, _ = w.Write(keys)
}

// give has the issuer give a set of keys.
func (i *issuer) give(keys []byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = keys
}

// rotate has the issuer give other keys, in another way if answer is not nil.
func (i *issuer) rotate(to signer, answer func(http.ResponseWriter, []byte)) {
	i.t.Helper()
	keys := to.set(i.t)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys, i.answer = keys, answer
}

// wantRead checks how often the keys were read.
func (i *issuer) wantRead(what string, times int) {
	i.t.Helper()
	if got := i.reads(); got != times {
		i.t.Errorf("%s: the keys were read %d times, want %d", what, got, times)
	}
}

func (i *issuer) reads() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.readers
}

// wantIn and wantOut ask with a token of a key.
func (i *issuer) wantIn(what string, key signer) {
	i.t.Helper()
	if got := i.Ask(i.t, deep, "", key.bearer(i.Clock.Now())); got.Status != http.StatusOK || got.Code() != "" {
		i.t.Errorf("%s: %d %s", what, got.Status, got.Raw)
	}
}

func (i *issuer) wantOut(what string, key signer) {
	i.t.Helper()
	if got := i.Ask(i.t, deep, "", key.bearer(i.Clock.Now())); got.Code() != "UNAUTHENTICATED" {
		i.t.Errorf("%s: %d %s", what, got.Status, got.Raw)
	}
}

// TestRenewKeys: keys are held until they are renewed. A withdrawn one ends then, and a new one counts; the issuer is
// asked once a minute at most, however often that is wanted, and what was wanted within the minute is done after it.
func TestRenewKeys(t *testing.T) {
	t.Parallel()
	first, second, third := newSigner(t), newSigner(t), newSigner(t)
	i := newIssuer(t, first)
	i.Gateway.RenewKeys() // before any was read
	i.wantIn("at the start", first)
	i.rotate(second, nil)
	i.Clock.Advance(time.Minute)
	i.wantIn("a withdrawn key, of those held", first)
	i.wantRead("held keys", 1)
	i.Gateway.RenewKeys()
	i.wantOut("a withdrawn key", first)
	i.wantIn("a new key", second)
	i.wantRead("renewed", 2)

	i.rotate(third, nil)
	for range 3 {
		i.Gateway.RenewKeys()
		i.Clock.Advance(19 * time.Second)
		i.wantIn("within the minute", second)
	}
	i.wantRead("renewed within the minute", 2)
	i.Clock.Advance(3 * time.Second)
	i.wantOut("after the minute", second)
	i.wantIn("after the minute", third)
	i.wantRead("after the minute", 3)
	i.Clock.Advance(2 * time.Minute)
	i.wantIn("later", third)
	i.wantRead("wanted once, read once", 3)
}

// TestRenewKeys_underWay wants keys while they are being read: those on their way may be older than that, so that they
// are read once more.
func TestRenewKeys_underWay(t *testing.T) {
	t.Parallel()
	first, second := newSigner(t), newSigner(t)
	i := newIssuer(t, first)
	i.wantIn("at the start", first)
	release := make(chan struct{})
	i.rotate(first, func(w http.ResponseWriter, keys []byte) {
		<-release
		_, _ = w.Write(keys)
	})
	i.Clock.Advance(10 * time.Minute)
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		i.wantIn("it waits for the reading", first)
	}()
	testkit.Eventually(t, "the keys are not read", func() bool { return i.reads() == 2 })
	i.rotate(second, nil)
	i.Gateway.RenewKeys()
	close(release)
	<-asked
	i.Clock.Advance(time.Minute)
	i.wantOut("a withdrawn key", first)
	i.wantIn("a new key", second)
}

// TestRenewKeys_fails: while the issuer gives no keys, those held count, also for callers who come while it is asked.
// The log says so, once for each reading, and the first one that succeeds ends a withdrawn key.
func TestRenewKeys_fails(t *testing.T) {
	t.Parallel()
	hangs := make(chan struct{})
	for name, answer := range map[string]func(http.ResponseWriter, []byte){
		"an error":  func(w http.ResponseWriter, _ []byte) { w.WriteHeader(http.StatusInternalServerError) },
		"no JSON":   func(w http.ResponseWriter, _ []byte) { _, _ = w.Write([]byte("<html>")) },
		"no keys":   func(w http.ResponseWriter, _ []byte) { _, _ = w.Write([]byte(`{"keys":"none"}`)) },
		"half":      func(w http.ResponseWriter, keys []byte) { _, _ = w.Write(keys[:len(keys)/2]) },
		"no answer": func(http.ResponseWriter, []byte) { <-hangs; panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, second := newSigner(t), newSigner(t)
			i := newIssuer(t, first)
			told := func() int { return strings.Count(i.Log.String(), "keys of the tokens' issuer not read") }
			i.wantIn("at the start", first)
			i.rotate(second, answer)
			i.Clock.Advance(time.Minute)
			i.Gateway.RenewKeys()
			began := make(chan struct{})
			go func() {
				defer close(began)
				i.wantIn("who began the reading", first)
			}()
			testkit.Eventually(t, "the keys are not read", func() bool { return i.reads() == 2 })
			i.wantIn("beside the reading", first)
			if name == "no answer" {
				if told() != 0 {
					t.Error("the reading has ended: nothing was beside it")
				}
				close(hangs)
			}
			<-began
			i.wantIn("after the reading", first)
			i.wantRead("within the minute", 2)
			i.Clock.Advance(time.Minute)
			i.wantIn("it fails again", first)
			i.wantRead("a minute later", 3)
			if got := told(); got != 2 {
				t.Errorf("the log tells of %d failures, want 2: %s", got, i.Log.String())
			}
			i.rotate(second, nil)
			i.Clock.Advance(time.Minute)
			i.wantOut("a withdrawn key", first)
			i.wantIn("a new key", second)
		})
	}
}
