package liveoracle

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// capacityRound sets the capacity of a region and judges what its followers get: one event, with the pools whose
// figures changed.
func (o *oracle) capacityRound() {
	o.t.Helper()
	region := o.Sim.Regions()[o.dice.IntN(3)].Code
	before := o.pools("EIP")
	o.change(fmt.Sprintf(`{"setCapacity":{"service":"EIP","region":%q,"allocated":%d,"available":%d}}`, region,
		o.dice.IntN(4), o.dice.IntN(4)))
	changed := map[string]int{}
	for pool, figure := range o.pools("EIP") {
		if before[pool] != figure {
			changed[strings.Fields(pool)[0]]++
		}
	}
	for _, f := range o.capacity {
		news := f.next(len(changed))
		for _, e := range news {
			if changed[e.RegionCode] == 0 || len(e.Capacity) != changed[e.RegionCode] {
				o.t.Errorf("%s: got %+v, want changes of %v", f.name, e, changed)
			}
		}
		if len(news) != len(changed) {
			o.t.Errorf("%s: got %+v, want changes of %v", f.name, news, changed)
		}
	}
	for i := range o.replicas {
		o.readCapacity(i)
	}
}

// readCapacity reads the capacity of a replica whose followers have heard of all changes: it must be the present one.
func (o *oracle) readCapacity(replica int) {
	o.t.Helper()
	var data struct {
		CloudServices []struct {
			RegionCode string
			Capacity   []struct{ Allocated *float64 }
		}
	}
	const document = `{ cloudServices(types: [EIP]) { regionCode capacity { allocated } } }`
	answer := o.replicas[replica].Ask(o.t, document, "", nil)
	if err := json.Unmarshal(answer.Body.Data, &data); err != nil || len(answer.Body.Errors) > 0 {
		o.t.Fatalf("%v: %s", err, answer.Raw)
	}
	got, want := map[string]float64{}, map[string]float64{}
	for _, service := range data.CloudServices {
		for _, row := range service.Capacity {
			if row.Allocated != nil {
				got[service.RegionCode] += *row.Allocated
			}
		}
	}
	for pool, figures := range o.pools("EIP") {
		figure, _, _ := strings.Cut(figures, "/")
		if allocated, err := strconv.ParseFloat(figure, 64); err == nil {
			want[strings.Fields(pool)[0]] += allocated
		}
	}
	for region, sum := range want {
		if math.Abs(got[region]-sum) > 1e-6 {
			o.t.Errorf("capacity of %s on replica %d: %v allocated, want %v", region, replica, got[region], sum)
		}
	}
}

// jobRound starts a usage-record query and follows it to its end on both replicas, with cuts: each state that it is in
// comes once, in its order, and no other.
func (o *oracle) jobRound() {
	o.t.Helper()
	job := o.replicas[0].StartJob(o.t)
	path := "/meter/v1/" + simulator.DemoHCSODomain + "/query-jobs/" + job
	state := func() string {
		var raw struct {
			Status   string
			Progress any
		}
		if err := json.Unmarshal(o.get(path, nil), &raw); err != nil {
			o.t.Fatal(err)
		}
		words := map[string]string{"pending": "PENDING", "running": "RUNNING", "success": "SUCCEEDED", "failure": "FAILED"}
		return words[raw.Status] + " " + text(raw.Progress)
	}
	var followers []*follower
	begin := func(name string, replica int) *follower {
		f := &follower{
			t: o.t, name: name, field: fmt.Sprintf("meterJob(jobId: %q)", job), fields: "status progress",
			socket: len(followers)%2 == 0, replicas: o.replicas,
		}
		f.connect(replica)
		followers = append(followers, f)
		return f
	}
	begin("job on 0", 0)
	begin("job on 1", 1)
	for last := ""; !strings.HasPrefix(last, "SUCCEEDED"); {
		present := state()
		if present != last {
			last = present
			for _, f := range followers {
				o.wantState(f, present)
			}
		}
		if !strings.HasPrefix(last, "SUCCEEDED") {
			for _, f := range followers {
				if o.dice.IntN(2) == 0 {
					f.cut()
					f.connect(o.dice.IntN(2))
				}
			}
			o.advance(time.Duration(200+o.dice.IntN(2000)) * time.Millisecond)
		}
	}
	for replica := range o.replicas { // also who comes late
		o.wantState(begin(fmt.Sprintf("late on %d", replica), replica), state())
	}
	for _, f := range followers {
		o.wantComplete(f)
		f.connect(o.dice.IntN(2)) // goes on after the end
		o.wantComplete(f)
		if more := f.next(0); len(more) > 0 {
			o.t.Errorf("%s: after the end %+v", f.name, more)
		}
	}
}

// wantState checks that a follower got one event, with this state.
func (o *oracle) wantState(f *follower, want string) {
	o.t.Helper()
	for i, e := range f.next(1) {
		if got := e.Status + " " + progressOf(e); got != want || i > 0 || e.Kind != "STATE" {
			o.t.Errorf("%s: event %d: %s %s, want %s", f.name, i, e.Kind, got, want)
		}
	}
}

func progressOf(e event) string {
	if e.Progress == nil {
		return ""
	}
	return fmt.Sprint(*e.Progress)
}

func (o *oracle) wantComplete(f *follower) {
	o.t.Helper()
	testkit.Eventually(o.t, f.name+" does not complete", f.ended)
	f.cut()
}
