package live_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/resolvers/live"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

// readSeverity is the severity of an alarm as a query on a replica reads it.
func readSeverity(t *testing.T, r *liveReplica) string {
	const csn = "1"
	t.Helper()
	outcome := r.Alarms.Lists[model.AlarmSourceCloudService].One(t.Context(), "", dataset.Span{}, 0)
	if outcome.Err != nil {
		t.Fatal(outcome.Err)
	}
	alarm := outcome.Held.Value.ByCSN(csn)
	if alarm == nil {
		t.Fatalf("no alarm %s", csn)
	}
	return sourcestest.Shown(alarm.SeverityText)
}

// TestFound_F2_SubscribeFirstThenRead has one replica poll and another one hold older data, whose age would allow them
// to be answered: whoever subscribes there and then reads misses no change, nor does one who reads for an event.
func TestFound_F2_SubscribeFirstThenRead(t *testing.T) {
	u := newLiveUpstream(t)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "4", "0")))
	u.set(deviceAlarms, sourcestest.ListOf())
	server := redistest.Start(t)
	polling, other := u.replica(t, server), u.replica(t, server)
	first := followAlarms(t, polling, nil, nil)
	u.polls(t, serviceAlarms, 2)
	for i := range 6 {
		before, after := strconv.Itoa(4-i%2), strconv.Itoa(3+i%2)
		if got := readSeverity(t, other); got != before {
			t.Fatalf("round %d: read %s before the change, want %s", i, got, before)
		}
		u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", after, "0")))
		wantAlarms(t, first, "UPDATED 1 "+after)
		late := followAlarms(t, other, nil, nil)
		if got := readSeverity(t, other); got != after {
			t.Fatalf("round %d: subscribed behind the change and read %s, want %s", i, got, after)
		}
		u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", before, "0")))
		wantAlarms(t, late, "UPDATED 1 "+before)
		if got := readSeverity(t, other); got != before {
			t.Fatalf("round %d: read %s for an event, want %s", i, got, before)
		}
		u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", after, "0")))
		wantAlarms(t, first, "UPDATED 1 "+before, "UPDATED 1 "+after)
		late.Close()
		await(t, func() bool { return readSeverity(t, other) == after }) // nobody follows there now
	}
}

// TestFound_F2_NotPolledBefore subscribes where data are held that nobody has polled for a while: what changed before
// is no event, so a read must not lack it.
func TestFound_F2_NotPolledBefore(t *testing.T) {
	u := newLiveUpstream(t)
	u.interval = time.Minute // a slow machine must not make the first change come late
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "1", "0")))
	u.set(deviceAlarms, sourcestest.ListOf())
	r := u.replica(t, nil)
	before := followAlarms(t, r, nil, nil)
	u.polls(t, serviceAlarms, 2)
	before.Close()
	readSeverity(t, r)
	// Changed first: a poll that has not ended yet must not read the old state at the new time.
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "2", "0")))
	u.ahead.Add(int64(30 * time.Minute)) // stale, and still allowed
	f := followAlarms(t, r, nil, nil)
	if got := readSeverity(t, r); got != "2" {
		t.Errorf("read %s, of which no event tells, want 2", got)
	}
	u.polls(t, serviceAlarms, 2)
	quiet(t, f)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "3", "0")))
	wantAlarms(t, f, "UPDATED 1 3")
}

// shifting is an upstream whose list of alarms has several pages and moves an alarm that is acknowledged to its end,
// between the first page and the second.
type shifting struct {
	mu       sync.Mutex
	order    []string
	acked    map[string]bool
	due      []string // to be acknowledged, one in each reading
	readings int
	began    time.Time
}

