package listen_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestReloads_F71 reads the certificate anew a thousand times, of which half fail: nothing piles up, and a failure
// leaves the old one. It runs alone: it counts goroutines and descriptors.
func TestReloads_F71(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile := testkit.WriteCertificate(t, folder, 1, time.Unix(1, 0))
	certificate, err := listen.LoadCertificate(listen.CertificateFiles{Certificate: certFile, Key: keyFile})
	if err != nil {
		t.Fatal(err)
	}
	const reloads, others = 1000, 20 // what the rest of the process may open meanwhile
	before, files := runtime.NumGoroutine(), testkit.Descriptors(t)
	for i := range int64(reloads) {
		switch i % 100 {
		case 0:
			testkit.WriteCertificate(t, folder, i+2, time.Unix(i+2, 0))
		case 50:
			if err := os.WriteFile(certFile, []byte("half a certificate"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		secured, err := certificate.Read()
		if failed := i%100 >= 50; failed != (err != nil) {
			t.Fatalf("reload %d: %v", i, err)
		}
		if err == nil {
			certificate.Use(secured)
		}
		if got, want := listen.SerialOf(certificate), i/100*100+2; got != want {
			t.Fatalf("certificate %d after reload %d, want %d", got, i, want)
		}
	}
	if got := runtime.NumGoroutine(); got > before+others {
		t.Errorf("%d goroutines, %d before", got, before)
	}
	if got := testkit.Descriptors(t); got > files+others {
		t.Errorf("%d descriptors, %d before", got, files)
	}
}
