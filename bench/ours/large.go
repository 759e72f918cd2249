package ours

import (
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/machine"
	"github.com/opsgraph/opsgraph/bench/site"
)

// largeHosts is the number of hosts of the large site; it has some 50,000 alarms of 30 days.
const largeHosts = 20_000

// readAll reads both lists whole.
const readAll = `{ hosts(first: 1) { totalCount } alarms(first: 1) { totalCount } }`

// large measures what a large site costs: read from the upstream, and read by a second replica from Redis.
func large(s *session, r *figures.Result) error {
	u, err := s.Upstream(largeHosts, true)
	if err != nil {
		return err
	}
	defer u.Stop()
	counts, err := s.learn(u)
	if err != nil {
		return err
	}
	cpu := map[string]figures.Rounds{}
	for round := range s.rounds {
		for _, v := range s.shipped() {
			s.say("large, round %d: %s", round+1, v.name)
			first, second, err := s.twoReplicas(&v, u)
			if err != nil {
				return err
			}
			cpu["cold "+v.name] = append(cpu["cold "+v.name], first.Seconds())
			cpu["second "+v.name] = append(cpu["second "+v.name], second.Seconds())
		}
	}
	table := figures.Table{
		Title:   fmt.Sprintf("A large site: %d hosts, %d alarms", counts.Hosts.TotalCount, counts.Alarms.TotalCount),
		Columns: []string{"work", "gateway", "CPU s", "spread"},
	}
	for _, work := range []string{"cold", "second"} {
		title, bound := "read from the upstream, and kept in Redis", 0.6
		if work == "second" {
			title, bound = "a second replica, from Redis", 0.5
		}
		for _, v := range s.shipped() {
			got := cpu[work+" "+v.name]
			table.Rows = append(table.Rows, []string{
				title, v.name, figures.Number(got.Median()), figures.Percent(got.Spread()),
			})
		}
		target := figures.Target{
			Work: "20,000 hosts, 50,000 alarms: " + title, Against: "CPU over before", Bound: bound, Most: true,
			Missing: s.noBefore,
		}
		if s.before != "" {
			target.Got = cpu[work+" "+nowName].Over(cpu[work+" "+BeforeName])
		}
		r.Targets = append(r.Targets, target)
	}
	r.Tables = []figures.Table{table}
	return nil
}

// learn lets the upstream make all its answers once.
func (s *session) learn(u *site.Upstream) (lists, error) {
	g, err := s.start(&variant{name: nowName}, u, largeSettings()...)
	if err != nil {
		return lists{}, err
	}
	defer g.Stop()
	return s.readAll(g)
}

// largeSettings let a gateway read a large site as fast as it can.
func largeSettings() []string {
	return []string{"OPSGRAPH_LIMITS_REQUEST_TIMEOUT=110s", "OPSGRAPH_UPSTREAM_TIMEOUT=60s"}
}

// lists are the lengths of both lists.
type lists struct {
	Hosts, Alarms struct{ TotalCount int }
}

// readAll asks for both lists.
func (s *session) readAll(g *site.Gateway) (lists, error) {
	data, _, err := site.Data(g.URL, site.Request(readAll, nil))
	if err != nil {
		return lists{}, err
	}
	return decode[lists](data)
}

// twoReplicas gives the processor time that the first read costs the replica that asks the upstream, and the one that
// finds it in Redis.
func (s *session) twoReplicas(v *variant, u *site.Upstream) (first, second time.Duration, err error) {
	redis, url, err := s.redis()
	if err != nil {
		return 0, 0, err
	}
	defer redis.Stop()
	settings := append(largeSettings(), "OPSGRAPH_REDIS_URL="+url, "OPSGRAPH_REDIS_TIMEOUT=10s")
	for _, took := range []*time.Duration{&first, &second} {
		g, err := s.start(v, u, settings...)
		if err != nil {
			return 0, 0, err
		}
		defer g.Stop()
		began, err := g.CPU()
		if err != nil {
			return 0, 0, err
		}
		if _, err := s.readAll(g); err != nil {
			return 0, 0, err
		}
		// What goes to Redis may go there after the answer.
		if *took, err = s.quiet(g.Process); err != nil {
			return 0, 0, err
		}
		*took -= began
	}
	return first, second, nil
}

// quiet waits until a process works no more, and returns the processor time that it has used.
func (s *session) quiet(p *machine.Process) (time.Duration, error) {
	last := time.Duration(-1)
	for same := 0; same < 3; {
		now, err := p.CPU()
		if err != nil {
			return 0, err
		}
		if now-last <= 10*time.Millisecond { // the process's own clockwork
			same++
		} else {
			same = 0
		}
		last = now
		if err := s.rest(200 * time.Millisecond); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// redis starts a Redis without a file.
func (s *session) redis() (*machine.Process, string, error) {
	listener, err := (&net.ListenConfig{}).Listen(s, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", fmt.Errorf("a port for Redis: %w", err)
	}
	_, port, _ := strings.Cut(listener.Addr().String(), ":")
	if err := listener.Close(); err != nil {
		return nil, "", fmt.Errorf("a port for Redis: %w", err)
	}
	p, err := machine.Start(machine.Spec{
		Name: "redis", Core: machine.OtherCore, Logs: s.Logs, Dir: s.folder,
		Argv: []string{"redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"},
	})
	if err != nil {
		return nil, "", err
	}
	_, err = p.WaitFor(20*time.Second, func(log string) (string, bool) {
		return "", strings.Contains(log, "Ready to accept connections")
	})
	if err != nil {
		p.Stop()
		return nil, "", err
	}
	return p, "redis://127.0.0.1:" + port, nil
}
