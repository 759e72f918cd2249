package load

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// recorder answers each call as the simulator did the first time, whatever its window of time, so that the work of the
// simulator does not count.
type recorder struct {
	sim http.Handler

	mu    sync.Mutex
	pages map[string]*httptest.ResponseRecorder
	bytes int
}

func (r *recorder) ServeHTTP(answer http.ResponseWriter, call *http.Request) {
	query := call.URL.Query()
	query.Del("begin_time")
	query.Del("end_time")
	key := call.Method + " " + call.URL.Path + "?" + query.Encode()
	r.mu.Lock()
	page := r.pages[key]
	if page == nil {
		page = httptest.NewRecorder()
		r.sim.ServeHTTP(page, call)
		r.pages[key] = page
		r.bytes += page.Body.Len()
	}
	r.mu.Unlock()
	maps.Copy(answer.Header(), page.Header())
	answer.WriteHeader(page.Code)
	_, _ = answer.Write(page.Body.Bytes())
}

// BenchmarkIntake is the way in: 20,000 hosts and some 50,000 alarms read anew, from pages that are ready. cpu-s/op is
// all of the process, with the handing out of the pages.
func BenchmarkIntake(b *testing.B) {
	w := kit.NewWorld(b, kit.WorldSettings{Hosts: 20_000, Quota: "off"})
	pages := &recorder{sim: w.Sim, pages: map[string]*httptest.ResponseRecorder{}}
	w.Server.Close()
	w.Server = httptest.NewServer(pages)
	r := w.StartGateway(b, "", append(kit.Unlimited(), "OPSGRAPH_LIMITS_QUOTA_CALLS=1000")...)
	body := kit.RequestBody(b, "{ hosts(first: 1) { totalCount } alarms(first: 1) { totalCount } }", "")
	drain(b, r, body)
	b.ReportAllocs()
	used := cpuTime(b)
	for b.Loop() {
		w.Clock.Advance(48 * time.Hour)
		drain(b, r, body)
	}
	b.ReportMetric((cpuTime(b)-used).Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(pages.bytes)/1e6, "wire-MB")
}

// cpuTime is what the process has used of its processors.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
