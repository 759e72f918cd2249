package failover

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// minuteLimit is how many calls of the scarce operations the upstream allows in any window.
const minuteLimit = 60

// drill is how a fail-over is run: its load, and the window of the quota.
type drill struct {
	replicas int
	window   time.Duration
	headroom float64
	refresh  time.Duration // fresh age of what is held
	pace     pace
	before   time.Duration // load before the fail-over
	after    time.Duration // and behind it
	environ  []string
}

// The small drill has a window of seconds in place of the minute, and time limits for a machine that is busy.
func drills() (small, long drill) {
	small = drill{
		replicas: 2, window: kit.QuotaWindow, headroom: 0.25, refresh: 300 * time.Millisecond,
		pace:   pace{held: 50 * time.Millisecond, fresh: 100 * time.Millisecond},
		before: time.Second, after: time.Second,
		environ: []string{"OPSGRAPH_REDIS_TIMEOUT=300ms", "OPSGRAPH_REDIS_DIAL_TIMEOUT=300ms"},
	}
	long = drill{
		replicas: 3, window: time.Minute, headroom: 0.05, refresh: 10 * time.Second,
		pace:   pace{held: 50 * time.Millisecond, fresh: 3 * time.Second},
		before: 65 * time.Second, after: time.Minute, // a whole window beside the calls of before
	}
	return small, long
}

// TestFailover replaces the master under load in each way: what is held is answered throughout, what is new is refused
// with its code until the quota may be spent again, no window has more calls than the upstream allows, and then the
// replicas share again.
func TestFailover(t *testing.T) {
	t.Parallel()
	small, long := drills()
	rows := make([]string, len(ways()))
	t.Run("ways", func(t *testing.T) {
		for i, w := range ways() {
			d := small
			if *atLength {
				d = long
			} else if !w.small {
				continue
			}
			t.Run(w.name, func(t *testing.T) {
				t.Parallel()
				rows[i] = d.run(t, w)
				kit.Report(t, "fail-over, "+w.name, "%s", rows[i])
			})
		}
	})
	for i, w := range ways() {
		if rows[i] != "" {
			t.Logf("| %s | %s |", w.name, rows[i])
		}
	}
}

// start runs the replicas on a store, and has each read what will be held.
func (d drill) start(t *testing.T, s store) (*kit.World, []*kit.Replica) {
	t.Helper()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2, Running: true, Quota: "off"})
	file := fmt.Sprintf("limits: {request_timeout: 5s}\nages:\n  alarms: {fresh: %[1]v, stale: 10m, dead: 1h}\n"+
		"  capacity: {fresh: %[1]v, stale: 10m, dead: 1h}\n  assets: {fresh: %[1]v, stale: 10m, dead: 1h}\n"+
		"  hosts: {fresh: 10m, stale: 20m, dead: 1h}\n  audit: {fresh: 10m, stale: 20m, dead: 1h}\n", d.refresh)
	var replicas []*kit.Replica
	for i := range d.replicas {
		replicas = append(replicas, w.StartGateway(t, file, append([]string{
			"OPSGRAPH_REDIS_URL=" + s.URL(), "OPSGRAPH_QUOTA_MINUTE_WINDOW=" + d.window.String(),
			fmt.Sprintf("OPSGRAPH_QUOTA_HEADROOM=%v", d.headroom), "OPSGRAPH_LOG_LEVEL=info",
			fmt.Sprintf("OPSGRAPH_LISTEN=127.0.0.1:%d", 1+i), // by which the quota tells them apart; nothing listens there
		}, d.environ...)...))
	}
	for _, document := range heldQueries() {
		for _, r := range replicas {
			testkit.Within(t, time.Minute, "what is held has been read: "+document, func() bool {
				return r.Ask(t, document, "", nil).Code() == "" // a Redis that was too slow for once is lost for a moment
			})
		}
	}
	return w, replicas
}

// course is how a fail-over went, by the moments of the load.
type course struct {
	began, failed, promoted time.Time
	degraded                time.Time // the last moment; the zero time where /readyz never said so
	refused                 time.Time // the last moment at which new data were, or the failure
}

// over is when clients saw nothing of it any more.
func (c course) over() time.Time {
	return slices.MaxFunc([]time.Time{c.promoted, c.degraded, c.refused}, time.Time.Compare)
}

// since is a moment in seconds after the failure.
func (c course) since(moment time.Time) string {
	if moment.IsZero() {
		return "never"
	}
	return fmt.Sprintf("%.1f s", moment.Sub(c.failed).Seconds())
}