func (s *shifting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset_value"))
	size, _ := strconv.Atoi(r.URL.Query().Get("page_size"))
	w.Header().Set("Content-Type", "application/json")
	if !strings.HasSuffix(r.URL.Path, serviceAlarms) {
		_, _ = fmt.Fprint(w, `{"total":0,"list":[]}`)
		return
	}
	if offset == 0 {
		s.readings++
	}
	if offset == size && len(s.due) > 0 {
		csn := s.due[0]
		s.due = s.due[1:]
		at := slices.Index(s.order, csn)
		s.order = append(slices.Delete(s.order, at, at+1), csn)
		s.acked[csn] = true
	}
	rows := []string{}
	for _, csn := range s.order[min(offset, len(s.order)):min(offset+size, len(s.order))] {
		acked := "0"
		if s.acked[csn] {
			acked = "1"
		}
		rows = append(rows, fmt.Sprintf(`{"csn":%q,"alarm_name":"a","severity":"1","cleared":"0","acked":%q,`+
			`"LogicalRegionId":"r1","latest_occur_utc":"%d"}`, csn, acked, s.occurred(csn)))
	}
	_, _ = fmt.Fprintf(w, `{"total":%d,"list":%s}`, len(s.order), "["+strings.Join(rows, ",")+"]")
}

// occurred is when an alarm occurred last: each has a time of its own.
func (s *shifting) occurred(csn string) int64 {
	number, _ := strconv.Atoi(csn)
	return s.began.Add(time.Duration(number) * time.Second).UnixMilli()
}

// TestFound_F3_ListShiftsBetweenPages acknowledges alarms while the list is read: each is reported once, and nothing is
// told of the alarms that the reading missed, which stay in the list; nor of those that the first reading missed.
func TestFound_F3_ListShiftsBetweenPages(t *testing.T) {
	upstream := &shifting{acked: map[string]bool{}, began: time.Now().Add(-10 * time.Minute), due: []string{"100"}}
	for i := range 35 {
		upstream.order = append(upstream.order, strconv.Itoa(100+i))
	}
	server := httptest.NewServer(upstream)
	t.Cleanup(server.Close)
	u := newLiveUpstream(t)
	u.address, u.pageSize = server.URL, 10
	r := u.replica(t, nil)
	readings := func() int { upstream.mu.Lock(); defer upstream.mu.Unlock(); return upstream.readings }
	f := followAlarms(t, r, nil, nil)
	await(t, func() bool { return readings() > 3 })
	wantAlarms(t, f, "UPDATED 100 1") // the first reading had it twice, and took it as it was at first
	quiet(t, f)
	acknowledged := []string{"101", "103", "102", "108"}
	upstream.mu.Lock()
	upstream.due = slices.Clone(acknowledged)
	upstream.mu.Unlock()
	for range acknowledged {
		e := awaited(t, f)
		at := slices.Index(acknowledged, e.Value.Alarm.Csn)
		if at < 0 || e.Value.Kind != live.ChangeUpdated || !*e.Value.Alarm.Acknowledged {
			t.Fatalf("%s %s: not what was done", e.Value.Kind, e.Value.Alarm.Csn)
		}
		acknowledged = slices.Delete(acknowledged, at, at+1)
		list := r.Alarms.Lists[model.AlarmSourceCloudService].One(t.Context(), "", dataset.Span{}, 0).Held.Value
		if len(list.All) != 35 {
			t.Errorf("%d alarms, want 35", len(list.All))
		}
	}
	was := readings()
	await(t, func() bool { return readings() > was+3 })
	quiet(t, f)
	// one that is gone for good leaves the list
	upstream.mu.Lock()
	upstream.order = upstream.order[1:]
	upstream.mu.Unlock()
	await(t, func() bool {
		return len(r.Alarms.Lists[model.AlarmSourceCloudService].One(t.Context(), "", dataset.Span{}, 0).Held.Value.All) == 34
	})
	quiet(t, f)
}

// ackedRow is an alarm with its acknowledgement and region.
func ackedRow(csn, severity, cleared, acked, region string) string {
	return fmt.Sprintf(`{"csn":%q,"alarm_name":"a","severity":%q,"cleared":%q,"acked":%q,"LogicalRegionId":%q,`+
		`"latest_occur_utc":"1726819320000"}`, csn, severity, cleared, acked, region)
}

