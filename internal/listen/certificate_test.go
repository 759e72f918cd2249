package listen_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestReloads_F71 reads the certificate anew a thousand times, the one part of the configuration that can change while
// a gateway runs: nothing piles up. It runs alone: it counts goroutines and descriptors.
func TestReloads_F71(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile := testkit.WriteCertificate(t, folder, 1, time.Unix(1, 0))
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	serial, err := listen.ReadCertificate(certFile, keyFile, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	const reloads, others = 1000, 20 // what the rest of the process may open meanwhile
	before, files := runtime.NumGoroutine(), testkit.Descriptors(t)
	for i := range int64(reloads) {
		if i%100 == 0 {
			testkit.WriteCertificate(t, folder, i+2, time.Unix(i+2, 0))
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
	if got := testkit.Descriptors(t); got > files+others {
		t.Errorf("%d descriptors, %d before", got, files)
	}
}
