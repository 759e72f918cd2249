// Package peers measures other servers beside the gateway: on the same records, with the same documents, answers that
// are equal.
package peers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/load"
	"github.com/opsgraph/opsgraph/bench/machine"
	"github.com/opsgraph/opsgraph/bench/ours"
	"github.com/opsgraph/opsgraph/bench/site"
	"github.com/opsgraph/opsgraph/bench/work"
)

// session is one run.
type session struct {
	context.Context //nolint:containedctx // a run is one command; all of it ends together
	site.Stand

	rounds         int
	root, kept     string
	folder         string // of files that go when the run ends
	meter          work.Meter
	progress       io.Writer
	notes          []string
	stops          []func()
	records        string // address of the records
	servers        []work.Server
	node, tailcall string // how to start them; empty where that can't be
}

// Run is `bench peers`.
func Run(ctx context.Context, flags *flag.FlagSet, args []string, stdout, progress io.Writer) (err error) {
	rounds := flags.Int("rounds", 5, "`number` of rounds")
	last := flags.Duration("last", 2*time.Second, "`time` of one measurement of a rate")
	only := flags.String("peers", "",
		"`names` of the peers, with commas: "+strings.Join(peerNames(), ", ")+"; all when empty")
	root := flags.String("root", ".", "`folder` of the repository")
	kept := flags.String("kept", "bin/bench", "`folder` for built gateways, installed peers and results")
	update := flags.Bool("update", false, "write docs/performance.md")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("flags: %w", err)
	}
	s := &session{Context: ctx, rounds: max(1, *rounds), progress: progress}
	if s.root, err = filepath.Abs(*root); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	if s.kept, err = filepath.Abs(*kept); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	chosen := peerNames()
	if *only != "" {
		chosen = strings.FieldsFunc(*only, func(r rune) bool { return r == ',' || r == ' ' })
	}
	for _, name := range chosen {
		if !slices.Contains(peerNames(), name) {
			return fmt.Errorf("%w: %q; there are %s", errPeer, name, strings.Join(peerNames(), ", "))
		}
	}
	results := filepath.Join(s.kept, "peers")
	if err := s.measure(chosen, *last, results); err != nil {
		return err
	}
	all, err := figures.Load(results, []string{"peers"})
	if err != nil {
		return err
	}
	text := figures.Text(all)
	if _, err := io.WriteString(stdout, text); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if !*update {
		return nil
	}
	return figures.Renew(filepath.Join(s.root, "docs", "performance.md"), "peers", text)
}

// measure puts all servers up, holds their answers against each other, and measures them in turns.
func (s *session) measure(chosen []string, last time.Duration, results string) error {
	defer s.close()
	if err := s.open(last); err != nil {
		return err
	}
	gateways, loads, err := s.gateways()
	if err != nil {
		return err
	}
	for _, p := range peers() {
		if slices.Contains(chosen, p.name) {
			s.add(p, loads)
		}
	}
	s.say("%d servers: %s", len(s.servers), strings.Join(names(s.servers), ", "))
	rows := s.rows(gateways, loads)
	for round := range s.rounds {
		s.say("round %d of %d, %d measurements", round+1, s.rounds, len(rows))
		rows = slices.DeleteFunc(rows, func(r *work.Row) bool {
			err := s.meter.Measure(s, r)
			if err != nil && s.Err() == nil {
				s.note("A row is left out: %.600v", err)
			}
			return err != nil
		})
		if s.Err() != nil {
			return s.Err()
		}
	}
	r := figures.Result{Scene: "peers", Notes: s.notes}
	r.Targets = work.Targets(rows, goals(), func(name string) string { return name + " is not here" })
	for i := range loads {
		r.Tables = append(r.Tables, work.Table(&loads[i], rows, reference(rows)))
	}
	return r.Save(results)
}

// reference is the server whose rate the others are compared with: the fastest peer where it is there.
func reference(rows []*work.Row) string {
	if work.Find(rows, tailcallName, "overview", false) != nil {
		return tailcallName
	}
	return ours.GqlgenName
}

func names(servers []work.Server) []string {
	var all []string
	for i := range servers {
		all = append(all, servers[i].Name)
	}
	return all
}

// open builds the gateway, installs what peers need, and moves this process off the servers' core.
func (s *session) open(last time.Duration) (err error) {
	if s.folder, err = os.MkdirTemp("", "opsgraph-bench-"); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	if s.Self, err = os.Executable(); err != nil {
		return fmt.Errorf("this program: %w", err)
	}
	s.Logs = s.folder
	s.meter = work.Meter{Wrk: load.Wrk{Folder: s.folder}, Last: last}
	if err := os.MkdirAll(s.kept, 0o755); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	s.install()
	return nil
}

// close ends all that the run started.
func (s *session) close() {
	for _, stop := range slices.Backward(s.stops) {
		stop()
	}
	_ = os.RemoveAll(s.folder) // the system clears its folder of temporary files as well
}