// TestFound_F7_AlarmLeavesTheFilter reports an alarm that leaves a filter, whatever takes it out, and nothing of those
// that were never in; also when another replica has taken over the polls.
func TestFound_F7_AlarmLeavesTheFilter(t *testing.T) {
	u := newLiveUpstream(t)
	set := func(rows ...string) { u.set(serviceAlarms, sourcestest.ListOf(rows...)) }
	u.set(deviceAlarms, sourcestest.ListOf())
	outside := ackedRow("9", "4", "1", "1", "r9")
	set(ackedRow("1", "1", "0", "0", "r1"), outside)
	server := redistest.Start(t)
	one, two := u.replica(t, server), u.replica(t, server)
	no, yes := false, true
	filters := map[string]*model.AlarmFilter{
		"severity":     {Severities: []model.AlarmSeverity{model.AlarmSeverityCritical}},
		"acknowledged": {Acknowledged: &no},
		"region":       {Regions: []string{"r1"}},
		"cleared":      {Cleared: &yes, Severities: []model.AlarmSeverity{model.AlarmSeverityCritical}},
	}
	followAlarms(t, one, nil, nil)
	u.polls(t, serviceAlarms, 2)
	f := map[string]*live.Following[live.AlarmChange]{}
	for name, filter := range filters {
		f[name] = followAlarms(t, two, filter, nil)
	}
	each := func(row string, want map[string]string) {
		t.Helper()
		set(row, outside)
		for name, change := range want {
			wantAlarms(t, f[name], change)
		}
		u.polls(t, serviceAlarms, 2)
		for _, follower := range f {
			quiet(t, follower)
		}
	}
	each(ackedRow("1", "2", "0", "0", "r1"),
		map[string]string{"severity": "LEFT 1 2", "acknowledged": "UPDATED 1 2", "region": "UPDATED 1 2"})
	each(ackedRow("1", "2", "0", "1", "r1"), map[string]string{"acknowledged": "LEFT 1 2", "region": "UPDATED 1 2"})
	each(ackedRow("1", "1", "0", "1", "r1"), map[string]string{"severity": "UPDATED 1 1", "region": "UPDATED 1 1"})
	one.die(t) // the other one takes over the polls, with what Redis has of them
	each(ackedRow("1", "3", "0", "1", "r1"), map[string]string{"severity": "LEFT 1 3", "region": "UPDATED 1 3"})
	each(ackedRow("1", "1", "1", "1", "r1"),
		map[string]string{"severity": "CLEARED 1 1", "region": "CLEARED 1 1", "cleared": "CLEARED 1 1"})
	each(ackedRow("1", "1", "0", "1", "r1"),
		map[string]string{"severity": "RAISED 1 1", "region": "RAISED 1 1", "cleared": "LEFT 1 1"})
	each(ackedRow("1", "1", "0", "1", "r2"), map[string]string{"severity": "UPDATED 1 1", "region": "LEFT 1 1"})
	each(ackedRow("1", "1", "0", "0", "r2"),
		map[string]string{"severity": "UPDATED 1 1", "acknowledged": "UPDATED 1 1"})
}

// TestFound_F1_EndStays follows a job to its end on one replica; another one, which reads an older state from a part of
// the upstream that is behind, or reads nothing, gives the end all the same.
func TestFound_F1_EndStays(t *testing.T) {
	const path = "query-jobs/j1"
	u := newLiveUpstream(t)
	server := redistest.Start(t)
	one, two := u.replica(t, server), u.replica(t, server)
	key := jobs.MeterJobKey{DomainID: "d", JobID: "j1"}
	follow := func(r *liveReplica) *live.Following[live.MeterJobChange] {
		t.Helper()
		f, err := r.live.FollowMeterJob(t.Context(), "", key, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(f.Close)
		return f
	}
	u.set(path, `{"id":"j1","status":"success","progress":100}`)
	if got := awaited(t, follow(one)).Value.Job.Status; got != model.JobStatusSucceeded {
		t.Fatalf("ended as %s", got)
	}
	for _, answer := range []string{`{"id":"j1","status":"running","progress":60}`, `no answer`} {
		u.set(path, answer)
		u.ahead.Add(int64(3 * time.Hour)) // what Redis holds is dead
		f := follow(two)
		present, found, err := two.live.MeterJob(t.Context(), "", key, f)
		if err != nil || !found || present.Job.Status != model.JobStatusSucceeded {
			t.Errorf("%s: %+v, %t, %v", answer, present.Job, found, err)
		}
		f.Close()
	}
}
