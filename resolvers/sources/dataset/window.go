package dataset

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// RangeLimit is what holds for the ranges of one kind of data.
type RangeLimit struct {
	// Of is the data in the words of messages, such as "host metrics".
	Of string
	// Default is how far back a range that is not given reaches, Most the longest one that may be asked.
	Default, Most time.Duration
	// Step is what both ends are rounded outwards to, so that questions a moment apart are the same question.
	Step time.Duration
}

// Window is the span to read for a range: rounded outwards, never beyond now. It fails with an *rest.InputError on a
// range without a start, and on one that is longer, as given, than may be asked. It may be empty: see [Span.Empty].
func (l RangeLimit) Window(within *model.TimeRange, now time.Time) (Span, error) {
	asked := l.Asked(within, now)
	if asked.From.IsZero() {
		return Span{}, &rest.InputError{Field: "range", Message: "The range needs a start: give from or last."}
	}
	if length := asked.To.Sub(asked.From); length > l.Most {
		message := fmt.Sprintf("The range is %s long; %s can be asked for %s at most.", spoken(length), l.Of, spoken(l.Most))
		return Span{}, &rest.InputError{Field: "range", Message: message}
	}
	span := Span{From: asked.From.UTC().Truncate(l.Step), To: roundUp(asked.To, l.Step)}
	if latest := roundUp(now, l.Step); span.To.After(latest) {
		span.To = latest
	}
	return span, nil
}

// Asked is the span that a range means at a moment, to the moment: what is read is more, and is cut to it. An open end
// is now; an open start stays zero.
func (l RangeLimit) Asked(within *model.TimeRange, now time.Time) Span {
	if within == nil {
		return Span{From: now.Add(-l.Default), To: now}
	}
	asked := SpanOf(within, now)
	if asked.To.IsZero() {
		asked.To = now
	}
	return asked
}

// Span is a span of time; the end is excluded.
type Span struct{ From, To time.Time }

// SpanOf is the span that a range means at a moment; open ends stay zero.
func SpanOf(r *model.TimeRange, now time.Time) Span {
	var span Span
	if r == nil {
		return span
	}
	if r.Last != nil {
		return Span{From: now.Add(-*r.Last), To: now}
	}
	if r.From != nil {
		span.From = *r.From
	}
	if r.To != nil {
		span.To = *r.To
	}
	return span
}

// Holds reports whether an instant lies in the span; an unknown one does not.
func (s Span) Holds(t *time.Time) bool {
	return t != nil && (s.From.IsZero() || !t.Before(s.From)) && (s.To.IsZero() || t.Before(s.To))
}

// And is the span of the moments that lie in both.
func (s Span) And(other Span) Span {
	if other.From.After(s.From) {
		s.From = other.From
	}
	if s.To.IsZero() || !other.To.IsZero() && other.To.Before(s.To) {
		s.To = other.To
	}
	return s
}

// AppendKey appends both ends to the text of a key, in milliseconds.
func (s Span) AppendKey(key []byte) []byte {
	key = strconv.AppendInt(key, s.From.UnixMilli(), 10)
	return strconv.AppendInt(append(key, ' '), s.To.UnixMilli(), 10)
}

// UntilNow is the window of a length that ends now by the upstream's clock where that is ahead of ours, and at a whole
// minute: calls within a minute are the same call.
func (cfg Config) UntilNow(length time.Duration) esm.Window {
	return esm.Window{From: Begin(cfg.Now(), length), To: roundUp(cfg.Now().Add(cfg.ESM.Ahead()), time.Minute)}
}

// Begin is where a window of a length begins that ends now: see [Config.UntilNow].
func Begin(now time.Time, length time.Duration) time.Time {
	return roundUp(now, time.Minute).Add(-length)
}

// Since is the span by which rows are filtered that a range means at a moment. One that reaches back from now has no
// end: nothing is newer than what the upstream has, whatever its clock says.
func Since(r *model.TimeRange, now time.Time) Span {
	span := SpanOf(r, now)
	if r != nil && r.Last != nil {
		span.To = time.Time{}
	}
	return span
}

// Empty reports whether the span holds no moment, as one that lies in the future.
func (s Span) Empty() bool { return !s.From.Before(s.To) }

func roundUp(t time.Time, step time.Duration) time.Time {
	rounded := t.UTC().Truncate(step)
	if rounded.Before(t) {
		return rounded.Add(step)
	}
	return rounded
}

// spoken is a length of time in words, such as "3 days" or "24 hours and 1 second". Less than two days are given in
// hours, and parts of a second count as one.
func spoken(length time.Duration) string {
	seconds := int64((length + time.Second - 1) / time.Second)
	units := []struct {
		name    string
		seconds int64
	}{{"day", 24 * 60 * 60}, {"hour", 60 * 60}, {"minute", 60}, {"second", 1}}
	if seconds < 2*units[0].seconds {
		units = units[1:]
	}
	var parts []string
	for _, unit := range units {
		count := seconds / unit.seconds
		seconds %= unit.seconds
		switch {
		case count == 1:
			parts = append(parts, "1 "+unit.name)
		case count > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", count, unit.name))
		}
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}
