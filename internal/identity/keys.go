package identity

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/opsgraph/opsgraph/internal/config"
)

const (
	// keysEvery is the least time between two questions to the issuer, whatever tokens come.
	keysEvery = time.Minute
	// keysAge is the age at which keys are read anew, so that a withdrawn one ends.
	keysAge = 10 * time.Minute
	// keysTimeout and keysBytes bound one reading.
	keysTimeout = 5 * time.Second
	keysBytes   = 1 << 20
)

var (
	// errKeysUnavailable reports that the issuer's keys can't be read, whatever the token.
	errKeysUnavailable = errors.New("keys of the issuer unavailable")
	errKeysAsked       = errors.New("keys of the issuer were read less than a minute ago")
	errNoKeySet        = errors.New("the file has no set of keys")
)

// issuerKeys are the public keys of the issuer, as an oidc.KeySet. Their address is the only one that the gateway calls
// outside of upstream/rest: without redirects, without a proxy of the environment, and no token can name another.
//
// Where the keys come as a file, no address is called at all: they are those of the file as it was read.
type issuerKeys struct {
	address string
	file    []byte // nil: the keys are at the address
	wire    *http.Transport
	logger  *slog.Logger
	now     func() time.Time

	life context.Context // of the gateway, not of a request
	end  context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex
	set     *oidc.RemoteKeySet
	renewal chan struct{} // closed at the end of the renewal under way; nil without one
	closed  bool
	since   time.Time // of set; zero before its first reading
	asked   time.Time // when the issuer was asked last
	failed  bool      // the last reading failed
	// wanted counts the calls of want, and met how many of them the last good reading began after.
	wanted, met int
}

// keysInFile stands for an address where there is none.
const keysInFile = "file://keys.invalid"

// anyToken has the form of a signed token: to check its signature a set must read its keys.
const anyToken = "eyJhbGciOiJSUzI1NiJ9.e30.AA"

func newIssuerKeys(cfg config.Config, logger *slog.Logger, now func() time.Time) (*issuerKeys, error) {
	address, file := cfg.Auth.JWKSURL.Reveal(), []byte(nil)
	if cfg.Auth.JWKSFile != "" {
		var err error
		if file, err = readKeysFile(cfg.Auth.JWKSFile); err != nil {
			return nil, err
		}
		address = keysInFile
	}
	k := &issuerKeys{address: address, file: file, logger: logger, now: now, wire: &http.Transport{
		DialContext:         (&net.Dialer{Timeout: keysTimeout}).DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: keysTimeout, MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true,
	}}
	k.life, k.end = context.WithCancel(context.Background())
	k.set = k.newSet()
	if k.file != nil {
		// The library's error wraps that of the reading; that of a token which no key has signed wraps nothing.
		if _, err := k.set.VerifySignature(k.life, anyToken); errors.Unwrap(err) != nil {
			return nil, fmt.Errorf("keys of the tokens' issuer: %s: %w", cfg.Auth.JWKSFile, errNoKeySet)
		}
	}
	return k, nil
}

// readKeysFile reads a file with a set of keys.
func readKeysFile(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err == nil && !isKeySet(text) {
		err = fmt.Errorf("%s: %w", path, errNoKeySet)
	}
	if err != nil {
		return nil, fmt.Errorf("keys of the tokens' issuer: %w", err)
	}
	return text, nil
}

// source is where the keys are from and, of a file, what they are: equal ones are the same keys.
func (k *issuerKeys) source() string { return k.address + string(k.file) }

// want has the keys count as old until a reading has succeeded that begins later: one that is under way may have been
// answered before. A file's are read anew with the configuration.
func (k *issuerKeys) want() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.wanted++
}

// newSet makes a set without keys. It reads them in a goroutine of its own, within the client's time and no caller's.
func (k *issuerKeys) newSet() *oidc.RemoteKeySet {
	client := &http.Client{
		Transport: k, Timeout: keysTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), client), k.address)
}

// close ends a renewal under way and waits for it.
func (k *issuerKeys) close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	k.end()
	k.work.Wait()
	k.wire.CloseIdleConnections()
}

// VerifySignature implements oidc.KeySet. An unknown key has the keys read anew, once a minute at most.
func (k *issuerKeys) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	k.renew(ctx, jwt)
	k.mu.Lock()
	set := k.set
	k.mu.Unlock()
	payload, err := set.VerifySignature(ctx, jwt)
	if errors.Is(err, errKeysUnavailable) {
		noteKeyFault(ctx, errKeysUnavailable)
	}
	return payload, err
}

