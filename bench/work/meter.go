package work

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/load"
	"github.com/opsgraph/opsgraph/bench/machine"
)

// Server is a running server.
type Server struct {
	*machine.Process

	// Name is that of its rows.
	Name, URL string
}

// Row is one line of a table of rates: a server, a workload and a coding, measured once a round.
type Row struct {
	*Server

	Workload *Workload
	Gzip     bool
	// URL is where this row asks, of servers that have several addresses.
	URL string

	// Rate is in answers a second, CPU in milliseconds of processor time an answer, P99 in milliseconds.
	Rate, CPU, P99 figures.Rounds
	// Bytes are those of one answer on the wire, its head included.
	Bytes int64

	// Again are the errors of measurements that were made again.
	Again []error

	last time.Duration // of one measurement; zero until the first one
}

// Meter measures rows. Last is the time of one measurement.
type Meter struct {
	Wrk  load.Wrk
	Last time.Duration
}

// Bounds of a measurement: what is under way at its end is not counted, which are up to 64 answers. So slow servers are
// measured for longer, until that is little.
const (
	fewestAnswers = 400
	longest       = 8 * time.Second
)

// Measure measures one row once. The first time also finds out for how long this row is to be measured. Where answers
// were errors it is measured again, once: a gateway refuses what waits while the machine stands still for seconds.
func (m *Meter) Measure(ctx context.Context, r *Row) error {
	err := m.measure(ctx, r)
	if errors.Is(err, load.ErrAnswers) {
		r.Again = append(r.Again, err)
		err = m.measure(ctx, r)
	}
	if err != nil {
		return fmt.Errorf("%s, %s: %w", r.Name, r.Workload.Name, err)
	}
	return nil
}

func (m *Meter) measure(ctx context.Context, r *Row) error {
	job := load.Job{URL: r.URL, Bodies: r.Workload.Bodies, For: min(m.Last, time.Second), Gzip: r.Gzip}
	if r.last == 0 {
		r.last = m.Last
		got, err := m.Wrk.Run(ctx, &job)
		if err != nil {
			return err
		}
		if needed := time.Duration(fewestAnswers / got.Rate() * float64(time.Second)).Round(time.Second); needed > r.last {
			r.last = min(needed, longest)
		}
	}
	job.For = r.last
	began, err := r.Process.CPU()
	if err != nil {
		return err
	}
	got, err := m.Wrk.Run(ctx, &job)
	if err != nil {
		return err
	}
	ended, err := r.Process.CPU()
	if err != nil {
		return err
	}
	r.Rate = append(r.Rate, got.Rate())
	r.CPU = append(r.CPU, float64(ended-began)/float64(time.Millisecond)/float64(got.Requests))
	r.P99 = append(r.P99, float64(got.P99)/1000)
	r.Bytes = got.Bytes / got.Requests
	return nil
}

// Find is the row of a server, workload and coding; nil where it was not measured.
func Find(rows []*Row, name, workload string, gzip bool) *Row {
	for _, r := range rows {
		if r.Name == name && r.Workload.Name == workload && r.Gzip == gzip {
			return r
		}
	}
	return nil
}

// Table is the table of one workload; shares are of the rate of the server that is named.
func Table(w *Workload, rows []*Row, of string) figures.Table {
	t := figures.Table{
		Title: w.Title,
		Columns: []string{
			"server", "coding", "bytes on the wire", "answers/s", "spread", "CPU ms", "of " + of, "p99 ms at 64",
		},
	}
	for _, r := range rows {
		if r.Workload != w {
			continue
		}
		coding, share := "plain", "-"
		if r.Gzip {
			coding = "gzip"
		}
		if whole := Find(rows, of, w.Name, r.Gzip); whole != nil {
			share = figures.Number(r.Rate.Over(whole.Rate).Median())
		}
		t.Rows = append(t.Rows, []string{
			r.Name, coding, strconv.FormatInt(r.Bytes, 10), figures.Number(r.Rate.Median()),
			figures.Percent(r.Rate.Spread()), figures.Number(r.CPU.Median()), share, figures.Number(r.P99.Median()),
		})
		for _, err := range r.Again {
			t.Notes = append(t.Notes, fmt.Sprintf("%s, %s, was measured again once: %.600v", r.Name, coding, err))
		}
	}
	return t
}

// Goal is a target for the rate of one server over that of another.
type Goal struct {
	// Title is the work for readers; Workload, Name, Than and Gzip say which rows.
	Title, Workload, Name, Than string
	Gzip                        bool
	Bound                       float64
	Aim                         bool
}

// Targets holds rates against goals; missing says why a row is not there.
func Targets(rows []*Row, goals []Goal, missing func(name string) string) []figures.Target {
	var targets []figures.Target
	for _, g := range goals {
		t := figures.Target{Work: g.Title, Against: "rate over " + g.Than, Bound: g.Bound, Aim: g.Aim}
		if g.Gzip {
			t.Work += ", gzipped"
		}
		got, than := Find(rows, g.Name, g.Workload, g.Gzip), Find(rows, g.Than, g.Workload, g.Gzip)
		switch {
		case got == nil:
			t.Missing = missing(g.Name)
		case than == nil:
			t.Missing = missing(g.Than)
		default:
			t.Got = got.Rate.Over(than.Rate)
		}
		targets = append(targets, t)
	}
	return targets
}
