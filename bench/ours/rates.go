package ours

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/load"
	"github.com/opsgraph/opsgraph/bench/site"
	"github.com/opsgraph/opsgraph/bench/stand"
	"github.com/opsgraph/opsgraph/bench/work"
)

// Hosts of the site of the rates.
const Hosts = 200

// rates measures how many answers a second one core gives, for each workload and way to answer.
func rates(s *session, r *figures.Result) error {
	u, err := s.Upstream(Hosts, true)
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
		servers = append(servers, serverOf(v, g))
	}
	loads, err := work.Workloads(servers[0].URL)
	if err != nil {
		return err
	}
	s.say("comparing the answers")
	for i := range loads {
		for _, body := range loads[i].Bodies {
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
	under := server{variant: variant{name: floorName}, Server: work.Server{Name: floorName, URL: url, Process: floor}}
	rows, err := s.rateRows(servers, &under, loads)
	if err != nil {
		return err
	}
	for round := range s.rounds {
		s.say("round %d of %d, %d measurements", round+1, s.rounds, len(rows))
		for _, one := range rows {
			if err := s.meter.Measure(s, one); err != nil {
				return err
			}
		}
	}
	r.Targets = work.Targets(rows, rateGoals(), func(name string) string { return "the tree has no setting for " + name })
	if t, err := s.allocations(servers, &loads[3]); err != nil {
		return err
	} else if t != nil {
		r.Targets = append(r.Targets, *t)
	}
	for i := range loads {
		r.Tables = append(r.Tables, work.Table(&loads[i], rows, floorName))
	}
	return nil
}

// rateRows makes the rows, and hands net/http the bytes of each workload.
func (s *session) rateRows(servers []server, floor *server, loads []work.Workload) ([]*work.Row, error) {
	last := &servers[0]
	for i := range servers {
		if !servers[i].before {
			last = &servers[i] // the one with the most of the tree in use
		}
	}
	bare := &server{variant: variant{name: bareName}, Server: work.Server{Name: bareName, Process: floor.Process}}
	var rows []*work.Row
	for i := range loads {
		w := &loads[i]
		for _, packed := range []bool{false, true} {
			if packed && w.Name == "typename" { // too short to be packed
				continue
			}
			for _, one := range []*server{floor, bare} {
				if one == bare && (packed || w.Name == "variables") { // once a size is enough
					continue
				}
				path, err := hand(floor.URL, last.URL, w, packed, one == bare)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", w.Name, err)
				}
				rows = append(rows, &work.Row{Server: &one.Server, Workload: w, Gzip: packed, URL: path})
			}
			for k := range servers {
				if worthwhile(&servers[k], w, packed) {
					rows = append(rows, &work.Row{Server: &servers[k].Server, Workload: w, Gzip: packed, URL: servers[k].URL})
				}
			}
		}
	}
	return rows, nil
}

// worthwhile leaves out what tells nothing new, so that a run stays short.
func worthwhile(v *server, w *work.Workload, packed bool) bool {
	switch {
	case packed && (v.name == BeforeName || v.name == GqlgenName):
		return false
	case v.name == KeptName:
		return w.Name != "variables" || !packed
	}
	return true
}

// hand gives net/http the answer of a gateway to the first body of a workload, and returns its address.
func hand(floor, gateway string, w *work.Workload, packed, bare bool) (string, error) {
	url, header := floor+"/"+w.Name, http.Header{}
	if packed {
		url += "-packed"
		header.Set("Accept-Encoding", "gzip")
	}
	answer, err := site.Exchange(http.MethodPost, gateway, w.Bodies[0], header)
	if err != nil {
		return "", err
	}
	answer.Header.Del("Date") // each answer gets its own
	handed := stand.Handed{Header: answer.Header, Body: answer.Body, Bare: bare}
	if bare {
		url += "-bare"
		handed.Header = http.Header{"Content-Type": answer.Header["Content-Type"]}
	}
	text, err := json.Marshal(handed)
	if err != nil {
		return "", fmt.Errorf("answer: %w", err)
	}
	status, _, err := site.Send(http.MethodPut, url, string(text), nil)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%w: %d", errHand, status)
	}
	return url, err
}

var (
	errHand    = errors.New("net/http takes no answer")
	errNothing = errors.New("nothing was answered")
)

// rateGoals are the targets of rates.
func rateGoals() []work.Goal {
	return []work.Goal{
		{Title: "different variables, 25 kB", Workload: "variables", Name: PlanName, Than: GqlgenName, Bound: 7},
		{Title: "different variables, 25 kB", Workload: "variables", Name: PlanName, Than: floorName, Bound: 0.10},
		{Title: "README's second query, plan alone", Workload: "overview", Name: PlanName, Than: GqlgenName, Bound: 11},
		{Title: "dashboard, plan alone", Workload: "dashboard", Name: PlanName, Than: GqlgenName, Bound: 15},
		{Title: "equal, 29 kB, kept", Workload: "overview", Name: KeptName, Than: floorName, Bound: 0.65},
		{Title: "equal, 25 kB, kept", Workload: "hosts", Name: KeptName, Than: floorName, Bound: 0.65},
		{Title: "equal, 75 kB, kept", Workload: "dashboard", Name: KeptName, Than: floorName, Bound: 0.75},
		{Title: "equal, 29 kB, kept", Workload: "overview", Name: KeptName, Than: floorName, Gzip: true, Bound: 0.5},
		{Title: "equal, 25 kB, kept", Workload: "hosts", Name: KeptName, Than: floorName, Gzip: true, Bound: 0.5},
		{Title: "equal, 75 kB, kept", Workload: "dashboard", Name: KeptName, Than: floorName, Gzip: true, Bound: 0.5},
		{Title: "`{ __typename }`", Workload: "typename", Name: KeptName, Than: floorName, Bound: 0.25},
	}
}

// allocations counts what the plan allocates for one answer with different variables, by the process's own account.
func (s *session) allocations(servers []server, loads *work.Workload) (*figures.Target, error) {
	for i := range servers {
		if servers[i].name != PlanName {
			continue
		}
		g := servers[i].gateway
		const metric = "go_memstats_mallocs_total"
		var got figures.Rounds
		for range s.rounds {
			began, err := g.Metric(metric)
			if err != nil {
				return nil, err
			}
			crowd := load.Crowd{URL: servers[i].URL, Clients: 1, For: time.Second, Body: func(n int) string {
				return loads.Bodies[n%len(loads.Bodies)]
			}}
			answers := crowd.Run(s)
			ended, err := g.Metric(metric)
			if err == nil && len(answers.All) == 0 {
				err = errNothing
			}
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
