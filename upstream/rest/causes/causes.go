// Package causes tells why there was no connection to a system, or why it broke.
package causes

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"reflect"
	"syscall"
)

// Causes that package rest and Reason decide by.
var (
	// ErrForbidden means that a name resolved to an address that no upstream has.
	ErrForbidden = errors.New("address is link-local or serves metadata")
	// ErrScheme means that an address says http where the port speaks https, or the other way round.
	ErrScheme = errors.New("http and https are mixed up")
	// ErrUntrusted means that the certificate of a system is not one that the client trusts, for the name that it is
	// called by.
	ErrUntrusted = errors.New("certificate not trusted")
	// ErrUntrusting means that a system does not take the client's certificate, or asks for one where there is none.
	ErrUntrusting = errors.New("client's certificate refused")
)

// metadataAddress is the one address of cloud metadata that is not link-local.
const metadataAddress = "fd00:ec2::254"

// RefuseForbidden checks the address after the name was resolved, so that a name cannot lead to a forbidden one.
// Private addresses are allowed: these sites are private.
func RefuseForbidden(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrForbidden
	}
	host := at.Addr().Unmap().WithZone("")
	if host.IsLinkLocalUnicast() || host.IsMulticast() || host.String() == metadataAddress {
		return ErrForbidden
	}
	return nil
}

// Reason names the cause without an address, and reports whether another attempt may help.
func Reason(err error, retryable bool) (string, bool) {
	switch {
	case errors.Is(err, ErrForbidden):
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

// IsUntrusted reports that the certificate of a server is not trusted.
func IsUntrusted(err error) bool {
	_, verification := errors.AsType[*tls.CertificateVerificationError](err)
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	return verification || authority || host || invalid
}

// IsUntrusting reports the alerts by which a server refuses the certificate of its client (RFC 8446 section
// 6.2). Package tls keeps the type of alerts that came to itself; its value is the alert's number.
func IsUntrusting(err error) bool {
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

// IsPlainAnswer reports an answer without TLS to a handshake.
func IsPlainAnswer(err error) bool {
	_, record := errors.AsType[tls.RecordHeaderError](err)
	return record || errors.Is(err, http.ErrSchemeMismatch)
}

// IsSecureOnly reports an answer by which servers refuse a request without TLS at a port that wants it.
func IsSecureOnly(status int, body []byte) bool {
	text := bytes.ToLower(body)
	return status == http.StatusBadRequest && bytes.Contains(text, []byte("http request")) &&
		bytes.Contains(text, []byte("https"))
}

// isTimeout reports a time-out in any of the forms that package net and net/http give it.
func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// isName reports that a name was not resolved.
func isName(err error) bool {
	_, ok := errors.AsType[*net.DNSError](err)
	return ok
}
