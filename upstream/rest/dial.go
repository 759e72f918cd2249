package rest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"reflect"
	"syscall"
	"time"
)

const (
	defaultDialTimeout    = time.Second
	idleTimeout           = 30 * time.Second // a host that moved is found again within a minute
	defaultMaxHeaderBytes = 64 << 10         // a token alone may be several kilobytes (QUIRKS 90)
)

// errForbiddenAddress means that a name resolved to an address that no upstream has.
var errForbiddenAddress = errors.New("address is link-local or serves metadata")

var (
	// ErrUntrusted means that the certificate of a system is not one that the client trusts, for the name that it is called
	// by.
	ErrUntrusted = errors.New("certificate not trusted")
	// ErrUntrusting means that a system does not take the client's certificate, or asks for one where there is none.
	ErrUntrusting = errors.New("client's certificate refused")
)

// metadataAddress is the one address of cloud metadata that is not link-local.
const metadataAddress = "fd00:ec2::254"

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
	dialer := &net.Dialer{Timeout: limits.dialTimeout, KeepAlive: 15 * time.Second, Control: refuseForbidden}
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

// refuseForbidden checks the address after the name was resolved, so that a name cannot lead to a forbidden one.
// Private addresses are allowed: these sites are private.
func refuseForbidden(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return errForbiddenAddress
	}
	host := at.Addr().Unmap().WithZone("")
	if host.IsLinkLocalUnicast() || host.IsMulticast() || host.String() == metadataAddress {
		return errForbiddenAddress
	}
	return nil
}

// broken returns the error of a request or body whose connection broke.
func (o *outgoing) broken(ctx context.Context, err error) *Error {
	if ctx.Err() != nil {
		if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
			return o.fail(Timeout, "", context.DeadlineExceeded)
		}
		return o.fail(Canceled, "", context.Canceled)
	}
	if isPlainAnswer(err) {
		err = fmt.Errorf("%w: %w", ErrScheme, err)
	}
	switch {
	case isCertificate(err):
		err = fmt.Errorf("%w: %w", ErrUntrusted, err)
	case isRefusedCertificate(err):
		err = fmt.Errorf("%w: %w", ErrUntrusting, err)
	}
	failure := o.fail(Unavailable, "", err)
	failure.reason, failure.Retryable = connectionReason(err, failure.Retryable)
	return failure
}

// connectionReason names the cause without an address, and reports whether another attempt may help.
func connectionReason(err error, retryable bool) (string, bool) {
	switch {
	case errors.Is(err, errForbiddenAddress):
		return "address not allowed", false
	case errors.Is(err, ErrScheme):
		return "no TLS at this port", false
	case errors.Is(err, ErrUntrusting):
		return "our certificate was refused, or is missing", false
	case errors.Is(err, ErrUntrusted):
		return "certificate not trusted", false
	case isName(err):
		return "name not resolved", retryable
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused", retryable
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset", retryable
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed early", retryable
	case isTimeout(err):
		return "connect timed out", retryable
	default:
		return "connection failed", retryable
	}
}

func isCertificate(err error) bool {
	_, verification := errors.AsType[*tls.CertificateVerificationError](err)
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	return verification || authority || host || invalid
}

// isRefusedCertificate reports the alerts by which a server refuses the certificate of its client (RFC 8446 section 6.2).
// Package tls keeps the type of alerts that came to itself; its value is the alert's number.
func isRefusedCertificate(err error) bool {
	remote, ok := errors.AsType[*net.OpError](err)
	if !ok || remote.Op != "remote error" {
		return false
	}
	alert := reflect.ValueOf(remote.Err)
	if alert.Kind() != reflect.Uint8 {
		return false
	}
	switch alert.Uint() {
	case 42, 43, 44, 45, 46, 48, 116: // bad, unsupported, revoked, expired, unknown, of an unknown authority, required
		return true
	default:
		return false
	}
}

// isPlainAnswer reports an answer without TLS to a handshake.
func isPlainAnswer(err error) bool {
	_, record := errors.AsType[tls.RecordHeaderError](err)
	return record || errors.Is(err, http.ErrSchemeMismatch)
}

// isSecureOnly reports an answer by which servers refuse a request without TLS at a port that wants it.
func isSecureOnly(status int, body []byte) bool {
	text := bytes.ToLower(body)
	return status == http.StatusBadRequest && bytes.Contains(text, []byte("http request")) &&
		bytes.Contains(text, []byte("https"))
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

// isTimeout reports a time-out in any of the forms that package net and net/http give it.
func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

func isName(err error) bool {
	_, ok := errors.AsType[*net.DNSError](err)
	return ok
}
