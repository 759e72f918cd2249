package redis_test

import (
	"crypto/tls"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestTLS shows the certificate of the files to a Redis of a private authority, the new one after a rotation.
func TestTLS(t *testing.T) {
	t.Parallel()
	authority, folder := testkit.NewAuthority(t, "one"), t.TempDir()
	until := time.Now().Add(time.Hour)
	ca := authority.Write(t, filepath.Join(folder, "ca.crt"))
	own := authority.Sign(t, folder, "own", until)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{authority.Sign(t, folder, "redis", until).Load(t)}, MinVersion: tls.VersionTLS12,
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authority.Pool(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	shown := make(chan int64, 100)
	go noteCallers(listener, shown)
	url := "rediss://" + listener.Addr().String()
	options := redis.Options{
		CAFile: ca, CertificateFile: own.CertFile, KeyFile: own.KeyFile, DialTimeout: testkit.Patience,
		Timeout: testkit.Patience, Failures: 100,
	}
	c, err := redis.Open(t.Context(), url, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	testkit.Eventually(t, "no certificate is shown", func() bool {
		_ = c.Ping(t.Context()) // this Redis never answers
		return len(shown) > 0
	})
	first := <-shown
	authority.Sign(t, folder, "own", until)
	testkit.Eventually(t, "the new certificate is not shown", func() bool {
		_ = c.Ping(t.Context())
		return len(shown) > 0 && <-shown > first
	})
	for name, broken := range map[string]redis.Options{
		"authorities": {CAFile: own.KeyFile}, "no authorities": {CAFile: folder + "/none"},
		"another key": {CertificateFile: own.CertFile, KeyFile: ca},
	} {
		if _, err := redis.Open(t.Context(), url, broken); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

// noteCallers notes the serial number of each caller's certificate, and closes its connection.
func noteCallers(listener net.Listener, shown chan<- int64) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		secured, _ := conn.(*tls.Conn)
		if secured.Handshake() == nil {
			shown <- secured.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
		}
		_ = conn.Close()
	}
}
