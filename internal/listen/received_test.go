package listen_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/opsgraph/opsgraph/internal/listen"
)

// TestReceived_unknown: outside of a request of such a server nothing is known.
func TestReceived_unknown(t *testing.T) {
	t.Parallel()
	if at, ok := listen.Received(t.Context()); ok {
		t.Errorf("received at %s", at)
	}
}

// serving has a server serve so many connections until the test ends, with TLS where there is a certificate.
func serving(
	t *testing.T, server *listen.Server, most int, certificate *listen.Certificate,
) (address string) {
	t.Helper()
	bound, err := listen.On(t.Context(), "127.0.0.1:0", "test")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listen.LimitConnections(server, bound, most, certificate)) }()
	t.Cleanup(func() { _ = server.Close() })
	return bound.Addr().String()
}

func get(t *testing.T, client *http.Transport, url string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Error(err)
	}
	_ = response.Body.Close() // it was read to its end
}
