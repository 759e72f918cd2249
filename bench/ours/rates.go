package ours

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/load"
	"github.com/opsgraph/opsgraph/bench/site"
)

// row is one line of the table of rates: a server, a workload and a coding, measured once a round.
type row struct {
	*server
	workload *Workload
	gzip     bool
	url      string

	rate, cpu, p99 figures.Rounds // answers a second; milliseconds of processor time an answer; milliseconds
	bytes          int64          // of one answer on the wire, its head included
	last           time.Duration  // of one measurement; zero until the first one
}

// hosts of the site of the rates.
const rateHosts = 200

// rates measures how many answers a second one core gives, for each workload and way to answer.
func rates(s *session, r *figures.Result) error {
	u, err := s.Upstream(rateHosts, true)
	if err != nil {
		return err
	}
	defer u.Stop()
	var servers []server
	for _, v := range s.variants() {
		if v.before && s.before == "" {
			r.Notes = append(r.Notes, "The column of the earlier commit is missing: "+s.noBefore+".")
			continue
		}
		g, err := s.start(&v, u)
		if err != nil {
			return err
		}
		defer g.Stop()
		servers = append(servers, server{variant: v, url: g.URL, gateway: g, Process: g.Process})
	}
	// The tree's own first: the earlier commit is held against it as JSON.
	slices.SortStableFunc(servers, func(a, b server) int {
		return map[bool]int{true: 1}[a.before] - map[bool]int{true: 1}[b.before]
	})
	work, err := Workloads(servers[0].url)
	if err != nil {
		return err
	}
	s.say("comparing the answers")
	for i := range work {
		for _, body := range work[i].Bodies {
			if err := sameData(servers, body); err != nil {
				return err
			}
		}
	}
	floor, url, err := s.Floor()
	if err != nil {
		return err
	}
	defer floor.Stop()
	under := server{variant: variant{name: floorName}, url: url, Process: floor}
	rows, err := s.rateRows(servers, &under, work)
	if err != nil {
		return err
	}
	for round := range s.rounds {
		s.say("round %d of %d, %d measurements", round+1, s.rounds, len(rows))
		for _, one := range rows {
			if err := s.rate(one); err != nil {
				return fmt.Errorf("%s, %s: %w", one.name, one.workload.Name, err)
			}
		}
	}
	r.Targets = rateTargets(rows)
	if t, err := s.allocations(servers, &work[3]); err != nil {
		return err
	} else if t != nil {
		r.Targets = append(r.Targets, *t)
	}
	for i := range work {
		r.Tables = append(r.Tables, rateTable(&work[i], rows))
	}
	return nil
}

// rateRows makes the rows, and hands net/http the bytes of each workload.
func (s *session) rateRows(servers []server, floor *server, work []Workload) ([]*row, error) {
	last := &servers[0]
	for i := range servers {
		if !servers[i].before {
			last = &servers[i] // the one with the most of the tree in use
		}
	}
	var rows []*row
	for i := range work {
		w := &work[i]
		for _, packed := range []bool{false, true} {
			if packed && w.Name == "typename" { // too short to be packed
				continue
			}
			path, err := hand(floor.url, last.url, w, packed)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", w.Name, err)
			}
			rows = append(rows, &row{server: floor, workload: w, gzip: packed, url: path})
			for k := range servers {
				if worthwhile(&servers[k], w, packed) {
					rows = append(rows, &row{server: &servers[k], workload: w, gzip: packed, url: servers[k].url})
				}
			}
		}
	}
	return rows, nil
}

// worthwhile leaves out what tells nothing new, so that a run stays short.
func worthwhile(v *server, w *Workload, packed bool) bool {
	switch {
	case packed && (v.name == beforeName || v.name == gqlgenName || v.name == renderedName):
		return false
	case v.name == renderedName:
		return w.Name == "variables"
	case v.name == keptName:
		return w.Name != "variables" || !packed
	}
	return true
}

// hand gives net/http the bytes with which a gateway answers the first body of a workload, and returns their address.
func hand(floor, gateway string, w *Workload, packed bool) (string, error) {
	url := floor + "/" + w.Name
	_, bytes, err := site.Data(gateway, w.Bodies[0])
	header := http.Header{}
	if packed && err == nil {
		url += "-packed"
		bytes, _, err = site.Packed(gateway, w.Bodies[0])
		header.Set("X-Coding", "gzip")
	}
	if err != nil {
		return "", err
	}
	_, _, err = site.Send(http.MethodPut, url, string(bytes), header)
	return url, err
}

// Bounds of a measurement: what is under way at its end is not counted, which are up to 64 answers. So slow servers are
// measured for longer, until that is little.
const (
	fewestAnswers = 400
	longestRate   = 8 * time.Second
)

