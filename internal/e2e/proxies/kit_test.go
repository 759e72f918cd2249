// Package proxies runs the gateway behind nginx and HAProxy, with their configurations as docs/operations.md has them:
// restarts under load, events at once, large tokens, and commands that are sent once.
package proxies

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// proxy is a proxy with clients of these tests.
type proxy struct{ *kit.Proxy }

// start runs a proxy in front of two addresses.
func start(t *testing.T, program kit.ProxyProgram, first, second string) proxy {
	t.Helper()
	return proxy{program.Start(t, first, second)}
}

// client is a client of a proxy, by HTTP/2 or 1.1, from an address of the loopback.
func (p proxy) client(t *testing.T, http2 bool, from string) *http.Client {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(cmp.Or(from, "127.0.0.1"))}}
	transport := &http.Transport{
		DialContext:       dialer.DialContext,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the test made the certificate
		ForceAttemptHTTP2: http2,
	}
	if !http2 {
		transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// post sends a query and returns its whole answer.
func (p proxy) post(ctx context.Context, client *http.Client, document string, header http.Header) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+"/graphql",
		strings.NewReader(fmt.Sprintf(`{"query":%q}`, document)))
	if err != nil {
		return "", err
	}
	maps.Copy(request.Header, header)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(response.Body); err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return text.String(), fmt.Errorf("%w %d: %.300s", errStatus, response.StatusCode, text.String())
	}
	return text.String(), nil
}

var errStatus = errors.New("status")
