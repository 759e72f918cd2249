package simulator

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// The kinds of fault that the control path takes.
const (
	faultLatency   = "latency"   // so many milliseconds more
	faultStatus    = "status"    // this status, headers and body
	faultReset     = "reset"     // the connection is reset
	faultTruncate  = "truncate"  // half the body, with the length of that half
	faultMalformed = "malformed" // bytes that are no JSON; with a region: as wrongtype
	faultDrip      = "drip"      // one byte at a time
	faultEmpty     = "empty"     // 200 without a body; with a region: without its rows
	faultWrongType = "wrongtype" // objects and lists where scalars belong; the region key stays
	faultHang      = "hang"      // no answer until the client leaves
)

// fault is one entry of the control path's list.
type fault struct {
	Operation string            `json:"operation,omitempty"` // empty: every operation but createToken
	Kind      string            `json:"kind"`
	Region    string            `json:"region,omitempty"` // only rows of it; for wrongtype, malformed and empty
	Status    int               `json:"status,omitempty"` // for status; zero means 503
	LatencyMS int               `json:"latencyMs,omitempty"`
	Headers   map[string]string `json:"headers,omitempty"`
	Body      string            `json:"body,omitempty"`
	Times     int               `json:"times,omitempty"` // how often; zero means until deleted
	// Without is a query parameter: the fault strikes calls alone that do not have it.
	Without string `json:"without,omitempty"`
}

// applies reports whether the fault is meant for the call.
func (f *fault) applies(c *call) bool {
	if f.Without != "" && c.req.URL.Query().Has(f.Without) {
		return false
	}
	if f.Operation == "" {
		return c.op.system != systemIAM
	}
	return f.Operation == c.op.id
}

// early reports whether the fault strikes before the operation answers.
func (f *fault) early() bool {
	return slices.Contains([]string{faultLatency, faultStatus, faultReset, faultHang}, f.Kind)
}

// check refuses a fault that could never strike as written.
func (f *fault) check(operations map[string]bool, s *site) error {
	kinds := []string{
		faultLatency, faultStatus, faultReset, faultTruncate, faultMalformed, faultDrip, faultEmpty, faultWrongType,
		faultHang,
	}
	switch {
	case !slices.Contains(kinds, f.Kind):
		return fmt.Errorf("kind %q is none of %v", f.Kind, kinds)
	case f.Operation != "" && !operations[f.Operation]:
		return fmt.Errorf("operation %q is none of %v", f.Operation, slices.Sorted(maps.Keys(operations)))
	case f.LatencyMS < 0 || f.Kind == faultLatency && f.LatencyMS == 0:
		return fmt.Errorf("latencyMs must be above 0, not %d", f.LatencyMS)
	case f.Times < 0:
		return fmt.Errorf("times must be 0 or more, not %d", f.Times)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status must be 200 to 599, not %d", f.Status)
	}
	if f.Region == "" {
		return nil
	}
	if f.Kind != faultWrongType && f.Kind != faultMalformed && f.Kind != faultEmpty {
		return fmt.Errorf("region goes with wrongtype, malformed and empty only, not with %s", f.Kind)
	}
	if _, ok := s.region(f.Region); !ok {
		return fmt.Errorf("region %q is not of this site", f.Region)
	}
	return nil
}

// faultList holds the faults in force.
type faultList struct {
	mu     sync.Mutex
	faults []*fault
}

// set replaces the list.
func (l *faultList) set(faults []*fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = faults
}

// all is a copy of the list, with the remaining times.
func (l *faultList) all() []fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]fault, 0, len(l.faults))
	for _, f := range l.faults {
		list = append(list, *f)
	}
	return list
}

// take finds the faults that strike the call now, early or late ones, and uses up one time of each. Latencies
// and faults of single regions add up; of the others the first in the list strikes, and ends the search.
func (l *faultList) take(c *call, early bool) []fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	var struck []fault
	var ended []*fault
	for _, f := range l.faults {
		if !f.applies(c) || f.early() != early {
			continue
		}
		struck = append(struck, *f)
		if f.Times == 1 {
			ended = append(ended, f)
		} else if f.Times > 1 {
			f.Times--
		}
		if f.Kind != faultLatency && f.Region == "" {
			break
		}
	}
	l.faults = slices.DeleteFunc(l.faults, func(f *fault) bool { return slices.Contains(ended, f) })
	return struck
}

// delay is the fault's own time: the added latency, or the pace of a drip.
func (f *fault) delay(otherwise time.Duration) time.Duration {
	return cmp.Or(time.Duration(f.LatencyMS)*time.Millisecond, otherwise)
}
