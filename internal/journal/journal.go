// Package journal writes a line of the log for each operation, or for the slow ones alone. It is given plain values and
// knows neither GraphQL nor HTTP: what is in a line is decided here, and where it comes from by who fills it in.
package journal

import (
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"strings"
	"time"
)

// The words that say which operations have a line.
const (
	Slow = "slow"
	All  = "all"
)

// Options are the settings of a journal.
type Options struct {
	// Which is [Slow] or [All]; any other word is neither.
	Which string
	// SlowFrom is how long an operation takes that counts as slow.
	SlowFrom time.Duration
	// Logger takes the lines; required.
	Logger *slog.Logger
}

// Journal writes lines. Nil writes none. It is safe for concurrent use.
type Journal struct {
	options Options
	all     bool
}

// New makes a journal; nil where none is to be written.
func New(o Options) *Journal {
	if o.Which != Slow && o.Which != All {
		return nil
	}
	return &Journal{options: o, all: o.Which == All}
}

// Document is what of an operation is the same each time that it is asked.
type Document struct {
	// Name is the operation's own, Type query, mutation or subscription; either may be empty where it was refused.
	Name, Type string
	// Hash names the text: the first 16 digits of its SHA-256, by which clients register it too.
	Hash string
	// Objects and Calls are the estimate.
	Objects, Calls int
}

// Line is what is told of one operation.
type Line struct {
	Document
	// Outcome is ok, partial, error, refused (before it began) or left (its caller did not wait); Code that of the first
	// error, empty for none.
	Outcome, Code string
	// Took is how long it took in all, Waited how long of it for its turn, CallsWaited how long its upstream calls waited
	// together for quota and room.
	Took, Waited, CallsWaited time.Duration
	// Objects are those of the answer, Calls the requests sent upstream for it, Background those that it began and did
	// not wait for; Events the answers of a subscription.
	Objects, Calls, Background, Events int
	// HasAge is set where the answer has data of an upstream; Age is that of the oldest of them.
	HasAge bool
	Age    time.Duration
	// Caller and Tenant are hashes.
	Caller, Tenant string
	// Kept says how the answer came that was not executed: kept and found by the text of the request (text) or by its
	// query (query), or that of an equal operation under way (shared). Empty for one that was executed.
	Kept string
}

// Writes reports whether any operation has a line.
func (j *Journal) Writes() bool { return j != nil }

// Wants reports whether an operation that took so long has a line.
func (j *Journal) Wants(ctx context.Context, took time.Duration) bool {
	if j == nil || !j.all && took < j.options.SlowFrom {
		return false
	}
	return j.options.Logger.Enabled(ctx, j.level(took))
}

// WritesAll reports whether quick operations have a line too.
func (j *Journal) WritesAll() bool { return j != nil && j.all }

func (j *Journal) isSlow(took time.Duration) bool { return took >= j.options.SlowFrom }

// level is that of the line: someone asked to be told of slow operations.
func (j *Journal) level(took time.Duration) slog.Level {
	if j.isSlow(took) {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// mostAttributes is how many a line has at most.
const mostAttributes = 20

// Write writes the line of an operation that [Journal.Wants]. plan is asked for the explanation of a slow one alone,
// which must be fit for JSON; nil where there is none.
func (j *Journal) Write(ctx context.Context, l Line, plan func() any) {
	list := append(make([]slog.Attr, 0, mostAttributes),
		slog.String("operation_name", plainName(l.Name)), slog.String("document", l.Hash), slog.String("type", l.Type),
		slog.String("outcome", l.Outcome),
	)
	if l.Code != "" {
		list = append(list, slog.String("code", l.Code))
	}
	list = append(list, slog.Float64("duration_ms", milliseconds(l.Took)), slog.Float64("wait_ms", milliseconds(l.Waited)),
		slog.Int("objects", l.Objects), slog.Int("objects_estimated", l.Document.Objects),
		slog.Int("calls", l.Calls), slog.Int("calls_estimated", l.Document.Calls))
	if l.Background > 0 {
		list = append(list, slog.Int("calls_background", l.Background))
	}
	if l.CallsWaited > 0 {
		list = append(list, slog.Float64("calls_wait_ms", milliseconds(l.CallsWaited)))
	}
	if l.Events > 0 {
		list = append(list, slog.Int("events", l.Events))
	}
	if l.HasAge {
		list = append(list, slog.Float64("age_s", math.Round(l.Age.Seconds()*10)/10))
	}
	list = append(list, slog.String("caller", l.Caller), slog.String("tenant", l.Tenant))
	if l.Kept != "" {
		list = append(list, slog.String("kept", l.Kept))
	}
	message := "operation"
	if j.isSlow(l.Took) {
		message = "slow operation"
		if plan != nil {
			list = append(list, planAttribute(plan()))
		}
	}
	j.options.Logger.LogAttrs(ctx, j.level(l.Took), message, list...) //nolint:sloglint // one of two words
}

// planAttribute is an explanation as one attribute.
func planAttribute(plan any) slog.Attr {
	text, err := json.Marshal(plan)
	if err != nil {
		return slog.Any("plan_error", err)
	}
	return slog.String("plan", string(text))
}

// mostName bounds the name of an operation, which its client chooses.
const mostName = 64

// plainName is a name as a line has it: letters, digits and underscores, as GraphQL has them, and no more of it than
// fits. Of anything else a question mark is told.
func plainName(name string) string {
	cut := name[:min(len(name), mostName)]
	if strings.Trim(cut, "_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "?"
	}
	if len(cut) < len(name) {
		return cut + "…"
	}
	return cut
}

// milliseconds are those of a duration, to the microsecond.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
