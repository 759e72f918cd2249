// Package liveoracle judges live data by an oracle: random changes on a simulator, two replicas over a Redis, cuts of
// connections, lists that shift while they are read, and clocks that differ. The oracle reads the simulator's REST raw
// before and after, and works out from the documents alone what each follower must get: each change once, nothing else.
// It shares no code with resolvers or sources.
package liveoracle

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

var longer = flag.Duration("live-oracle", 0, "how long TestLiveOracle goes on with further seeds")

// rounds is how many rounds of changes a seed has.
const rounds = 10

// TestLiveOracle runs some seeds, and with -live-oracle as many more as the time allows.
func TestLiveOracle(t *testing.T) {
	began := time.Now()
	for seed := uint64(1); seed <= 3 || time.Since(began) < *longer; seed++ {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { newOracle(t, seed).run() })
		if t.Failed() {
			return
		}
	}
}

// oracle is one site with two replicas and their followers.
type oracle struct {
	*site
	t         *testing.T
	dice      *rand.Rand
	replicas  []*kit.Replica
	followers []*follower
	filters   []filter            // of the followers
	kept      []map[string]string // by each follower, by the rule of docs/clients.md: what a list shows, by serial number
	capacity  []*follower
	count     int
}

func newOracle(t *testing.T, seed uint64) *oracle {
	t.Helper()
	dice := rand.New(rand.NewPCG(seed, 13))
	o := &oracle{t: t, dice: dice, site: newSite(t, seed, 3+dice.IntN(30))}
	redis := redistest.Start(t)
	began := time.Now()
	for _, skew := range []time.Duration{0, time.Duration(dice.IntN(40)-20) * time.Second} {
		o.GatewayNow = func() time.Time { return o.Settings.Clock.Add(time.Since(began) + skew) }
		o.replicas = append(o.replicas, o.StartLive(t, append(kit.WithRedis(redis),
			"OPSGRAPH_ESM_URL="+o.server.URL, "OPSGRAPH_UPSTREAM_PAGE_SIZE_MINUTE="+fmt.Sprint(20+dice.IntN(40)),
			"OPSGRAPH_LIVE_EVENTS=100000")...))
	}
	o.Clock.Advance(time.Duration(dice.IntN(60)) * time.Second) // the upstream's clock is ahead
	return o
}

func (o *oracle) run() {
	for i, f := range o.site.filters() {
		for replica := range o.replicas {
			o.follow(f, replica, (i+replica)%2 == 0)
		}
	}
	for replica := range o.replicas {
		f := &follower{
			t: o.t, name: "capacity", field: "capacityChanges(types: [EIP])", fields: "regionCode capacity { allocated }",
			socket: replica == 0, replicas: o.replicas,
		}
		f.connect(replica)
		o.capacity = append(o.capacity, f)
	}
	o.Baseline(o.t)
	calls := o.Sim.Calls()["listCloudServiceCapacity"]
	testkit.Eventually(o.t, "capacity is not polled",
		func() bool { return o.Sim.Calls()["listCloudServiceCapacity"] > calls+2 })
	for i := range o.followers {
		o.kept[i] = o.filters[i].listed(o.alarms())
	}
	for range rounds {
		o.round()
		o.capacityRound()
	}
	o.jobRound()
	o.round()
	if o.shifts() == 0 {
		o.t.Error("no list was changed while it was read")
	}
}

// follow adds a follower of alarms.
func (o *oracle) follow(f filter, replica int, socket bool) {
	field := "alarmChanges"
	if f.text != "" {
		field += "(filter: " + f.text + ")"
	}
	o.count++
	added := &follower{
		t: o.t, name: fmt.Sprintf("follower %d of %s", o.count, field), field: field, fields: "alarm { csn severityText }",
		socket: socket, replicas: o.replicas,
	}
	added.connect(replica)
	o.followers, o.filters, o.kept = append(o.followers, added), append(o.filters, f), append(o.kept, nil)
}

// round makes some changes, with connections cut and taken up again meanwhile, and judges what came of them.
func (o *oracle) round() {
	o.t.Helper()
	before := o.alarms()
	var cut []*follower
	for _, f := range o.followers {
		if o.dice.IntN(4) == 0 && f.begun() {
			f.cut()
			cut = append(cut, f)
		}
	}
	if o.dice.IntN(4) == 0 { // the site's own alarms come, occur again and go
		o.Clock.Advance(time.Duration(1+o.dice.IntN(40)) * time.Minute)
	} else {
		o.changeAlarms(before)
	}
	for _, f := range cut {
		f.connect(o.dice.IntN(len(o.replicas)))
	}
	testkit.Eventually(o.t, "a change waits for the second page of a list", o.settled)
	after := o.alarms()
	o.judge(before, after)
	for i := range o.replicas {
		o.read(i, after)
	}
	// One more who subscribes first and reads then has the present, and from now on hears of each change.
	at := o.dice.IntN(len(o.replicas))
	o.follow(filter{}, at, o.dice.IntN(2) == 0)
	o.read(at, after)
	o.kept[len(o.kept)-1] = filter{}.listed(after)
	if extra := len(o.followers) - 14; extra > 0 {
		const oldest = 10 // of those that came late
		o.followers[oldest].cut()
		o.followers = slices.Delete(o.followers, oldest, oldest+1)
		o.filters = slices.Delete(o.filters, oldest, oldest+1)
		o.kept = slices.Delete(o.kept, oldest, oldest+1)
	}
}

