package process

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// waitFor waits until the log has a text.
func (l *logged) waitFor(t *testing.T, text string) {
	t.Helper()
	testkit.Eventually(t, "the log has no "+text, func() bool { return strings.Contains(l.log.String(), text) })
}

// TestFound_D4_Hangup: SIGHUP ends nothing, however many come. With 30 requests under way, all are answered.
func TestFound_D4_Hangup(t *testing.T) {
	t.Parallel()
	sim, environ := largeUpstream(t, time.Second)
	p := startLogged(t, environ...)
	var waiting []<-chan answer
	for range 30 {
		waiting = append(waiting, p.ask(t))
	}
	testkit.Eventually(t, "the call", func() bool { return sim.Calls()["listDeviceAlarms"] > 0 })
	p.signal(t, syscall.SIGHUP)
	p.waitFor(t, "configuration read again")
	for range 500 {
		p.signal(t, syscall.SIGHUP)
	}
	for _, one := range waiting {
		whole(t, "under way", <-one)
	}
	p.signal(t, syscall.SIGHUP)
	p.signal(t, syscall.SIGTERM)
	p.signal(t, syscall.SIGHUP)
	p.wellEnded(t)
}

// TestFound_D4_Reload changes what can be read again (the password, the level of the log) together with what can't,
// then alone, and breaks the file: what is refused leaves everything as it was.
func TestFound_D4_Reload(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Config{Hosts: 3, Regions: 2, Latency: simulator.LatencyNone})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	folder := t.TempDir()
	password, file := filepath.Join(folder, "password"), filepath.Join(folder, "opsgraph.yaml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(password, "wrong-password\n")
	write(file, "log: {level: warn}\n")
	environ := []string{"OPSGRAPH_CONFIG=" + file, "OPSGRAPH_IAM_PASSWORD_FILE=" + password, "OPSGRAPH_LOG_LEVEL="}
	for _, entry := range upstreamEnviron(server.URL) {
		if !strings.HasPrefix(entry, "OPSGRAPH_IAM_PASSWORD=") {
			environ = append(environ, entry)
		}
	}
	p := startLogged(t, environ...)
	const hosts = `{ hosts(first: 1) { totalCount } }`
	if _, body := p.post(t, hosts); !strings.Contains(body, "UPSTREAM_") {
		t.Fatalf("a wrong password is taken: %s", body)
	}
	write(password, simulator.DemoPassword+"\n")
	write(file, "log: {level: info}\nlimits: {connections: 3}\n")
	p.signal(t, syscall.SIGHUP)
	p.waitFor(t, "need_a_restart")
	if line := p.log.String(); !strings.Contains(line, "limits.connections") {
		t.Errorf("the key is not named: %s", line)
	}
	if _, body := p.post(t, hosts); !strings.Contains(body, "UPSTREAM_") {
		t.Errorf("a part of a refused configuration is in force: %s", body)
	}
	write(file, "log: {level: info}\n")
	p.signal(t, syscall.SIGHUP)
	p.waitFor(t, "configuration read again")
	line := p.log.String()
	for _, want := range []string{"iam.password", "log.level"} {
		if !strings.Contains(line, want) {
			t.Errorf("no %s in %s", want, line)
		}
	}
	if strings.Contains(line, simulator.DemoPassword+"\n") || strings.Contains(line, "wrong-password") {
		t.Errorf("the log has a password: %s", line)
	}
	testkit.Eventually(t, "the new password is not used", func() bool {
		_, body := p.post(t, hosts)
		return strings.Contains(body, `"totalCount":3`)
	})
	write(file, "limits: {cots: 3}\n")
	p.signal(t, syscall.SIGHUP)
	p.waitFor(t, "limits.cots")
	if status, body := p.post(t, hosts); status != http.StatusOK || !strings.Contains(body, `"totalCount":3`) {
		t.Errorf("after a faulty file: %d %s", status, body)
	}
}

// TestFound_D4_Certificate reads the certificate at once, whenever its files were looked at.
func TestFound_D4_Certificate(t *testing.T) {
	t.Parallel()
	_, environ := largeUpstream(t, 0)
	folder := t.TempDir()
	certFile, keyFile := testkit.WriteCertificate(t, folder, 1, time.Unix(1000, 0))
	p := startLogged(t, append(environ,
		"OPSGRAPH_TLS_CERTIFICATE_FILE="+certFile, "OPSGRAPH_TLS_KEY_FILE="+keyFile)...)
	serial := func() int64 {
		t.Helper()
		dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // the test made the certificate
		conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(p.url, "https://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		secured, _ := conn.(*tls.Conn)
		return secured.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Errorf("certificate %d", got)
	}
	testkit.WriteCertificate(t, folder, 2, time.Unix(1000, 0)) // of the same time: only a signal shows it
	p.signal(t, syscall.SIGHUP)
	p.waitFor(t, "configuration read again")
	if got := serial(); got != 2 {
		t.Errorf("certificate %d after SIGHUP", got)
	}
	if err := os.WriteFile(certFile, []byte("half a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.signal(t, syscall.SIGHUP)
	p.waitFor(t, "server.tls_certificate_file")
	if got := serial(); got != 2 {
		t.Errorf("certificate %d after a broken file", got)
	}
}
