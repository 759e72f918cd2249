package listen_test

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_D2_Received holds what the system says against the clock: it received a request after that was begun to be
// sent, and says so however long the request has been read.
func TestFound_D2_Received(t *testing.T) {
	t.Parallel()
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
		address := serving(t, server, 100, certificate)
		defer client.CloseIdleConnections()
		for range 2 { // the second one over the same connection
			sent = time.Now()
			get(t, client, scheme+"://"+address)
		}
	}
}

// TestReceived_atOnce asks the system nothing while the answer before has just gone out, and does later.
func TestReceived_atOnce(t *testing.T) {
	t.Parallel()
	var asked []bool
	server := listen.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if read := time.Now(); r.URL.Path == "/later" {
			testkit.Eventually(t, "the clock goes on", func() bool { return time.Since(read) > 50*time.Millisecond })
		}
		_, ok := listen.Received(r.Context())
		asked = append(asked, ok)
		_, _ = w.Write(make([]byte, 16<<10))
	}), listen.DefaultLimits(), slog.New(slog.DiscardHandler))
	client, url := &http.Transport{}, "http://"+serving(t, server, 100, nil)
	defer client.CloseIdleConnections()
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