// rate measures one row once. The first time also finds out for how long it takes to measure this row.
func (s *session) rate(r *row) error {
	if r.last == 0 {
		r.last = s.last
		try := load.Job{URL: r.url, Bodies: r.workload.Bodies, For: min(s.last, time.Second), Gzip: r.gzip}
		got, err := s.wrk.Run(s, &try)
		if err != nil {
			return err
		}
		if needed := time.Duration(fewestAnswers / got.Rate() * float64(time.Second)).Round(time.Second); needed > r.last {
			r.last = min(needed, longestRate)
		}
	}
	job := load.Job{URL: r.url, Bodies: r.workload.Bodies, For: r.last, Gzip: r.gzip}
	began, err := r.CPU()
	if err != nil {
		return err
	}
	got, err := s.wrk.Run(s, &job)
	if err != nil {
		return err
	}
	ended, err := r.CPU()
	if err != nil {
		return err
	}
	r.rate = append(r.rate, got.Rate())
	r.cpu = append(r.cpu, float64(ended-began)/float64(time.Millisecond)/float64(got.Requests))
	r.p99 = append(r.p99, float64(got.P99)/1000)
	r.bytes = got.Bytes / got.Requests
	return nil
}

// find is the row of a server, workload and coding; nil where it was not measured.
func find(rows []*row, name, workload string, gzip bool) *row {
	for _, r := range rows {
		if r.name == name && r.workload.Name == workload && r.gzip == gzip {
			return r
		}
	}
	return nil
}

// rateTargets holds the rates against the targets.
func rateTargets(rows []*row) []figures.Target {
	type want struct {
		work, workload, name, than string
		gzip                       bool
		bound                      float64
	}
	var targets []figures.Target
	for _, w := range []want{
		{"different variables, 25 kB", "variables", planName, gqlgenName, false, 7},
		{"different variables, 25 kB", "variables", planName, floorName, false, 0.10},
		{"README's second query, 29 kB, plan alone", "overview", planName, gqlgenName, false, 11},
		{"dashboard, 75 kB, plan alone", "dashboard", planName, gqlgenName, false, 15},
		{"equal, 29 kB, kept", "overview", keptName, floorName, false, 0.65},
		{"equal, 25 kB, kept", "hosts", keptName, floorName, false, 0.65},
		{"equal, 75 kB, kept", "dashboard", keptName, floorName, false, 0.75},
		{"equal, 29 kB, kept, gzipped", "overview", keptName, floorName, true, 0.5},
		{"equal, 25 kB, kept, gzipped", "hosts", keptName, floorName, true, 0.5},
		{"equal, 75 kB, kept, gzipped", "dashboard", keptName, floorName, true, 0.5},
		{"`{ __typename }`", "typename", keptName, floorName, false, 0.25},
	} {
		t := figures.Target{Work: w.work, Against: "rate over " + w.than, Bound: w.bound}
		got, than := find(rows, w.name, w.workload, w.gzip), find(rows, w.than, w.workload, w.gzip)
		if got == nil || than == nil {
			t.Missing = "the tree has no setting for " + w.name
		} else {
			t.Got = got.rate.Over(than.rate)
		}
		targets = append(targets, t)
	}
	return targets
}

// rateTable is the table of one workload.
func rateTable(w *Workload, rows []*row) figures.Table {
	t := figures.Table{
		Title: w.Title,
		Columns: []string{
			"server", "coding", "bytes on the wire", "answers/s", "spread", "CPU ms", "of net/http", "p99 ms at 64",
		},
	}
	for _, r := range rows {
		if r.workload != w {
			continue
		}
		coding, share := "plain", "-"
		if r.gzip {
			coding = "gzip"
		}
		if floor := find(rows, floorName, w.Name, r.gzip); floor != nil {
			share = figures.Number(r.rate.Over(floor.rate).Median())
		}
		t.Rows = append(t.Rows, []string{
			r.name, coding, strconv.FormatInt(r.bytes, 10), figures.Number(r.rate.Median()),
			figures.Percent(r.rate.Spread()), figures.Number(r.cpu.Median()), share, figures.Number(r.p99.Median()),
		})
	}
	return t
}

// allocations counts what the plan allocates for one answer with different variables, by the process's own account.
func (s *session) allocations(servers []server, work *Workload) (*figures.Target, error) {
	for i := range servers {
		if servers[i].name != planName {
			continue
		}
		g := servers[i].gateway
		const metric = "go_memstats_mallocs_total"
		var got figures.Rounds
		for range 3 {
			began, err := g.Metric(metric)
			if err != nil {
				return nil, err
			}
			crowd := load.Crowd{URL: servers[i].url, Clients: 1, For: time.Second, Body: func(n int) string {
				return work.Bodies[n%len(work.Bodies)]
			}}
			answers := crowd.Run(s)
			ended, err := g.Metric(metric)
			if err != nil {
				return nil, err
			}
			got = append(got, (ended-began)/float64(len(answers.All)))
		}
		return &figures.Target{
			Work: "different variables, 25 kB", Against: "allocations an answer", Bound: 1000, Most: true, Got: got,
		}, nil
	}
	return nil, nil //nolint:nilnil // without a plan there is nothing to count
}
