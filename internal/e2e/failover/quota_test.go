package failover

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// many is how many replicas share one quota.
const many = 64

// member is what a replica has to do with the quota: a connection of its own to Redis, the quota made as the gateway
// makes it, and a client of the upstream.
type member struct {
	quota *quota.Quota
	redis *redis.Connection
}

// groups are those of the gateway's defaults, with another length of the minute.
func groups(window time.Duration, headroom float64) []quota.Group {
	return []quota.Group{
		{Name: "minute", Limit: minuteLimit, Window: window, Headroom: headroom},
		{Name: "second", Limit: 4000, Window: time.Second, Headroom: headroom},
	}
}

// join starts the members on one Redis.
func join(t *testing.T, server *redistest.Server, window time.Duration, headroom float64) []*member {
	t.Helper()
	members := make([]*member, many)
	for i := range members {
		connection,
			err := redis.Open(t.Context(), server.URL(), redis.Options{Timeout: time.Second, DialTimeout: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		q, err := quota.New(groups(window, headroom), quota.Options{
			Redis: connection, Replica: fmt.Sprint("replica ", i), Timeout: 2 * time.Second,
		})
		if err != nil {
			t.Fatal(err)
		}
		members[i] = &member{q, connection}
		t.Cleanup(func() {
			q.Close()
			if err := connection.Close(); err != nil {
				t.Errorf("close the connection to Redis: %v", err)
			}
		})
	}
	testkit.Within(t, time.Minute, "all members are counted", func() bool {
		return members[0].quota.State(t.Context(), "minute").Replicas == many
	})
	return members
}

// cost is what Redis has done for the members between two readings.
type cost struct {
	trips   int
	seconds float64 // of Redis's processor, in scripts
}

// costOf reads how often scripts were run, and how long they took.
func costOf(t *testing.T, server *redistest.Server) cost {
	t.Helper()
	var sum cost
	text, _ := server.Command("INFO", "commandstats").(string)
	for line := range strings.Lines(text) {
		name, values, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name != "cmdstat_evalsha" && name != "cmdstat_eval" {
			continue
		}
		for part := range strings.SplitSeq(values, ",") {
			key, value, _ := strings.Cut(part, "=")
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			switch key {
			case "calls":
				sum.trips += int(n)
			case "usec":
				sum.seconds += n / 1e6
			}
		}
	}
	return sum
}

// per says what a call cost since a reading.
func (c cost) per(t *testing.T, server *redistest.Server, calls int) string {
	t.Helper()
	now := costOf(t, server)
	trips, seconds := now.trips-c.trips, now.seconds-c.seconds
	return fmt.Sprintf("%.2f trips to Redis and %.0f µs of its time a call (%d calls, %.0f µs a trip)",
		float64(trips)/float64(calls), 1e6*seconds/float64(calls), calls, 1e6*seconds/float64(trips))
}

// alarmsPath is the path of an operation of the 60 a minute.
func alarmsPath(t *testing.T) string {
	t.Helper()
	for _, spec := range esm.Endpoints() {
		if spec.Operation == "listDeviceAlarms" {
			return spec.Path
		}
	}
	t.Fatal("no operation listDeviceAlarms")
	return ""
}

// TestManyReplicas has 64 replicas ask for all that one quota gives, and send each call to the simulator, where they
// are counted: no window has more than the limit. The replicas are their quotas alone, each with its own connection:
// a whole gateway asks the quota in the same way, and 64 of them would measure the memory of the machine.
func TestManyReplicas(t *testing.T) {
	t.Parallel()
	window, headroom, lasts := kit.QuotaWindow, 0.25, 5*time.Second
	if *atLength {
		window, headroom, lasts = time.Minute, 0.05, 3*time.Minute
	}
	server := redistest.Start(t)
	world := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2, Quota: "off"})
	members := join(t, server, window, headroom)

	quiet, began := costOf(t, server), time.Now()
	testkit.Eventually(t, "heartbeats", func() bool { return costOf(t, server).trips >= quiet.trips+many })
	rest := costOf(t, server)
	idle := fmt.Sprintf("at rest %.0f trips a second of all together",
		float64(rest.trips-quiet.trips)/time.Since(began).Seconds())

	before := costOf(t, server)
	had := scarce(t, world, members, lasts)
	arrivals := world.ScarceArrivals()
	worst := mostWithin(arrivals, window)
	sum, least, most := 0, had[0], had[0]
	for _, n := range had {
		sum, least, most = sum+n, min(least, n), max(most, n)
	}
	scarceCost := before.per(t, server, len(arrivals))
	if worst > minuteLimit {
		t.Errorf("%d calls in a window of %v, allowed are %d", worst, window, minuteLimit)
	}
	if sum != len(arrivals) || sum < minuteLimit {
		t.Errorf("%d tokens, %d calls", sum, len(arrivals))
	}
	before = costOf(t, server)
	fastCalls := fast(t, members, min(lasts/2, 10*time.Second))
	kit.Report(t, "64 replicas on one quota",
		"%d calls in %v, %d in the worst %v, %d to %d a replica: %s; %s; of the 4000 a second: %s",
		len(arrivals), lasts, worst, window, least, most, scarceCost, idle, before.per(t, server, fastCalls))
}

// scarce has each member take tokens one after another and send a call with each; it returns how many each had.
func scarce(t *testing.T, w *kit.World, members []*member, lasts time.Duration) []int {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	path, had := alarmsPath(t), make([]int, len(members))
	var work sync.WaitGroup
	for i, m := range members {
		work.Go(func() {
			for {
				if _, _, err := m.quota.Take(ctx, "minute", quota.LanePerson); err != nil {
					if ctx.Err() == nil {
						t.Errorf("replica %d: %v", i, err)
					}
					return
				}
				had[i]++
				if err := call(context.WithoutCancel(ctx), w, path); err != nil {
					t.Errorf("replica %d: %v", i, err)
				}
			}
		})
	}
	<-time.After(lasts)
	cancel()
	work.Wait()
	return had
}

// call sends one call to the simulator.
func call(ctx context.Context, w *kit.World, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.Server.URL+path, http.NoBody)
	if err != nil {
		return err
	}
	request.Header.Set("X-Apig-AppCode", simulator.DemoAppCode)
	response, err := w.Client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// fast has each member take a token of the 4000 a second every 20 ms, and returns how many there were.
func fast(t *testing.T, members []*member, lasts time.Duration) int {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	had := make([]int, len(members))
	var work sync.WaitGroup
	for i, m := range members {
		work.Go(func() {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for ctx.Err() == nil {
				select {
				case <-ctx.Done():
				case <-tick.C:
					if _, _, err := m.quota.Take(ctx, "second", quota.LanePerson); err == nil {
						had[i]++
					}
				}
			}
		})
	}
	<-time.After(lasts)
	cancel()
	work.Wait()
	sum := 0
	for _, n := range had {
		sum += n
	}
	return sum
}
