package load

import (
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// panels are the queries of a dashboard of twenty panels.
func panels() []string {
	const region = `{ regions { code name %s } }`
	documents := []string{
		`{ hosts(first: 20) { totalCount nodes { hostId name memoryGib } } }`,
		`{ hosts(first: 5, orderBy: {field: MEMORY, direction: DESC}) { nodes { hostId name virtualMachines(first: 5) { nodes { name } } } } }`,
		`{ hostSummary { total } }`, fmt.Sprintf(region, `hostSummary { total }`),
		fmt.Sprintf(region, `hosts(first: 3) { nodes { hostId name } }`),
		`{ alarmSummary { active bySeverity { severity count } } }`, fmt.Sprintf(region, `alarmSummary { active }`),
		`{ alarms(first: 20) { totalCount nodes { name severity lastOccurredAt } } }`,
		`{ alarms(first: 10, filter: {severities: [CRITICAL], cleared: false}) { totalCount nodes { name host { hostId } } } }`,
		`{ alarms(first: 10, filter: {cleared: true}) { totalCount nodes { name } } }`,
		`{ devices(first: 10) { totalCount nodes { name type host { hostId } } } }`, `{ devices(first: 1) { totalCount } }`,
		`{ capacityTotals(types: [EVS, ECS_VM]) { type unit sum { allocated available allocation } } }`,
		`{ loadBalancerClusters(first: 5) { nodes { clusterId name } } }`,
		`{ instances(type: EVS, first: 5) { totalCount } }`,
	}
	for _, service := range []string{"ECS_VM", "EVS", "EIP", "RDS", "OBS"} {
		documents = append(documents,
			fmt.Sprintf(region, `cloudServices(types: [`+service+`]) { type capacity { metricType total allocated } }`))
	}
	return documents
}

// viewers are those of a gateway whose callers bring their own tokens, and as many tenants.
type viewers struct {
	*kit.World
	r       *kit.Replica
	tenants []*kit.Tenant
	owner   map[string]*kit.Tenant // of each host id
	panels  []string
}

// newViewers reads every panel of every tenant once. Quotas are lifted: with the documented ones it would take most of
// an hour.
func newViewers(tb testing.TB, tenants int, settings kit.WorldSettings, file string) *viewers {
	tb.Helper()
	settings.Hosts, settings.Regions, settings.Quota, settings.Running = 6, 2, "off", true
	for i := range tenants {
		one := kit.Account(fmt.Sprintf("tenant-%03d", i), uint64(100+i))
		one.ProjectID = fmt.Sprintf("%032x", i)
		settings.Accounts = append(settings.Accounts, one)
	}
	w := kit.NewWorld(tb, settings)
	c := &viewers{World: w, owner: map[string]*kit.Tenant{}, panels: panels()}
	for _, one := range settings.Accounts {
		who := w.Tenant(tb, one)
		for _, id := range who.Hosts {
			if c.owner[id] != nil {
				tb.Fatalf("two tenants have the host %s", id)
			}
			c.owner[id] = who
		}
		c.tenants = append(c.tenants, who)
	}
	c.r = w.StartGateway(tb, file, append(kit.Unlimited(), "OPSGRAPH_AUTH_MODE=passthrough")...)
	var reading sync.WaitGroup
	for part := range 8 {
		reading.Go(func() {
			for i := part; i < tenants; i += 8 {
				for panel := range c.panels {
					c.ask(tb, c.tenants[i], panel)
				}
			}
		})
	}
	reading.Wait()
	return c
}

var hostIDs = regexp.MustCompile(`"hostId":"([^"]+)"`)

// ask asks one panel, and checks that it answers with the tenant's own data.
func (c *viewers) ask(tb testing.TB, who *kit.Tenant, panel int) {
	tb.Helper()
	got := c.r.Ask(tb, c.panels[panel], "", who.Header())
	if got.Status != http.StatusOK || got.Code() != "" {
		tb.Errorf("%s: %s: %d %.300s", who.Account.Domain, c.panels[panel], got.Status, got.Raw)
	}
	found := hostIDs.FindAllStringSubmatch(got.Raw, -1)
	for _, match := range found {
		if c.owner[match[1]] != who {
			tb.Errorf("%s got the host %s", who.Account.Domain, match[1])
		}
	}
	if panel == 0 && len(found) != len(who.Hosts) {
		tb.Errorf("%s has %d hosts, not %d", who.Account.Domain, len(who.Hosts), len(found))
	}
}

// shown is the outcome of panels: how long each took from when it was due, and how often memory had its data.
type shown struct {
	took [][]time.Duration // by panel
	hits float64           // 0 to 1
}

// worst is the greatest of the panels' quantiles.
func (s *shown) worst(q float64) time.Duration {
	var worst time.Duration
	for _, took := range s.took {
		if len(took) > 0 {
			worst = max(worst, kit.Quantile(took, q))
		}
	}
	return worst
}

// show asks so many panels at a steady pace, by the users in turn, two of each tenant.
func (c *viewers) show(tb testing.TB, count int, interval time.Duration) *shown {
	tb.Helper()
	s := &shown{took: make([][]time.Duration, len(c.panels))}
	hits, misses := c.looks(tb)
	users := 2 * len(c.tenants)
	var mu sync.Mutex
	kit.AtPace(count, interval, func(n int, due time.Time) {
		panel := (n/users + n) % len(c.panels) // not all users the same at once
		c.ask(tb, c.tenants[n%users/2], panel)
		took := time.Since(due)
		mu.Lock()
		defer mu.Unlock()
		s.took[panel] = append(s.took[panel], took)
	})
	moreHits, moreMisses := c.looks(tb)
	s.hits = float64(moreHits-hits) / float64(max(1, moreHits-hits+moreMisses-misses))
	return s
}

// looks counts how often memory had the data of a query, and how often not, for all tenants.
func (c *viewers) looks(tb testing.TB) (hits, misses int) {
	tb.Helper()
	for _, operation := range kit.ReadAs[struct {
		Upstream struct {
			Operations []struct{ CacheHits, CacheMisses int }
		}
	}](tb,
		c.r.Ask(tb, `{ upstream { operations { cacheHits cacheMisses } } }`, "", c.tenants[0].Header())).Upstream.Operations {
		hits, misses = hits+operation.CacheHits, misses+operation.CacheMisses
	}
	return hits, misses
}

// TestDashboards_L10 has two users of each tenant look at a dashboard whose data turn stale all the while: each gets
// of its own tenant's only, and nearly always from memory.
func TestDashboards_L10(t *testing.T) {
	t.Parallel()
	const file = "ages:\n  alarms: {fresh: 1s, stale: 1h, dead: 24h}\n  hosts: {fresh: 1s, stale: 1h, dead: 24h}\n  capacity: {fresh: 1s, stale: 1h, dead: 24h}\n"
	c := newViewers(t, 8, kit.WorldSettings{}, file)
	before := c.Sim.Calls()["listHostDetails"]
	s := c.show(t, 16*len(c.panels)*2, 5*time.Millisecond)
	if s.hits < 0.95 {
		t.Errorf("%.3f of what was asked was in memory, want 0.95", s.hits)
	}
	if c.Sim.Calls()["listHostDetails"] == before {
		t.Error("nothing was refreshed")
	}
	t.Logf("p95 of the slowest panel %s; %.4f from memory", s.worst(0.95), s.hits)
}

// BenchmarkDashboards (L-10) is 200 users of 100 tenants, each with twenty panels in 30 s, against an upstream as slow
// as documented; -benchtime 4000x is one round of all. It reports how long the slowest panel takes, and how often
// memory has what is needed.
func BenchmarkDashboards(b *testing.B) {
	c := newViewers(b, 100, kit.WorldSettings{Latency: true}, "")
	interval := 30 * time.Second / time.Duration(200*len(c.panels))
	b.Run("panels", func(b *testing.B) { // so that all is read once
		s := c.show(b, b.N, interval)
		b.ReportMetric(float64(s.worst(0.95).Microseconds())/1000, "p95-ms")
		b.ReportMetric(100*s.hits, "hit-%")
	})
}
