// Package ours measures the gateway of the tree: against net/http handing out the same bytes, against the gateway of an
// earlier commit, and with gqlgen's executor.
package ours

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
	"github.com/opsgraph/opsgraph/bench/site"
	"github.com/opsgraph/opsgraph/bench/work"
)

// session is one run: what its scenes share.
type session struct {
	context.Context //nolint:containedctx // a run is one command; all of it ends together
	site.Stand

	rounds       int
	tree, before string // the built gateways; before is empty where there is none
	noBefore     string // why
	meter        work.Meter
	folder       string // of files that the run leaves behind when it ends
	progress     io.Writer
}

// scene is one subject; it fills in what it found.
type scene struct {
	name string
	run  func(*session, *figures.Result) error
}

// scenes are in the order of their run and of the document. The one of memory begins first and ends last: it waits.
func scenes() []scene {
	return []scene{
		{"rates", rates},
		{"crowd", crowd},
		{"stale", stale},
		{"cold", cold},
		{"large", large},
		{"names", names},
		{"live", live},
	}
}

// memoryScene is apart: it waits for five minutes while the others run.
const memoryScene = "memory"

// names of all scenes, in the order of the document.
func sceneNames() []string {
	var all []string
	for _, s := range scenes() {
		all = append(all, s.name)
	}
	return append(all, memoryScene)
}

var errScene = errors.New("no such scene")

// Run is `bench ours`.
func Run(ctx context.Context, flags *flag.FlagSet, args []string, stdout, progress io.Writer) error {
	rounds := flags.Int("rounds", 5, "`number` of rounds of each scene")
	last := flags.Duration("last", 2*time.Second, "`time` of one measurement of a rate")
	only := flags.String("scenes", "",
		"`names` of the scenes, with commas: "+strings.Join(sceneNames(), ", ")+"; all when empty")
	root := flags.String("root", ".", "`folder` of the repository")
	kept := flags.String("kept", "bin/bench", "`folder` for built gateways and results")
	update := flags.Bool("update", false, "write docs/performance.md")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("flags: %w", err)
	}
	chosen := sceneNames()
	if *only != "" {
		chosen = strings.FieldsFunc(*only, func(r rune) bool { return r == ',' || r == ' ' })
	}
	for _, name := range chosen {
		if !slices.Contains(sceneNames(), name) {
			return fmt.Errorf("%w: %q; there are %s", errScene, name, strings.Join(sceneNames(), ", "))
		}
	}
	s, err := open(ctx, *root, *kept, progress)
	if err != nil {
		return err
	}
	defer s.close()
	s.rounds, s.meter.Last = max(1, *rounds), *last
	results := filepath.Join(*kept, "ours")
	done, err := s.measure(chosen, results)
	return errors.Join(err, report(done, sceneNames(), results, *root, "ours", *update, stdout))
}

// open builds what is measured.
func open(ctx context.Context, root, kept string, progress io.Writer) (*session, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("this program: %w", err)
	}
	if kept, err = filepath.Abs(kept); err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	folder, err := os.MkdirTemp("", "opsgraph-bench-")
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	s := &session{
		Context: ctx, Stand: site.Stand{Self: self, Logs: folder}, folder: folder,
		meter:    work.Meter{Wrk: load.Wrk{Folder: folder}},
		progress: progress,
	}
	if err := os.MkdirAll(kept, 0o755); err != nil {
		return nil, errors.Join(fmt.Errorf("folder: %w", err), s.close())
	}
	s.say("building the tree and %s", site.Before)
	if s.tree, err = site.BuildTree(ctx, root, kept); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if s.before, err = site.BuildBefore(ctx, root, kept); err != nil {
		s.before, s.noBefore = "", err.Error()
		s.say("without a column for the earlier commit: %v", err)
	}
	if err := machine.Pin(ctx, machine.OtherCore); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *session) close() error { return os.RemoveAll(s.folder) }

// say tells the progress.
func (s *session) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.progress, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

// measure runs the chosen scenes, keeps the result of each, and names those that were measured. One that fails does not
// keep the others from running.
func (s *session) measure(chosen []string, results string) (done []string, err error) {
	var failed []error
	end := func(r *figures.Result, err error) {
		if err == nil {
			err = s.Err() // a run that was ended has measured half of something
		}
		if err == nil {
			err = r.Save(results)
		}
		if err == nil {
			done = append(done, r.Scene)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("scene %s: %w", r.Scene, err))
			s.say("%s: %v", r.Scene, err)
		}
	}
	var waiting *waitingMemory
	if slices.Contains(chosen, memoryScene) {
		var err error
		if waiting, err = s.beginMemory(); err != nil {
			end(&figures.Result{Scene: memoryScene}, err)
		}
		defer waiting.stop()
	}
	for _, scene := range scenes() {
		if slices.Contains(chosen, scene.name) && s.Err() == nil {
			s.say("%s", scene.name)
			r := &figures.Result{Scene: scene.name}
			end(r, scene.run(s, r))
		}
	}
	if waiting != nil && s.Err() == nil {
		r := &figures.Result{Scene: memoryScene}
		end(r, waiting.finish(r))
	}
	return done, errors.Join(append(failed, s.Err())...)
}

// report prints the results of the scenes that were measured and, if wanted, writes all kept ones into the document.
func report(done, all []string, folder, root, name string, update bool, stdout io.Writer) error {
	results, err := figures.Load(folder, done)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(stdout, figures.Text(results)); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if !update {
		return nil
	}
	if results, err = figures.Load(folder, all); err != nil {
		return err
	}
	return figures.Renew(filepath.Join(root, "docs", "performance.md"), name, figures.Text(results))
}
