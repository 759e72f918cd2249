package process

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

const (
	crowdDeadline = 5 * time.Second
	crowdMemory   = 256 << 20
	crowdRounds   = 3
	crowdLength   = 5 * time.Second // of each load in a round
	crowdComes    = time.Second     // at its beginning, which does not count
)

// crowded counts what a crowd of clients is answered.
type crowded struct {
	length   time.Duration   // in which answers counted
	cpu      float64         // seconds that the gateway worked meanwhile
	all      []time.Duration // of every answer, from the moment at which it was asked for
	withData []time.Duration
	bytes    int            // of answers with data
	codes    map[string]int // of those without
	late     int            // 200 after the deadline
	peak     int            // bytes that were resident
}

func (c *crowded) rate() float64 { return float64(len(c.withData)) / c.length.Seconds() }

func (c *crowded) String() string {
	size := c.bytes / max(1, len(c.withData))
	return fmt.Sprintf("%.1f answers with data a second of %d kB, p50 %s, p99 %s; without %v; p99 of all %s; "+
		"%d times 200 after the deadline; %.1f cores; at most %d MiB resident",
		c.rate(), size>>10, quantile(c.withData, 0.5), quantile(c.withData, 0.99), c.codes, quantile(c.all, 0.99), c.late,
		c.cpu/c.length.Seconds(), c.peak>>20)
}

// add adds what another round counted.
func (c *crowded) add(other *crowded) {
	c.length += other.length
	c.cpu += other.cpu
	c.all, c.withData = append(c.all, other.all...), append(c.withData, other.withData...)
	c.bytes += other.bytes
	c.late += other.late
	c.peak = max(c.peak, other.peak)
	for code, count := range other.codes {
		c.codes[code] += count
	}
}

func quantile(took []time.Duration, q float64) time.Duration {
	if len(took) == 0 {
		return 0
	}
	return kit.Quantile(took, q).Round(time.Millisecond)
}

// crowd has clients ask for heavy pages for a time, each as soon as it is answered; one that is refused comes back
// after the time that it was told, or at once where it is rude.
func (b *binary) crowd(t testing.TB, clients int, length time.Duration, rude bool) *crowded {
	t.Helper()
	sum := &crowded{length: length - crowdComes, codes: map[string]int{}}
	var mu sync.Mutex
	var asking, watching sync.WaitGroup
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}
	defer transport.CloseIdleConnections()
	begin := time.Now().Add(crowdComes)
	end := time.Now().Add(length)
	watching.Go(func() {
		cpu := 0.0
		for now := time.Now(); now.Before(end); now = time.Now() {
			if cpu == 0 && now.After(begin) {
				cpu = b.metric(t, "process_cpu_seconds_total")
			}
			sum.peak = max(sum.peak, b.memory(t))
			<-time.After(50 * time.Millisecond)
		}
		sum.cpu = b.metric(t, "process_cpu_seconds_total") - cpu
	})
	for range clients {
		asking.Go(func() {
			var buffer bytes.Buffer
			for time.Now().Before(end) {
				buffer.Reset()
				began := time.Now()
				status, retry, err := askPage(t, transport, b.url, &buffer)
				if err != nil {
					t.Error(err)
					return
				}
				took := time.Since(began)
				if now := time.Now(); now.After(begin) && now.Before(end) {
					mu.Lock()
					sum.note(took, status, buffer.Bytes())
					mu.Unlock()
				}
				if status != http.StatusOK && !rude {
					select {
					case <-time.After(retry + rand.N(retry/4+time.Millisecond)):
					case <-time.After(time.Until(end)):
					}
				}
			}
		})
	}
	asking.Wait()
	watching.Wait()
	return sum
}

// askPage asks for one page, which differs from question to question.
func askPage(t testing.TB, by *http.Transport, address string, into *bytes.Buffer) (
	status int, retry time.Duration, err error,
) {
	t.Helper()
	document := fmt.Sprintf(`{ hosts(first: %d) { totalCount nodes { hostId name serialNumber kernel memoryGib `+
		`alarms(first: 20) { totalCount nodes { id csn name severity firstOccurredAt lastOccurredAt regionCode managedObject } } } } }`,
		400+rand.IntN(100))
	body := strings.NewReader(fmt.Sprintf(`{"query":%q}`, document))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/graphql", body)
	if err != nil {
		return 0, 0, err
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {graphQLType}}
	response, err := by.RoundTrip(request)
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(into, response.Body)
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After")) // 0 where there is none
	return response.StatusCode, time.Duration(seconds) * time.Second, err
}

// note counts one answer.
func (c *crowded) note(took time.Duration, status int, text []byte) {
	c.all = append(c.all, took)
	if status == http.StatusOK && bytes.HasPrefix(text, []byte(`{"data":{"hosts":{"totalCount":`)) {
		c.withData = append(c.withData, took)
		c.bytes += len(text)
		if took > crowdDeadline {
			c.late++
		}
		return
	}
	_, after, _ := bytes.Cut(text, []byte(`"code":"`))
	code, _, _ := bytes.Cut(after, []byte(`"`))
	c.codes[fmt.Sprintf("%d %s", status, code)]++
}