// changeAlarms changes some alarms, each once, at once or while a list is read.
func (o *oracle) changeAlarms(present map[string]alarm) {
	names := slices.Sorted(maps.Keys(present))
	o.dice.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for i := range 1 + o.dice.IntN(6) {
		csn, a := names[i], present[names[i]]
		var body string
		switch o.dice.IntN(4) {
		case 0:
			source := []string{"DEVICE", "CLOUD_SERVICE"}[o.dice.IntN(2)]
			body = fmt.Sprintf(`{"raiseAlarm":{"source":%q,"region":%q,"severity":%d,"name":"raised"}}`, source,
				o.Sim.Regions()[o.dice.IntN(3)].Code, 1+o.dice.IntN(4))
		case 1:
			body = fmt.Sprintf(`{"updateAlarm":{"csn":%q,"severity":%d}}`, csn, 1+o.dice.IntN(4))
		case 2:
			body = fmt.Sprintf(`{"updateAlarm":{"csn":%q,"acked":%t}}`, csn, !a.acked)
		case 3:
			if a.cleared {
				continue
			}
			body = fmt.Sprintf(`{"clearAlarm":{"csn":%q}}`, csn)
		}
		if o.dice.IntN(2) == 0 {
			o.later(body)
		} else {
			o.change(body)
		}
	}
}

// advance moves the upstream's clock, by which its own alarms change.
func (o *oracle) advance(by time.Duration) {
	o.t.Helper()
	before := o.alarms()
	o.Clock.Advance(by)
	o.judge(before, o.alarms())
}

// judge compares what each follower got with what it must have got, and the list that it keeps with the present.
func (o *oracle) judge(before, after map[string]alarm) {
	o.t.Helper()
	for i, f := range o.followers {
		o.judgeOne(i, f, before, after)
	}
}

func (o *oracle) judgeOne(i int, f *follower, before, after map[string]alarm) {
	o.t.Helper()
	expected := o.filters[i].changes(before, after)
	got := map[string]string{}
	shown := filter{}.listed(after)
	maps.DeleteFunc(o.kept[i], func(csn, _ string) bool { _, listed := after[csn]; return !listed })
	for _, e := range f.next(len(expected)) {
		if e.Alarm == nil {
			o.t.Fatalf("%s: %+v", f.name, e)
		}
		if again := got[e.Alarm.Csn]; again != "" {
			o.t.Errorf("%s: %s %s after %s", f.name, e.Kind, e.Alarm.Csn, again)
		}
		got[e.Alarm.Csn] = e.Kind
		if want := after[e.Alarm.Csn].severity; e.Alarm.SeverityText != want {
			o.t.Errorf("%s: %s %s with severity %s, want %s", f.name, e.Kind, e.Alarm.Csn, e.Alarm.SeverityText, want)
		}
		keep := e.Kind == "RAISED" || e.Kind == "UPDATED" || e.Kind == "CLEARED" && !o.filters[i].active()
		if delete(o.kept[i], e.Alarm.Csn); keep {
			o.kept[i][e.Alarm.Csn] = shown[e.Alarm.Csn]
		}
	}
	if !maps.Equal(got, expected) {
		o.t.Errorf("%s: got %s", f.name, difference(got, expected))
	}
	if want := o.filters[i].listed(after); !maps.Equal(o.kept[i], want) {
		o.t.Errorf("%s: the list that it keeps: %s", f.name, difference(o.kept[i], want))
	}
}

// active reports whether a filter keeps cleared alarms out of lists.
func (f filter) active() bool { return f.cleared != nil && !*f.cleared }

// read reads all alarms of a replica whose followers have heard of all changes: they must be the present ones.
func (o *oracle) read(replica int, present map[string]alarm) {
	o.t.Helper()
	got, after := map[string]string{}, "null"
	from := o.Clock.Now().Add(-alarmDays).Format(time.RFC3339Nano)
	for {
		var data struct {
			Alarms struct {
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
				Nodes []struct {
					Csn, SeverityText     string
					Cleared, Acknowledged bool
				}
			}
		}
		answer := o.replicas[replica].Ask(o.t, `query ($after: String, $from: DateTime) {
			alarms(first: 500, after: $after, filter: {lastOccurred: {from: $from}}) {
				pageInfo { hasNextPage endCursor } nodes { csn severityText cleared acknowledged } } }`,
			`{"after": `+after+`, "from": "`+from+`"}`, nil)
		if err := json.Unmarshal(answer.Body.Data, &data); err != nil || len(answer.Body.Errors) > 0 {
			o.t.Fatalf("%v: %s", err, answer.Raw)
		}
		for _, node := range data.Alarms.Nodes {
			got[node.Csn] = fmt.Sprintf("%s cleared %t acknowledged %t", node.SeverityText, node.Cleared, node.Acknowledged)
		}
		if !data.Alarms.PageInfo.HasNextPage {
			break
		}
		after = fmt.Sprintf("%q", data.Alarms.PageInfo.EndCursor)
	}
	want := filter{}.listed(present)
	if !maps.Equal(got, want) {
		o.t.Errorf("read on replica %d: %s", replica, difference(got, want))
	}
}

// difference names the first few entries that two maps do not share.
func difference(got, want map[string]string) string {
	var lines []string
	all := maps.Clone(got)
	maps.Copy(all, want)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if got[key] != want[key] {
			lines = append(lines, fmt.Sprintf("%s is %q, want %q", key, got[key], want[key]))
		}
	}
	return fmt.Sprintf("%d differ: %s", len(lines), strings.Join(lines[:min(len(lines), 6)], "; "))
}
