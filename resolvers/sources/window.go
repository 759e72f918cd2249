package sources

import (
	"fmt"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
)

// ArgumentError is an argument that is well formed and yet can't be used. No call was made.
type ArgumentError struct {
	// Argument is its name; Message is a whole sentence that the client sees as it stands.
	Argument, Message string
}

// Error is the message with the argument's name.
func (e *ArgumentError) Error() string { return e.Argument + ": " + e.Message }

// RangeLimit is what holds for the ranges of one kind of data.
type RangeLimit struct {
	// Of is the data in the words of messages, such as "host metrics".
	Of string
	// Default is how far back a range that is not given reaches, Most the longest one that may be asked.
	Default, Most time.Duration
	// Step is what both ends are rounded outwards to, so that questions a moment apart are the same question.
	Step time.Duration
}

// Window is the span that a range asks for: rounded outwards, never beyond now. It fails with an *ArgumentError on a range without a start
// and on one that is longer than may be asked, by its length as given. A span that ends before it begins is empty: see Span.Empty.
func (l RangeLimit) Window(within *model.TimeRange, now time.Time) (Span, error) {
	asked := SpanOf(within, now)
	if within == nil {
		asked = Span{From: now.Add(-l.Default), To: now}
	}
	if asked.To.IsZero() {
		asked.To = now
	}
	if asked.From.IsZero() {
		return Span{}, &ArgumentError{Argument: "range", Message: "The range needs a start: give from or last."}
	}
	if length := asked.To.Sub(asked.From); length > l.Most {
		message := fmt.Sprintf("The range is %s long; %s can be asked for %s at most.", spoken(length), l.Of, spoken(l.Most))
		return Span{}, &ArgumentError{Argument: "range", Message: message}
	}
	span := Span{From: asked.From.UTC().Truncate(l.Step), To: roundUp(asked.To, l.Step)}
	if latest := roundUp(now, l.Step); span.To.After(latest) {
		span.To = latest
	}
	return span, nil
}

// RangeSpan is the span of a range of capacity at a moment, in whole minutes. An open start is a month before the end.
func RangeSpan(within *model.TimeRange, now time.Time) Span {
	span := SpanOf(within, now)
	if span.To.IsZero() {
		span.To = now
	}
	if span.From.IsZero() {
		span.From = span.To.Add(-model.LongestRange)
	}
	return Span{From: span.From.Truncate(time.Minute), To: span.To.Add(time.Minute - 1).Truncate(time.Minute)}
}

// Empty tells that the span holds no moment, as one that lies in the future.
func (s Span) Empty() bool { return !s.From.Before(s.To) }

func roundUp(t time.Time, step time.Duration) time.Time {
	rounded := t.UTC().Truncate(step)
	if rounded.Before(t) {
		return rounded.Add(step)
	}
	return rounded
}

// spoken is a length of time in words, such as "3 days" or "24 hours and 1 second". Less than two days are told in hours, and parts of
// a second count as one.
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