// run is one fail-over, and a line about it.
func (d drill) run(t *testing.T, w way) string {
	t.Helper()
	s := w.start(t)
	world, replicas := d.start(t, s)
	watch := watchHealth(t, replicas)
	l := startLoad(t.Context(), replicas, d.pace)
	t.Cleanup(l.stop)
	c := course{began: time.Now()}
	answeredBy(t, l, c.began.Add(d.before))
	watch.settled(t)
	watch.since()
	calm := d.calm(t, l, c.began)

	c.failed = time.Now()
	heir := w.fail(s)
	c.promoted = time.Now()
	testkit.Within(t, time.Minute, "the promoted server is asked", func() bool {
		stats, _ := heir.Command("INFO", "commandstats").(string)
		return strings.Contains(stats, "cmdstat_evalsha:") // replication runs no scripts
	})
	c.degraded = watch.settled(t)
	c.refused = d.sharedAgain(t, l, c.failed)
	answeredBy(t, l, time.Now().Add(d.after))
	l.stop()
	watch.stop()
	d.share(t, world, replicas)
	for _, r := range replicas {
		wantNoPassword(t, r)
	}
	return fmt.Sprintf("new data before: %v; %s", calm, d.judge(t, world, l, c))
}

// judge holds a fail-over against what is promised, and puts it into words.
func (d drill) judge(t *testing.T, world *kit.World, l *load, c course) string {
	t.Helper()
	arrivals := world.ScarceArrivals()
	worst := mostWithin(arrivals, d.window)
	if worst > minuteLimit {
		t.Errorf("%d calls within %v, allowed are %d", worst, d.window, minuteLimit)
	}
	onHeld, onNew := l.tally(held, c.failed, c.over()), l.tally(fresh, c.failed, c.over())
	if all := l.tally(held, c.began, time.Now()); all.failed > 0 || onHeld.asked == 0 {
		t.Errorf("of data that are held: %v", all)
	}
	if onNew.failed > onNew.why["UPSTREAM_QUOTA_EXHAUSTED"] {
		t.Errorf("of new data: %v", onNew)
	}
	after := l.tally(fresh, c.over().Add(1), time.Now())
	if after.failed > 0 {
		t.Errorf("after the fail-over: %v", after)
	}
	return fmt.Sprintf("promoted after %s; degraded until %s; new data refused until %s; held meanwhile: %v; new: %v; "+
		"afterwards: %v; %d calls, %d in the worst %v", c.since(c.promoted), c.since(c.degraded), c.since(c.refused),
		onHeld, onNew, after, len(arrivals), worst, d.window)
}

// calm is what became of the queries for new data before anything failed: each was answered.
func (d drill) calm(t *testing.T, l *load, began time.Time) tally {
	t.Helper()
	before := l.tally(fresh, began, time.Now())
	if before.failed > 0 || before.asked == 0 {
		t.Errorf("before the fail-over: %v", before)
	}
	return before
}

// answeredBy waits for a moment of the load.
func answeredBy(t *testing.T, l *load, moment time.Time) {
	t.Helper()
	testkit.Within(t, 2*time.Minute, "the load goes on", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.answers) > 0 && l.answers[len(l.answers)-1].at.After(moment)
	})
}

// sharedAgain waits until three queries in a row for new data are answered that were asked after the fail-over, with
// none refused behind them, and returns when the last one was asked that was refused.
func (d drill) sharedAgain(t *testing.T, l *load, failed time.Time) (last time.Time) {
	t.Helper()
	testkit.Within(t, 4*d.window+time.Minute, "new data are answered again", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		last = failed
		good := 0
		for _, a := range l.answers {
			switch {
			case a.kind != fresh || a.at.Before(failed) || a.busy():
			case a.failed != "":
				last, good = a.at, 0
			default:
				good++
			}
		}
		return good >= 3 && time.Since(last) > d.window/2
	})
	return last
}

// share fails unless what one replica reads costs the other nothing.
func (d drill) share(t *testing.T, w *kit.World, replicas []*kit.Replica) {
	t.Helper()
	calls := func() int { return w.Sim.Calls()["listCloudAuditLogs"] }
	before := calls()
	for _, r := range replicas {
		testkit.Within(t, 2*d.window+time.Minute, "a range of the audit log at each replica", func() bool {
			return r.Ask(t, wantDays, dayRange(lastRange), nil).Code() == ""
		})
	}
	if got := calls() - before; got != 1 {
		t.Errorf("%d calls by %d replicas that share, want 1", got, len(replicas))
	}
}

// wantNoPassword fails where the log of a replica has a password.
func wantNoPassword(t *testing.T, r *kit.Replica) {
	t.Helper()
	for _, secret := range []string{"of-the-servers", "of-the-sentinels"} {
		if strings.Contains(r.Log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// mostWithin is the largest number of moments in any span of that length.
func mostWithin(moments []time.Time, span time.Duration) int {
	slices.SortFunc(moments, time.Time.Compare)
	most, first := 0, 0
	for i, moment := range moments {
		for !moments[first].After(moment.Add(-span)) {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}