// crowdedGateway is a gateway whose memory holds the pages; its upstream is as slow as documented, or fast.
func crowdedGateway(b *testing.B, slow bool, environ ...string) *binary {
	b.Helper()
	latency := simulator.LatencyNone
	if slow {
		latency = simulator.LatencyDocumented
	}
	sim, err := simulator.New(
		simulator.Config{Hosts: 2000, Regions: 5, Latency: latency, Quota: simulator.QuotaOff})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(sim)
	b.Cleanup(server.Close)
	g := startBinary(b, nil, slices.Concat(upstreamEnviron(server.URL), []string{
		"OPSGRAPH_CALLERS_OPERATIONS=512", "OPSGRAPH_CALLERS_RATE=1000000", "OPSGRAPH_CALLERS_BURST=1000000",
		"OPSGRAPH_LIMITS_REQUEST_TIMEOUT=" + crowdDeadline.String(), fmt.Sprintf("OPSGRAPH_LIMITS_MEMORY=%d", crowdMemory),
		"OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000", "OPSGRAPH_QUOTA_SECOND_LIMIT=1000000",
	}, environ)...)
	var transport http.Transport
	defer transport.CloseIdleConnections()
	testkit.Eventually(b, "the pages are not read", func() bool {
		var text bytes.Buffer
		status, _, err := askPage(b, &transport, g.url, &text)
		return err == nil && status == http.StatusOK && !bytes.Contains(text.Bytes(), []byte(`"errors"`))
	})
	return g
}

// BenchmarkCrowd has 8 and 300 clients in turn ask for pages of some 200 kB from memory, and prints what the crowd gets
// in parts of what the few get: answers with data (0.9 is aimed at), the slowest of all answers, 200 after the
// deadline, and the memory. Its clients share the machine with the gateway.
func BenchmarkCrowd(b *testing.B) {
	for _, executor := range []string{config.ExecutorGqlgen, config.ExecutorPlan} {
		b.Run(executor, func(b *testing.B) { crowdOf(b, executor) })
	}
}

// crowdOf measures one executor.
func crowdOf(b *testing.B, executor string) {
	b.Helper()
	g := crowdedGateway(b, false, "OPSGRAPH_AGES_HOSTS_FRESH=10m", "OPSGRAPH_AGES_ALARMS_FRESH=10m",
		"OPSGRAPH_EXECUTOR="+executor)
	for b.Loop() {
		loads := []struct {
			name    string
			clients int
			rude    bool
		}{{"8 clients", 8, false}, {"300 clients", 300, false}, {"300 that come back at once", 300, true}}
		sums := make([]*crowded, len(loads))
		for round := range crowdRounds {
			for i, load := range loads {
				got := g.crowd(b, load.clients, crowdLength, load.rude)
				if round == 0 {
					sums[i] = got
				} else {
					sums[i].add(got)
				}
			}
		}
		for i, load := range loads {
			b.Logf("%s: %v", load.name, sums[i])
		}
		few, crowd, rude := sums[0], sums[1], sums[2]
		b.ReportMetric(crowd.rate()/few.rate(), "with-data-of-few")
		b.ReportMetric(rude.rate()/few.rate(), "rude-with-data-of-few")
		b.ReportMetric(quantile(append(crowd.all, rude.all...), 0.99).Seconds()/crowdDeadline.Seconds(), "p99-of-deadline")
		b.ReportMetric(float64(crowd.late+rude.late), "late-200")
		b.ReportMetric(float64(max(crowd.peak, rude.peak))/crowdMemory, "resident-of-limit")
	}
}

// BenchmarkStale has 8 clients ask while hosts and alarms turn stale every two seconds, of an upstream that answers at
// once and of one as slow as documented; it prints the p99 of the second in parts of that of the first (less than 2 is
// aimed at).
func BenchmarkStale(b *testing.B) {
	ages := []string{"OPSGRAPH_AGES_HOSTS_FRESH=2s", "OPSGRAPH_AGES_ALARMS_FRESH=2s"}
	fast, slow := crowdedGateway(b, false, ages...), crowdedGateway(b, true, ages...)
	for b.Loop() {
		var took [2][]time.Duration
		for range 3 { // in turn, so that both have the machine alike
			for i, g := range []*binary{fast, slow} {
				got := g.crowd(b, 8, crowdLength, false)
				took[i] = append(took[i], got.all...)
				if len(got.codes) > 0 {
					b.Errorf("without data: %v", got.codes)
				}
			}
		}
		first, second := quantile(took[0], 0.99), quantile(took[1], 0.99)
		b.Logf("p99 with a fast upstream %s, with a slow one %s", first, second)
		b.ReportMetric(float64(second)/float64(first), "p99-slow-of-fast")
	}
}
