package load

import (
	"net/http"
	"net/http/httptest"
	"runtime"
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
	for name, values := range page.Header() {
		answer.Header()[name] = values
	}
	answer.WriteHeader(page.Code)
	_, _ = answer.Write(page.Body.Bytes())
}

// BenchmarkIntake is the way in: 20,000 hosts and some 50,000 alarms read anew, from pages that are ready. live-MB is
// what the gateway keeps of them, cpu-s/op all of the process with the handing out of the pages.
func BenchmarkIntake(b *testing.B) {
	w := kit.NewWorld(b, kit.WorldSettings{Hosts: 20_000, Quota: "off"})
	pages := &recorder{sim: w.Sim, pages: map[string]*httptest.ResponseRecorder{}}
	w.Server.Close()
	w.Server = httptest.NewServer(pages)
	before := liveBytes()
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
	b.ReportMetric(float64(liveBytes()-before-int64(pages.bytes))/1e6, "live-MB")
	b.ReportMetric(float64(pages.bytes)/1e6, "wire-MB")
}

// liveBytes is what is on the heap after two collections: a pool gives up what it holds at the second.
func liveBytes() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
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
