package dial

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"syscall"
)

var (
	// ErrScheme means that an address says http where the port speaks https, or the other way round.
	ErrScheme = errors.New("http and https are mixed up")
	// ErrUntrusted means that the certificate of a system is not one that the client trusts, for the name that it is
	// called by.
	ErrUntrusted = errors.New("certificate not trusted")
	// ErrUntrusting means that a system does not take the client's certificate, or asks for one where there is none.
	ErrUntrusting = errors.New("client's certificate refused")
)

// Explained puts the error of this package that says why a connection broke, if one does, before err in the chain.
func Explained(err error) error {
	if isPlainAnswer(err) {
		err = fmt.Errorf("%w: %w", ErrScheme, err)
	}
	switch {
	case isCertificate(err):
		err = fmt.Errorf("%w: %w", ErrUntrusted, err)
	case isRefusedCertificate(err):
		err = fmt.Errorf("%w: %w", ErrUntrusting, err)
	}
	return err
}

// Reason names the cause of an [Explained] error without an address, and reports whether another attempt may help.
func Reason(err error) (reason string, mayPass bool) {
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
		return "name not resolved", true
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused", true
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset", true
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed early", true
	case isTimeout(err):
		return "connect timed out", true
	default:
		return "connection failed", true
	}
}

func isCertificate(err error) bool {
	_, verification := errors.AsType[*tls.CertificateVerificationError](err)
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	return verification || authority || host || invalid
}

// isRefusedCertificate reports the alerts by which a server refuses the certificate of its client (RFC 8446 section
// 6.2). Package tls keeps the type of alerts that came to itself; its value is the alert's number.
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

// WantsTLS reports an answer by which servers refuse a request without TLS at a port that wants it.
func WantsTLS(status int, body []byte) bool {
	text := bytes.ToLower(body)
	return status == http.StatusBadRequest && bytes.Contains(text, []byte("http request")) &&
		bytes.Contains(text, []byte("https"))
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
