package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/shopspring/decimal"
	"github.com/sosodev/duration"
)

// mostExponent bounds the exponent of a Decimal: written out, "1e999999999" has a billion digits.
const mostExponent = 64

// dateLayout is the form of the scalar Date.
const dateLayout = "2006-01-02"

// MarshalDateTime writes the scalar DateTime: RFC 3339 in UTC, with as many digits of a second as needed.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { write(w, AppendDateTime(make([]byte, 0, len(time.RFC3339Nano)+2), t)) })
}

// AppendDateTime appends what MarshalDateTime writes.
func AppendDateTime(to []byte, t time.Time) []byte {
	to = append(to, '"')
	to = t.UTC().AppendFormat(to, time.RFC3339Nano)
	return append(to, '"')
}

// UnmarshalDateTime reads the scalar DateTime: RFC 3339 with any offset.
func UnmarshalDateTime(v any) (time.Time, error) {
	text, ok := v.(string)
	if !ok {
		return time.Time{}, errors.New("a DateTime is a text such as 2022-04-17T16:00:00Z")
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.Year() < 1970 || t.Year() > 2200 {
		return time.Time{}, errors.New("a DateTime is RFC 3339 between the years 1970 and 2200, such as 2022-04-17T16:00:00Z")
	}
	return t.UTC(), nil
}

// MarshalDate writes the scalar Date: the calendar day of t in UTC.
func MarshalDate(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { write(w, AppendDate(nil, t)) })
}

// AppendDate appends what MarshalDate writes.
func AppendDate(to []byte, t time.Time) []byte {
	to = append(to, '"')
	to = t.UTC().AppendFormat(to, dateLayout)
	return append(to, '"')
}

// UnmarshalDate reads the scalar Date as midnight UTC of that day.
func UnmarshalDate(v any) (time.Time, error) {
	text, ok := v.(string)
	if !ok {
		return time.Time{}, errors.New("a Date is a text such as 2022-04-17")
	}
	t, err := time.Parse(dateLayout, text)
	if err != nil || t.Year() < 1970 || t.Year() > 2200 {
		return time.Time{}, errors.New("a Date is a day between the years 1970 and 2200, such as 2022-04-17")
	}
	return t, nil
}

var errTooLong = errors.New("a Duration is longer than nothing and at most 366 days")

// MarshalDuration writes the scalar Duration as ISO 8601 in days and parts of a day, never in months or years, whose
// length varies.
func MarshalDuration(d time.Duration) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { write(w, AppendDuration(nil, d)) })
}

// AppendDuration appends what MarshalDuration writes.
func AppendDuration(to []byte, d time.Duration) []byte {
	length := d.Abs()
	parts := duration.Duration{
		Negative: d < 0,
		Days:     float64(length / (24 * time.Hour)), Hours: float64(length / time.Hour % 24),
		Minutes: float64(length / time.Minute % 60), Seconds: (length % time.Minute).Seconds(),
	}
	return strconv.AppendQuote(to, parts.String())
}

// UnmarshalDuration reads the scalar Duration: ISO 8601 without years and months, longer than nothing and at most 366
// days.
func UnmarshalDuration(v any) (time.Duration, error) {
	text, ok := v.(string)
	if !ok {
		return 0, errors.New("a Duration is an ISO 8601 text such as PT6H")
	}
	parsed, err := duration.Parse(text)
	if err != nil {
		return 0, errors.New("a Duration is an ISO 8601 text such as PT6H or P7D")
	}
	if parsed.Years != 0 || parsed.Months != 0 {
		return 0, errors.New("a Duration has no years or months here: their length varies; use days")
	}
	// Checked in hours first, because a time.Duration would overflow.
	hours := parsed.Weeks*7*24 + parsed.Days*24 + parsed.Hours + parsed.Minutes/60 + parsed.Seconds/3600
	if hours > 366*24 {
		return 0, errTooLong
	}
	d := parsed.ToTimeDuration()
	if d <= 0 || d > 366*24*time.Hour {
		return 0, errTooLong
	}
	return d, nil
}

// MarshalDecimal writes the scalar Decimal as text, every digit kept: also zeros at the end, which say how exact a
// number is.
func MarshalDecimal(d decimal.Decimal) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { write(w, AppendDecimal(nil, d)) })
}

// AppendDecimal appends what MarshalDecimal writes.
func AppendDecimal(to []byte, d decimal.Decimal) []byte {
	to = append(to, '"')
	to = append(to, d.StringFixed(max(0, -d.Exponent()))...)
	return append(to, '"')
}

// UnmarshalDecimal reads the scalar Decimal from text or from a number.
func UnmarshalDecimal(v any) (decimal.Decimal, error) {
	text := fmt.Sprint(v)
	if len(text) > 64 {
		return decimal.Decimal{}, errors.New("a Decimal has at most 64 characters")
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Decimal{}, errors.New("a Decimal is a number as text, such as \"0.125\"")
	}
	if d.Exponent() > mostExponent || d.Exponent() < -mostExponent {
		return decimal.Decimal{}, errors.New("a Decimal has at most 64 digits before or behind its point")
	}
	return d, nil
}

// MarshalJSON writes the scalar JSON: the bytes as they came.
func MarshalJSON(raw json.RawMessage) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { write(w, raw) })
}

// UnmarshalJSON reads the scalar JSON from any input value.
func UnmarshalJSON(v any) (json.RawMessage, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode JSON input: %w", err)
	}
	return raw, nil
}

// write writes to the executor's buffer, which never fails.
func write(w io.Writer, b []byte) { _, _ = w.Write(b) }

// LongestRange bounds the ranges of capacity measurements and audit events.
const LongestRange = 31 * 24 * time.Hour
