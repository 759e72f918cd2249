package listen_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/listen"
)

// TestReloads_F71 reads the certificate anew a thousand times, the one part of the configuration that can change while
// a gateway runs: nothing piles up. It runs alone: it counts goroutines and descriptors.
func TestReloads_F71(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile := writeCertificate(t, folder, 1, time.Unix(1, 0))
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	serial, err := listen.ReadCertificate(certFile, keyFile, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	const reloads, others = 1000, 20 // what the rest of the process may open meanwhile
	before, files := runtime.NumGoroutine(), descriptors(t)
	for i := range int64(reloads) {
		if i%100 == 0 {
			writeCertificate(t, folder, i+2, time.Unix(i+2, 0))
		} else if err := os.Chtimes(certFile, time.Unix(i+2, 0), time.Unix(i+2, 0)); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
		if got, want := serial(t.Context()), i/100*100+2; got != want {
			t.Fatalf("certificate %d after reload %d, want %d", got, i, want)
		}
	}
	if got := runtime.NumGoroutine(); got > before+others {
		t.Errorf("%d goroutines, %d before", got, before)
	}
	if got := descriptors(t); got > files+others {
		t.Errorf("%d descriptors, %d before", got, files)
	}
}

// writeCertificate writes a certificate of the loopback with a serial number of its own.
func writeCertificate(t *testing.T, folder string, serial int64, modified time.Time) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "opsgraph"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:   time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key")
	for file, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: certificate}, keyFile: {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, modified, modified); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// descriptors is the number of files that the process has open.
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
