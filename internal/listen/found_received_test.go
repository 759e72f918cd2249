package listen_test

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_D2_Received holds what the system says against the clock: it received a request after that was begun to be
// sent, and says so however long the request has been read.
func TestFound_D2_Received(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells when it received something")
	}
	const (
		tick = 30 * time.Millisecond // the system counts in steps of up to 10 ms
		long = 5 * tick
	)
	for _, isSecure := range []bool{false, true} {
		var sent time.Time
		server := listen.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			read := time.Now()
			testkit.Eventually(t, "the clock goes on", func() bool { return time.Since(read) > long })
			at, ok := listen.Received(r.Context())
			if !ok || at.Before(sent.Add(-tick)) || at.After(read.Add(tick)) {
				t.Errorf("received at %s (known: %v), sent after %s, read before %s", at, ok, sent, read)
			}
			_, _ = io.WriteString(w, "ok")
		}), listen.DefaultLimits(), slog.New(slog.DiscardHandler))
		scheme, certificate, client := "http", (*listen.Certificate)(nil), &http.Transport{}
		if isSecure {
			certFile, keyFile := testkit.WriteCertificate(t, t.TempDir(), 1, time.Now())
			loaded, err := listen.LoadCertificate(listen.CertificateFiles{Certificate: certFile, Key: keyFile})
			if err != nil {
				t.Fatal(err)
			}
			scheme, certificate = "https", loaded
			client.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // the test's own server
		}
		bound, err := listen.On(t.Context(), "127.0.0.1:0", "test")
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = server.Serve(listen.LimitConnections(server, bound, 100, certificate)) }()
		t.Cleanup(func() { _ = server.Close() })
		defer client.CloseIdleConnections()
		for range 2 { // the second one over the same connection
			sent = time.Now()
			get(t, client, scheme+"://"+bound.Addr().String())
		}
	}
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

// TestReceived_unknown: outside of a request of such a server nothing is known.
func TestReceived_unknown(t *testing.T) {
	t.Parallel()
	if at, ok := listen.Received(t.Context()); ok {
		t.Errorf("received at %s", at)
	}
}

// TestReceived_atOnce asks the system nothing while the answer before has just gone out, and does later.
func TestReceived_atOnce(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells when it received something")
	}
	var asked []bool
	server := listen.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if read := time.Now(); r.URL.Path == "/later" {
			testkit.Eventually(t, "the clock goes on", func() bool { return time.Since(read) > 50*time.Millisecond })
		}
		_, ok := listen.Received(r.Context())
		asked = append(asked, ok)
		_, _ = w.Write(make([]byte, 16<<10))
	}), listen.DefaultLimits(), slog.New(slog.DiscardHandler))
	bound, err := listen.On(t.Context(), "127.0.0.1:0", "test")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listen.LimitConnections(server, bound, 100, nil)) }()
	t.Cleanup(func() { _ = server.Close() })
	client := &http.Transport{}
	defer client.CloseIdleConnections()
	url := "http://" + bound.Addr().String()
	get(t, client, url+"/first")
	testkit.Eventually(t, "no request comes at once", func() bool {
		get(t, client, url+"/next")
		return !asked[len(asked)-1]
	})
	get(t, client, url+"/later")
	if !asked[0] || !asked[len(asked)-1] {
		t.Errorf("asked %v: neither of a first request nor of one that comes late", asked)
	}
}
