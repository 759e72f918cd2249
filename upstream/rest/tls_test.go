package rest_test

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// F-07: a certificate that is not trusted, or of another name, is never accepted and never retried.
func TestF07Certificates(t *testing.T) {
	server := httptest.NewUnstartedServer(answer(`{"name":"a"}`))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())

	trusting := connect(t, server.URL, func(cfg *rest.ClientConfig) { cfg.TLS = &tls.Config{RootCAs: roots} })
	if err := get(t.Context(), trusting); err != nil {
		t.Fatal(err)
	}
	tests := map[string]*rest.Client{
		"unknown authority": connect(t, server.URL),
		"wrong name": connect(t, server.URL, func(cfg *rest.ClientConfig) {
			cfg.TLS = &tls.Config{RootCAs: roots, ServerName: "esm.invalid"}
		}),
		"expired": connect(t, server.URL, func(cfg *rest.ClientConfig) {
			cfg.TLS = &tls.Config{RootCAs: roots, Time: func() time.Time { return server.Certificate().NotAfter.Add(time.Hour) }}
		}),
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			err := get(t.Context(), c)
			if found := failure(t, err); found.Kind != rest.Unavailable || found.Retryable {
				t.Errorf("error = %+v", found)
			}
			if got, want := err.Error(), "esm readThing: unavailable: certificate not trusted"; got != want {
				t.Errorf("text = %q, want %q", got, want)
			}
		})
	}
	t.Run("verification off", func(t *testing.T) {
		_, err := rest.NewClient(rest.ClientConfig{System: "esm", TLS: &tls.Config{InsecureSkipVerify: true}})
		if err == nil || !strings.Contains(err.Error(), "verification") {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("old protocol", func(t *testing.T) {
		old := httptest.NewUnstartedServer(answer(`{}`))
		old.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11}
		old.StartTLS()
		t.Cleanup(old.Close)
		lax := connect(t, old.URL, func(cfg *rest.ClientConfig) {
			cfg.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10}
		})
		if kind := rest.KindOf(get(t.Context(), lax)); kind != rest.Unavailable {
			t.Errorf("kind = %v", kind)
		}
	})
}

// F-07: a handshake that stalls ends at the dial timeout, which is a setting, or with the attempt.
func TestF07HandshakeStall(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	c := connect(t, "https://"+listener.Addr().String(), noRetries, func(cfg *rest.ClientConfig) {
		cfg.Timeout = 50 * time.Millisecond
	})
	if found := failure(t, get(t.Context(), c)); found.Kind != rest.Timeout {
		t.Errorf("error = %+v", found)
	}
	hasty := connect(t, "https://"+listener.Addr().String(), noRetries, func(cfg *rest.ClientConfig) {
		cfg.Timeout, cfg.DialTimeout = time.Minute, 50*time.Millisecond
	})
	if found := failure(t, get(t.Context(), hasty)); found.Kind != rest.Unavailable || !found.Retryable {
		t.Errorf("error = %+v", found)
	}
}
