// Package dial makes the connections of a client, to no address that no upstream has, and says why one failed. It knows
// neither calls nor what they ask.
package dial

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

const (
	defaultTimeout     = time.Second
	idleTimeout        = 30 * time.Second // a host that moved is found again within a minute
	defaultHeaderBytes = 64 << 10         // a token alone may be several kilobytes (QUIRKS 90)
)

var (
	// errForbiddenAddress means that a name resolved to an address that no upstream has.
	errForbiddenAddress = errors.New("address is link-local or serves metadata")
	// errUnverified means that a TLS configuration takes any certificate.
	errUnverified = errors.New("verification must not be turned off")
)

// metadataAddress is the one address of cloud metadata that is not link-local.
const metadataAddress = "fd00:ec2::254"

// Limits bound what a client has on the wire.
type Limits struct {
	// InFlight is how many connections may be idle: as many as requests may be under way.
	InFlight int
	// Timeout bounds the dialling of a connection, and again its TLS handshake; zero means 1 s.
	Timeout time.Duration
	// HeaderBytes bounds the header of an answer; zero means 64 KiB.
	HeaderBytes int64
}

// Transport returns a transport of one client. It uses HTTP/1.1 only, so that a broken connection costs one request,
// and no proxy of the environment. It fails where the TLS configuration takes any certificate; nil means the system's
// roots.
func Transport(limits Limits, given *tls.Config) (*http.Transport, error) {
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if given != nil {
		if given.InsecureSkipVerify {
			return nil, errUnverified
		}
		secure = given.Clone()
		secure.MinVersion = max(secure.MinVersion, tls.VersionTLS12)
	}
	timeout := cmp.Or(limits.Timeout, defaultTimeout)
	dialer := &net.Dialer{Timeout: timeout, KeepAlive: 15 * time.Second, Control: refuseForbidden}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        secure,
		TLSHandshakeTimeout:    timeout,
		Protocols:              protocols,
		MaxIdleConns:           limits.InFlight,
		MaxIdleConnsPerHost:    limits.InFlight,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: cmp.Or(limits.HeaderBytes, defaultHeaderBytes),
	}, nil
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

// Reach opens a connection to the host of a URL as the transport would, and closes it without a request.
func Reach(ctx context.Context, transport *http.Transport, base *url.URL) error {
	secure := base.Scheme == "https"
	port := base.Port()
	if port == "" {
		port = map[bool]string{false: "80", true: "443"}[secure]
	}
	conn, err := transport.DialContext(ctx, "tcp", net.JoinHostPort(base.Hostname(), port))
	if err != nil {
		return err
	}
	defer conn.Close()
	if !secure {
		return nil
	}
	settings := transport.TLSClientConfig.Clone()
	settings.ServerName = cmp.Or(settings.ServerName, base.Hostname())
	return tls.Client(conn, settings).HandshakeContext(ctx)
}
