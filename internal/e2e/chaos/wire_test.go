package chaos

import (
	"fmt"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// wire is a connection that can be made slow or cut.
type wire struct{ proxy *toxiproxy.Proxy }

func newWire(tb testing.TB, to string) *wire {
	tb.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	w := &wire{proxy: toxiproxy.NewProxy(server, "wire", "127.0.0.1:0", to)}
	w.mend(tb)
	tb.Cleanup(w.cut)
	return w
}

// address is where the wire begins; it stays the same over cut and mend.
func (w *wire) address() string { return w.proxy.Listen }

// cut ends every connection and refuses new ones.
func (w *wire) cut() { w.proxy.Stop() }

// mend ends cut.
func (w *wire) mend(tb testing.TB) {
	tb.Helper()
	if err := w.proxy.Start(); err != nil {
		tb.Fatalf("wire: %v", err)
	}
}

// slow makes every answer later by d.
func (w *wire) slow(tb testing.TB, d time.Duration) {
	tb.Helper()
	toxic := fmt.Sprintf(`{"name": "slow", "type": "latency", "attributes": {"latency": %d}}`, d.Milliseconds())
	if _, err := w.proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		tb.Fatalf("slow wire: %v", err)
	}
}

// quick ends slow.
func (w *wire) quick(tb testing.TB) {
	tb.Helper()
	if err := w.proxy.Toxics.RemoveToxic(tb.Context(), "slow"); err != nil {
		tb.Fatalf("quick wire: %v", err)
	}
}