// renew replaces keys that are old. A request waits for the reading that it began, but the reading is nobody's: it goes
// on when that request is given up, else a withdrawn key would live for as long as somebody hangs up in time.
func (k *issuerKeys) renew(ctx context.Context, jwt string) {
	done := k.beginRenewal(jwt)
	if done == nil {
		return
	}
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// beginRenewal begins a reading of old keys unless one is under way; the channel closes at its end.
func (k *issuerKeys) beginRenewal(jwt string) <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed || k.renewal != nil || !k.old() {
		return nil
	}
	done, since := make(chan struct{}), k.since
	k.renewal = done
	k.work.Go(func() {
		ctx, cancel := context.WithTimeout(k.life, keysTimeout)
		defer cancel()
		fresh := k.newSet()
		_, err := fresh.VerifySignature(ctx, jwt) // any token has a set without keys read them
		k.endRenewal(fresh, since, err)
		close(done)
	})
	return done
}

// endRenewal takes the new set, if its keys could be read; else the old keys stay, and stay old. The library's error
// wraps that of the reading; that of a token which the new keys do not verify wraps nothing.
func (k *issuerKeys) endRenewal(fresh *oidc.RemoteKeySet, since time.Time, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.renewal = nil
	if errors.Unwrap(err) == nil && k.since.After(since) {
		k.set = fresh
		return
	}
	k.since = since
}

// old reports whether the keys should be read anew although the held ones may still be good. The lock is held.
func (k *issuerKeys) old() bool {
	now := k.now()
	isOld := now.Sub(k.since) >= keysAge || k.met < k.wanted
	return k.file == nil && !k.since.IsZero() && isOld && now.Sub(k.asked) >= keysEvery
}

// RoundTrip implements http.RoundTripper for the key set: it calls the configured address only, once a minute at most.
func (k *issuerKeys) RoundTrip(request *http.Request) (*http.Response, error) {
	if k.file != nil {
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(k.file)), Request: request,
		}, nil
	}
	wanted, err := k.mayAsk()
	if err != nil {
		return nil, err
	}
	response, err := k.read(request)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed = err != nil; k.failed {
		k.logger.WarnContext(request.Context(), "keys of the tokens' issuer not read", slog.Any("error", err))
		return nil, err
	}
	k.since, k.met = k.now(), wanted
	return response, nil
}

// mayAsk begins a reading, and returns how often one was wanted before.
func (k *issuerKeys) mayAsk() (wanted int, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	if !k.asked.IsZero() && now.Sub(k.asked) < keysEvery {
		if k.failed {
			return 0, errKeysUnavailable
		}
		return 0, errKeysAsked
	}
	k.asked = now
	return k.wanted, nil
}

// read reads the whole answer, which must be JSON of a bounded size.
func (k *issuerKeys) read(request *http.Request) (*http.Response, error) {
	if request.URL.String() != k.address {
		return nil, fmt.Errorf("%w: not the configured address", errKeysUnavailable)
	}
	response, err := k.wire.RoundTrip(request)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKeysUnavailable, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: status %d", errKeysUnavailable, response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, keysBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errKeysUnavailable, err)
	case len(body) > keysBytes:
		return nil, fmt.Errorf("%w: more than %d bytes", errKeysUnavailable, keysBytes)
	case !isKeySet(body):
		return nil, fmt.Errorf("%w: no key set", errKeysUnavailable)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// isKeySet reports whether a text is a set of keys, each an object: anything else must not replace good keys.
func isKeySet(body []byte) bool {
	var set struct {
		Keys []map[string]json.RawMessage `json:"keys"`
	}
	return json.Unmarshal(body, &set) == nil && set.Keys != nil
}

type keyFaultKey struct{}

// withKeyFault returns a context in which a verification can report unavailable keys: the verifier's error does not.
func withKeyFault(ctx context.Context) (context.Context, *error) {
	fault := new(error)
	return context.WithValue(ctx, keyFaultKey{}, fault), fault
}

func noteKeyFault(ctx context.Context, err error) {
	if fault, ok := ctx.Value(keyFaultKey{}).(*error); ok {
		*fault = err
	}
}

// CheckKeys reads the issuer's keys once; the error names the setting to look at.
func CheckKeys(ctx context.Context, cfg config.Config, now func() time.Time) error {
	k, err := newIssuerKeys(cfg, slog.New(slog.DiscardHandler), now)
	if err != nil {
		return fmt.Errorf("%w: look at %s", err, config.Label("auth.jwks_file"))
	}
	defer k.close()
	if k.file != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, keysTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, k.address, http.NoBody)
	if err == nil {
		var response *http.Response
		if response, err = k.read(request); err == nil {
			err = response.Body.Close()
		}
	}
	if err != nil {
		return fmt.Errorf("%w: look at %s", err, config.Label("auth.jwks_url"))
	}
	return nil
}
