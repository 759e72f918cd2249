package reload

import (
	"crypto/tls"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// soon is when the certificates of these tests end.
func soon() time.Time { return time.Now().Add(time.Hour) }

// TestCertificates replaces certificate and authorities as Kubernetes does, by a link to a folder of new files. New
// connections see them; one that was open goes on.
func TestCertificates(t *testing.T) {
	t.Parallel()
	servers, clients, others := testkit.NewAuthority(t, "servers"), testkit.NewAuthority(t, "clients"),
		testkit.NewAuthority(t, "others")
	folder := t.TempDir()
	volume := func(name string, authority *testkit.Authority) string {
		in := filepath.Join(folder, name)
		if err := os.Mkdir(in, 0o700); err != nil {
			t.Fatal(err)
		}
		servers.Sign(t, in, "tls", soon())
		authority.Write(t, filepath.Join(in, "ca.crt"))
		return in
	}
	link := filepath.Join(folder, "..data")
	swap := func(to string) {
		t.Helper()
		if err := os.Symlink(to, link+"_tmp"); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(link+"_tmp", link); err != nil {
			t.Fatal(err)
		}
	}
	swap(volume("first", clients))
	s := serve(t, "server:\n  tls_certificate_file: "+link+"/tls.crt\n  tls_key_file: "+link+"/tls.key\n"+
		"  tls_client_ca_file: "+link+"/ca.crt\n")
	good := clients.Sign(t, folder, "good", soon()).Load(t)
	late := clients.Sign(t, folder, "late", time.Now().Add(-time.Minute)).Load(t)
	foreign := others.Sign(t, folder, "foreign", soon()).Load(t)

	conn, err := tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"),
		&tls.Config{RootCAs: servers.Pool(), Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	stays := keep(t, conn)
	stays.wantAnswer("a good certificate")
	s.wantNoConnection("no certificate", caller(t, servers.Pool()))
	s.wantNoConnection("a certificate that has ended", caller(t, servers.Pool(), late))
	s.wantNoConnection("a certificate of another authority", caller(t, servers.Pool(), foreign))

	s.after(func() { swap(volume("second", others)) }, taken)
	s.wantAnswer("the certificate of the new authority", caller(t, servers.Pool(), foreign))
	s.wantNoConnection("the certificate of the old authority", caller(t, servers.Pool(), good))
	stays.wantAnswer("a connection that was open")

	broken := volume("third", clients)
	servers.Sign(t, folder, "tls", soon())
	if err := os.Rename(filepath.Join(folder, "tls.key"), filepath.Join(broken, "tls.key")); err != nil {
		t.Fatal(err)
	}
	s.after(func() { swap(broken) }, refused)
	s.wantAnswer("a key that is not of the certificate", caller(t, servers.Pool(), foreign))
	stays.wantAnswer("a connection that was open")
	s.after(func() { swap(volume("fourth", clients)) }, taken)
	s.wantAnswer("after that", caller(t, servers.Pool(), good))
}

// TestVerify lets callers without a certificate in, and none with a bad one.
func TestVerify(t *testing.T) {
	t.Parallel()
	authority, others := testkit.NewAuthority(t, "one"), testkit.NewAuthority(t, "other")
	folder := t.TempDir()
	pair := authority.Sign(t, folder, "tls", soon())
	ca := authority.Write(t, filepath.Join(folder, "ca.crt"))
	s := serve(t, "", "OPSGRAPH_TLS_CERTIFICATE_FILE="+pair.CertFile, "OPSGRAPH_TLS_KEY_FILE="+pair.KeyFile,
		"OPSGRAPH_TLS_CLIENT_CA_FILE="+ca, "OPSGRAPH_TLS_CLIENT_AUTH=verify")
	s.wantAnswer("no certificate", caller(t, authority.Pool()))
	s.wantAnswer("a good one", caller(t, authority.Pool(), authority.Sign(t, folder, "good", soon()).Load(t)))
	bad := others.Sign(t, folder, "bad", soon()).Load(t)
	client := caller(t, authority.Pool())
	// The server names the authorities that it takes; a client by the book would show none of another one.
	wire := client.Transport.(*http.Transport)
	wire.TLSClientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		return &bad, nil
	}
	s.wantNoConnection("one of another authority", client)
}

// TestH2C asks over HTTP/2 without TLS, by several requests on one connection and by an event stream.
func TestH2C(t *testing.T) {
	t.Parallel()
	s := serve(t, "", "OPSGRAPH_H2C=true")
	wire := &http.Transport{Protocols: new(http.Protocols)}
	wire.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(wire.CloseIdleConnections)
	client := &http.Client{Transport: wire, Timeout: 2 * testkit.Patience}
	var asking sync.WaitGroup
	for range 20 {
		asking.Go(func() { s.wantAnswer("HTTP/2", client) })
	}
	asking.Wait()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/graphql",
		strings.NewReader(`{"query":"subscription { alarmChanges { eventId } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.ProtoMajor != 2 || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		t.Errorf("%s %d %s", response.Proto, response.StatusCode, response.Header.Get("Content-Type"))
	}
	s.wantAnswer("beside the event stream", client)
	s.wantAnswer("HTTP/1.1", caller(t, nil))
}
