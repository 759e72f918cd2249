package rest

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest/causes"
)

const (
	defaultDialTimeout    = time.Second
	idleTimeout           = 30 * time.Second // a host that moved is found again within a minute
	defaultMaxHeaderBytes = 64 << 10         // a token alone may be several kilobytes (QUIRKS 90)
)

// wireLimits bound what a client has on the wire.
type wireLimits struct {
	inFlight    int
	dialTimeout time.Duration
	headerBytes int64
}

func wireLimitsOf(cfg ClientConfig, inFlight int) wireLimits {
	return wireLimits{
		inFlight: inFlight, dialTimeout: cmp.Or(cfg.DialTimeout, defaultDialTimeout),
		headerBytes: cmp.Or(cfg.MaxHeaderBytes, defaultMaxHeaderBytes),
	}
}

// newTransport returns a transport of one client. It uses HTTP/1.1 only, so that a broken connection costs one request,
// and no proxy of the environment.
func newTransport(limits wireLimits, given *tls.Config) *http.Transport {
	dialer := &net.Dialer{Timeout: limits.dialTimeout, KeepAlive: 15 * time.Second, Control: causes.RefuseForbidden}
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if given != nil {
		secure = given.Clone()
		secure.MinVersion = max(secure.MinVersion, tls.VersionTLS12)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        secure,
		TLSHandshakeTimeout:    limits.dialTimeout,
		Protocols:              protocols,
		MaxIdleConns:           limits.inFlight,
		MaxIdleConnsPerHost:    limits.inFlight,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: limits.headerBytes,
	}
}

// broken returns the error of a request or body whose connection broke.
func (o *outgoing) broken(ctx context.Context, err error) *Error {
	if ctx.Err() != nil {
		if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
			return o.fail(Timeout, "", context.DeadlineExceeded)
		}
		return o.fail(Canceled, "", context.Canceled)
	}
	if causes.IsPlainAnswer(err) {
		err = fmt.Errorf("%w: %w", ErrScheme, err)
	}
	switch {
	case causes.IsUntrusted(err):
		err = fmt.Errorf("%w: %w", ErrUntrusted, err)
	case causes.IsUntrusting(err):
		err = fmt.Errorf("%w: %w", ErrUntrusting, err)
	}
	failure := o.fail(Unavailable, "", err)
	failure.reason, failure.Retryable = causes.Reason(err, failure.Retryable)
	return failure
}

// Reach opens a connection to the system and closes it, without a request: it costs no call. A system without a URL is
// [NotConfigured].
func (c *Client) Reach(ctx context.Context) error {
	spec := Spec{System: c.system, Operation: "connect", Reads: true}
	if c.base == nil {
		return spec.Fail(NotConfigured, nil)
	}
	o := &outgoing{spec: spec}
	secure := c.base.Scheme == "https"
	port := c.base.Port()
	if port == "" {
		port = map[bool]string{false: "80", true: "443"}[secure]
	}
	transport := c.transport.Load()
	conn, err := transport.DialContext(ctx, "tcp", net.JoinHostPort(c.base.Hostname(), port))
	if err != nil {
		return o.broken(ctx, err)
	}
	defer conn.Close()
	if !secure {
		return nil
	}
	settings := transport.TLSClientConfig.Clone()
	settings.ServerName = cmp.Or(settings.ServerName, c.base.Hostname())
	if err := tls.Client(conn, settings).HandshakeContext(ctx); err != nil {
		return o.broken(ctx, err)
	}
	return nil
}
