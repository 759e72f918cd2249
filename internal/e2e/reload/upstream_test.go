package reload

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// upstreamOf is a simulator behind TLS that asks for certificates of an authority, and the environment that leads
// there.
func upstreamOf(t *testing.T, server testkit.Pair, clients *testkit.Authority) []string {
	t.Helper()
	sim, err := simulator.New(simulator.Config{Hosts: 3, Regions: 2, Latency: simulator.LatencyNone})
	if err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewUnstartedServer(sim)
	upstream.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	upstream.TLS = &tls.Config{
		Certificates: []tls.Certificate{server.Load(t)}, ClientCAs: clients.Pool(),
		ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12,
	}
	upstream.StartTLS()
	t.Cleanup(upstream.Close)
	return append(environmentOf(upstream.URL),
		"OPSGRAPH_AGES_HOSTS_FRESH=1ms", "OPSGRAPH_AGES_HOSTS_STALE=1ms", "OPSGRAPH_AGES_HOSTS_DEAD=1ms")
}

// environmentOf is the environment that leads to a simulator.
func environmentOf(url string) []string {
	return []string{
		"OPSGRAPH_ESM_URL=" + url, "OPSGRAPH_ESM_APPCODE=" + simulator.DemoAppCode,
		"OPSGRAPH_ESM_DOMAIN_ID=" + simulator.DemoHCSODomain, "OPSGRAPH_IAM_URL=" + url,
		"OPSGRAPH_IAM_USERNAME=" + simulator.DemoUser, "OPSGRAPH_IAM_PASSWORD=" + simulator.DemoPassword,
		"OPSGRAPH_IAM_DOMAIN_NAME=" + simulator.DemoDomain, "OPSGRAPH_IAM_PROJECT_ID=" + simulator.DemoProject,
	}
}

// TestUpstreamCertificates shows a certificate to upstreams of a private authority. Without it, or with one that was
// not expected, calls fail and /readyz names the setting; new files mend that without a restart.
func TestUpstreamCertificates(t *testing.T) {
	t.Parallel()
	servers, clients, others := testkit.NewAuthority(t, "servers"), testkit.NewAuthority(t, "clients"),
		testkit.NewAuthority(t, "others")
	folder := t.TempDir()
	ca := others.Write(t, filepath.Join(folder, "ca.crt"))
	own := others.Sign(t, folder, "own", soon())
	environ := upstreamOf(t, servers.Sign(t, folder, "upstream", soon()), clients)
	s := serve(t, "", append(environ, "OPSGRAPH_UPSTREAM_CA_FILE="+ca, "OPSGRAPH_UPSTREAM_CERTIFICATE_FILE="+own.CertFile,
		"OPSGRAPH_UPSTREAM_KEY_FILE="+own.KeyFile)...)
	client := &http.Client{Timeout: 2 * testkit.Patience}
	t.Cleanup(client.CloseIdleConnections)
	hosts := func() string {
		t.Helper()
		_, body, err := s.ask(client, `{hosts(first: 1) {totalCount}}`)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	wantNamed := func(setting string) {
		t.Helper()
		testkit.Eventually(t, "/readyz does not name "+setting, func() bool {
			if body := hosts(); !strings.Contains(body, "UPSTREAM_") || strings.Contains(body, "totalCount") {
				t.Fatalf("answered: %s", body)
			}
			return strings.Contains(s.get(client, "/readyz"), setting)
		})
	}
	wantNamed("upstream.ca_file")
	s.after(func() { servers.Write(t, ca) }, taken)
	wantNamed("upstream.certificate_file")
	s.after(func() { clients.Sign(t, folder, "own", soon()) }, taken)
	testkit.Eventually(t, "calls fail", func() bool { return strings.Contains(hosts(), `"totalCount":3`) })
	s.after(func() { s.write(own.KeyFile, "half a key") }, refused)
	if body := hosts(); !strings.Contains(body, `"totalCount":3`) {
		t.Errorf("after a broken key: %s", body)
	}
}

// TestUpstreamCertificateEnded has the certificate end that the gateway shows.
func TestUpstreamCertificateEnded(t *testing.T) {
	t.Parallel()
	authority := testkit.NewAuthority(t, "one")
	folder := t.TempDir()
	own := authority.Sign(t, folder, "own", time.Now().Add(-time.Minute))
	environ := upstreamOf(t, authority.Sign(t, folder, "upstream", soon()), authority)
	s := serve(t, "", append(environ, "OPSGRAPH_UPSTREAM_CA_FILE="+authority.Write(t, filepath.Join(folder, "ca.crt")),
		"OPSGRAPH_UPSTREAM_CERTIFICATE_FILE="+own.CertFile, "OPSGRAPH_UPSTREAM_KEY_FILE="+own.KeyFile)...)
	client := &http.Client{Timeout: 2 * testkit.Patience}
	t.Cleanup(client.CloseIdleConnections)
	_, body, err := s.ask(client, `{hosts(first: 1) {totalCount}}`)
	if err != nil || !strings.Contains(body, "UPSTREAM_") {
		t.Errorf("%s, %v", body, err)
	}
	if body := s.get(client, "/readyz"); !strings.Contains(body, "upstream.certificate_file") {
		t.Errorf("/readyz: %s", body)
	}
}