func (s *session) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.progress, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

// note tells the reader of the result, and whoever watches.
func (s *session) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
	s.say(format, args...)
}

// gateways starts the gateway in all its variants, lets the first tell the records, and serves these.
func (s *session) gateways() ([]work.Server, []work.Workload, error) {
	s.say("building the gateway")
	binary, err := site.BuildTree(s, s.root, s.kept)
	if err != nil {
		return nil, nil, err
	}
	if err := machine.Pin(s, machine.OtherCore); err != nil {
		return nil, nil, err
	}
	u, err := s.Upstream(ours.Hosts, true)
	if err != nil {
		return nil, nil, err
	}
	s.stops = append(s.stops, u.Stop)
	for _, v := range ours.Variants(s, binary) {
		g, err := s.Gateway(v.Name, binary, u, v.Settings...)
		if err != nil {
			return nil, nil, err
		}
		s.stops = append(s.stops, g.Stop)
		s.servers = append(s.servers, work.Server{Name: v.Name, URL: g.URL, Process: g.Process})
	}
	loads, err := work.Workloads(s.servers[0].URL)
	if err != nil {
		return nil, nil, err
	}
	// The records are read last: what hangs off hosts is asked for by the workloads first, so that both are one reading.
	file := filepath.Join(s.kept, "records.json")
	if err := s.same(&s.servers[0], loads); err != nil {
		return nil, nil, err
	}
	if err := Collect(s.servers[0].URL, file); err != nil {
		return nil, nil, err
	}
	p, err := machine.Start(machine.Spec{
		Name: "records", Core: machine.OtherCore, Logs: s.Logs, Argv: []string{s.Self, "records", "-file=" + file},
	})
	if err != nil {
		return nil, nil, err
	}
	s.stops = append(s.stops, p.Stop)
	if s.records, err = s.Ready(p); err != nil {
		return nil, nil, err
	}
	for i := range s.servers[1:] {
		if err := s.same(&s.servers[i+1], loads); err != nil {
			return nil, nil, err
		}
	}
	return slices.Clone(s.servers), loads, nil
}

var errPeer = errors.New("no such peer")

var errDiffers = errors.New("its answer differs")

// same asks a server for everything, which also warms it, and holds its answers against those of the first server.
func (s *session) same(server *work.Server, loads []work.Workload) error {
	for i := range loads {
		for _, body := range loads[i].Bodies {
			want, _, err := site.Data(s.servers[0].URL, body)
			if err != nil {
				return fmt.Errorf("%s: %w", s.servers[0].Name, err)
			}
			got, _, err := site.Data(server.URL, body)
			if err != nil {
				return fmt.Errorf("%s: %w", server.Name, err)
			}
			if difference := site.Difference(want, got); difference != "" {
				return fmt.Errorf("%w %s, of %s", errDiffers, difference, body)
			}
		}
	}
	return nil
}

// rows are what is measured: every server with every workload, packed where it packs.
func (s *session) rows(gateways []work.Server, loads []work.Workload) []*work.Row {
	var rows []*work.Row
	for i := range loads {
		w := &loads[i]
		for k := range s.servers {
			server := &s.servers[k]
			rows = append(rows, &work.Row{Server: server, Workload: w, URL: server.URL})
		}
		if w.Name == "typename" || w.Name == "variables" {
			continue
		}
		for k := range s.servers {
			server := &s.servers[k]
			if k < len(gateways) && server.Name != ours.PlanName && server.Name != ours.KeptName && len(gateways) > 1 {
				continue // what packing costs is the same for all of them
			}
			if _, plain, err := site.Packed(server.URL, w.Bodies[0]); err != nil || len(plain) == 0 {
				if i == 0 {
					s.note("%s does not pack its answers: its rows are plain ones alone.", server.Name)
				}
				continue
			}
			rows = append(rows, &work.Row{Server: server, Workload: w, URL: server.URL, Gzip: true})
		}
	}
	return rows
}

// goals are the targets of rates over those of Tailcall. With @cache it keeps what each field resolved to, which is
// more than a plan alone has: that row is an aim.
func goals() []work.Goal {
	var all []work.Goal
	for _, than := range []string{tailcallName, tailcallHTTP} {
		all = append(all,
			work.Goal{
				Title: "different variables, 25 kB", Workload: "variables", Name: ours.PlanName, Than: than, Bound: 6.5,
				Aim: than == tailcallName,
			},
			work.Goal{Title: "equal, 29 kB, kept", Workload: "overview", Name: ours.KeptName, Than: than, Bound: 1.5},
			work.Goal{Title: "equal, 25 kB, kept", Workload: "hosts", Name: ours.KeptName, Than: than, Bound: 1.5},
			work.Goal{Title: "equal, 75 kB, kept", Workload: "dashboard", Name: ours.KeptName, Than: than, Bound: 3.5},
		)
	}
	return all
}
