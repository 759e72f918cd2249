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
)

// issuerKeys are the public keys of the issuer, as an oidc.KeySet. Their address is the only one that the gateway calls
// outside of upstream/rest: without redirects, without a proxy of the environment, and no token can name another.
type issuerKeys struct {
	address string
	wire    *http.Transport
	logger  *slog.Logger
	now     func() time.Time

	reading sync.Mutex // held while a new set is made
	mu      sync.Mutex
	set     *oidc.RemoteKeySet
	since   time.Time // of set; zero before its first reading
	asked   time.Time // when the issuer was asked last
	failed  bool      // the last reading failed
}

func newIssuerKeys(address string, logger *slog.Logger, now func() time.Time) *issuerKeys {
	k := &issuerKeys{address: address, logger: logger, now: now, wire: &http.Transport{
		DialContext:         (&net.Dialer{Timeout: keysTimeout}).DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: keysTimeout, MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true,
	}}
	k.set = k.newSet()
	return k
}

func (k *issuerKeys) newSet() *oidc.RemoteKeySet {
	client := &http.Client{
		Transport: k, Timeout: keysTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), client), k.address)
}

func (k *issuerKeys) close() { k.wire.CloseIdleConnections() }

// VerifySignature implements oidc.KeySet. An unknown key has the keys read anew, once a minute at most.
func (k *issuerKeys) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	if k.old() && k.reading.TryLock() {
		defer k.reading.Unlock()
		fresh := k.newSet()
		payload, err := fresh.VerifySignature(ctx, jwt)
		if !errors.Is(err, errKeysUnavailable) && !errors.Is(err, errKeysAsked) && ctx.Err() == nil {
			k.swap(fresh)
			return payload, err
		}
	}
	k.mu.Lock()
	set := k.set
	k.mu.Unlock()
	payload, err := set.VerifySignature(ctx, jwt)
	if errors.Is(err, errKeysUnavailable) {
		noteKeyFault(ctx, errKeysUnavailable)
	}
	return payload, err
}

// old reports whether the keys should be read anew although the held ones may still be good.
func (k *issuerKeys) old() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	return !k.since.IsZero() && now.Sub(k.since) >= keysAge && now.Sub(k.asked) >= keysEvery
}

func (k *issuerKeys) swap(set *oidc.RemoteKeySet) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.set = set
}

// RoundTrip implements http.RoundTripper for the key set: it calls the configured address only, once a minute at most.
func (k *issuerKeys) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := k.mayAsk(); err != nil {
		return nil, err
	}
	response, err := k.read(request)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed = err != nil; k.failed {
		k.logger.WarnContext(request.Context(), "keys of the tokens' issuer not read", slog.Any("error", err))
		return nil, err
	}
	k.since = k.now()
	return response, nil
}

func (k *issuerKeys) mayAsk() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	if !k.asked.IsZero() && now.Sub(k.asked) < keysEvery {
		if k.failed {
			return errKeysUnavailable
		}
		return errKeysAsked
	}
	k.asked = now
	return nil
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
	case !json.Valid(body):
		return nil, fmt.Errorf("%w: no JSON", errKeysUnavailable)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
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
	k := newIssuerKeys(cfg.Auth.JWKSURL.Reveal(), slog.New(slog.DiscardHandler), now)
	defer k.close()
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
