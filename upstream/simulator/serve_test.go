package simulator_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// serve runs a simulator on its own port until stop, which returns how it ended.
func serve(t *testing.T, cfg simulator.Config) (u *upstream, stop func() error) {
	t.Helper()
	s, err := simulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var listen net.ListenConfig
	ln, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- simulator.Serve(ctx, ln, s) }()
	u = connect(t, s, "http://"+ln.Addr().String())
	return u, func() error { cancel(); return <-ended }
}

func TestServeEndsWithItsContext(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	u, stop := serve(t, simulator.Config{Hosts: 1, Latency: simulator.LatencyNone})
	u.credentials()
	u.control("PUT", "faults", `[{"kind":"hang"}]`)
	header := u.credentials()
	cut := make(chan error, 1)
	go func() {
		_, err := u.try("GET", hostsPath, header, "")
		cut <- err
	}()
	for u.Calls()["listHostDetails"] == 0 { // until the call hangs
		select {
		case err := <-cut:
			t.Fatalf("the call did not hang: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	began := time.Now()
	if err := stop(); err != nil {
		t.Errorf("error %v", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it drained for %v, want one second at most", took)
	}
	if err := <-cut; err == nil {
		t.Error("the hanging call got an answer")
	}
	u.transport.CloseIdleConnections()
	goleak.VerifyNone(t, ignore)
}

func TestServeTellsWhyTheListenerEnded(t *testing.T) {
	s, err := simulator.New(simulator.Config{Hosts: 1})
	if err != nil {
		t.Fatal(err)
	}
	var listen net.ListenConfig
	ln, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	if err := simulator.Serve(t.Context(), ln, s); err == nil || !strings.Contains(err.Error(), "serve") {
		t.Errorf("error %v", err)
	}
}

// TestDocumentedLatency takes a few calls of each class; the bounds allow for a busy machine.
func TestDocumentedLatency(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts, c.Latency = 1, simulator.LatencyDocumented })
	u.token(projectScope)
	took := func(path string) time.Duration {
		began := time.Now()
		u.get(data+path, paged(lastDays(1), 1, 0))
		return time.Since(began)
	}
	if slow := took("/v1/DeviceAsset/info"); slow < 120*time.Millisecond {
		t.Errorf("a call of 60 a minute took %v, documented are 200ms", slow)
	}
	if fast := min(took("/v1/host/detail"), took("/v1/host/detail"), took("/v1/host/detail")); fast < time.Millisecond ||
		fast > 100*time.Millisecond {
		t.Errorf("a call of 4000 a second took %v, documented are 2ms", fast)
	}
}

func TestLatencyEndsWithTheClient(t *testing.T) {
	s, err := simulator.New(simulator.Config{Hosts: 1})
	if err != nil {
		t.Fatal(err)
	}
	body := strings.NewReader(tokenRequest(simulator.DemoPassword, projectScope))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v3/auth/tokens", body))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, data+"/v1/DeviceAsset/info?page_size=1&offset_value=0",
		http.NoBody)
	req.Header.Set("X-Auth-Token", w.Header().Get("X-Subject-Token"))
	req.Header.Set("X-APIG-Appcode", simulator.DemoAppCode)
	req.Header.Set("x-hcso-appcode", simulator.DemoAppCode)
	w = httptest.NewRecorder()
	began := time.Now()
	s.ServeHTTP(w, req)
	if took := time.Since(began); took > 120*time.Millisecond || w.Body.Len() != 0 {
		t.Errorf("it went on for %v and wrote %d bytes", took, w.Body.Len())
	}
	if s.Calls()["listDeviceAssets"] != 1 {
		t.Error("the call did not get as far as its latency")
	}
}

func TestNothingSecretIsLogged(t *testing.T) {
	var log strings.Builder
	u := start(t, func(c *simulator.Config) {
		c.Hosts = 1
		c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	u.hosts()
	u.send("POST", "/v3/auth/tokens", nil, tokenRequest("s3cret", domainScope))
	text := log.String()
	if !strings.Contains(text, "operation=listHostDetails") || !strings.Contains(text, "status=401") {
		t.Errorf("log: %s", text)
	}
	for _, secret := range []string{u.token(projectScope), "s3cret", simulator.DemoAppCode} {
		if strings.Contains(text, secret) {
			t.Errorf("the log has %.10s…", secret)
		}
	}
}
