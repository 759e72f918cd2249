// Package load asks servers: wrk for rates, clients of our own where each answer is looked at.
package load

import (
	"context"
	_ "embed" // wrk's script
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/bench/machine"
)

//go:embed wrk.lua
var script string

// connections is how many wrk holds, with one thread.
const connections = 64

// Wrk asks with wrk. Folder holds its script and the bodies.
type Wrk struct{ Folder string }

// Job is one measurement.
type Job struct {
	// URL is asked with each of Bodies in turn, for the time For.
	URL    string
	Bodies []string
	For    time.Duration
	// Gzip asks for packed answers.
	Gzip bool
}

// Outcome is what wrk counted.
type Outcome struct {
	// Requests were answered in Micros microseconds, with Bytes on the wire.
	Requests, Micros, Bytes int64
	// Status counts answers that are not of 2xx or 3xx, Failed connections that broke and answers that never came.
	Status, Failed int64
	// P50 and P99 are quantiles of the time to answer, in microseconds.
	P50, P99 int64
}

// Rate is the number of answers a second.
func (o Outcome) Rate() float64 { return float64(o.Requests) / (float64(o.Micros) / 1e6) }

var errWrk = errors.New("wrk")

// ErrAnswers means that there were no answers, or answers that are errors.
var ErrAnswers = errors.New("wrk counted answers that are errors")

// Run does one measurement. An answer that is an error fails it.
func (w *Wrk) Run(ctx context.Context, job *Job) (Outcome, error) {
	lua, bodies := filepath.Join(w.Folder, "wrk.lua"), filepath.Join(w.Folder, "bodies.txt")
	if err := errors.Join(
		os.WriteFile(lua, []byte(script), 0o600),
		os.WriteFile(bodies, []byte(strings.Join(job.Bodies, "\n")+"\n"), 0o600),
	); err != nil {
		return Outcome{}, fmt.Errorf("wrk's files: %w", err)
	}
	coding := "identity"
	if job.Gzip {
		coding = "gzip"
	}
	ctx, cancel := context.WithTimeout(ctx, job.For+30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, "taskset", "-c", strconv.Itoa(machine.OtherCore), "wrk", "-t1",
		"-c", strconv.Itoa(connections), "-d", fmt.Sprintf("%ds", max(1, int(job.For.Seconds()))), "--timeout", "20s",
		"-s", lua, job.URL, "--", bodies, coding)
	output, err := command.CombinedOutput()
	if err != nil {
		return Outcome{}, fmt.Errorf("wrk: %w: %s", err, output)
	}
	return parseWrk(string(output))
}

// parseWrk reads the script's line.
func parseWrk(output string) (Outcome, error) {
	_, line, found := strings.Cut(output, "RESULT ")
	line, _, _ = strings.Cut(line, "\n")
	var o Outcome
	if !found {
		return o, fmt.Errorf("%w says %q", errWrk, output)
	}
	if err := json.Unmarshal([]byte(line), &o); err != nil {
		return o, fmt.Errorf("%w says %q: %w", errWrk, output, err)
	}
	if o.Requests == 0 || o.Micros == 0 || o.Status > 0 || o.Failed > 0 {
		return o, fmt.Errorf("%w: %s", ErrAnswers, line)
	}
	return o, nil
}
