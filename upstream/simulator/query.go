package simulator

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// query reads the parameters of one call and remembers the first that is wrong.
type query struct {
	values url.Values
	sys    system
	err    error
}

// window is a span of time, both ends included.
type window struct{ begin, end time.Time }

func (w window) holds(t time.Time) bool { return !t.Before(w.begin) && !t.After(w.end) }

// page is the number of rows asked for and the first of them.
type page struct{ size, offset int }

// defaultPage is the page size where the documents let it be left out.
const defaultPage = 500

var (
	digits   = regexp.MustCompile(`^[0-9]{1,18}$`)
	millis13 = regexp.MustCompile(`^[0-9]{1,13}$`)
)

func (q *query) refuse(format string, args ...any) {
	if q.err == nil {
		q.err = badParameter(q.sys, fmt.Sprintf(format, args...))
	}
}

// required reads a parameter that must be there.
func (q *query) required(name string) string {
	value := q.values.Get(name)
	if value == "" {
		q.refuse("The parameter %s is mandatory", name)
	}
	return value
}

// window reads begin_time and end_time as epoch milliseconds.
func (q *query) window() window { return q.span(digits) }

// textWindow reads the same of the alarm calls, which document them as text of at most 13 digits (QUIRKS 52).
func (q *query) textWindow() window { return q.span(millis13) }

func (q *query) span(form *regexp.Regexp) window {
	w := window{begin: q.millis("begin_time", form), end: q.millis("end_time", form)}
	if q.err == nil && w.begin.After(w.end) {
		q.refuse("The parameter begin_time is later than end_time")
	}
	return w
}

func (q *query) millis(name string, form *regexp.Regexp) time.Time {
	value := q.required(name)
	if q.err == nil && !form.MatchString(value) {
		q.refuse("The format of the parameter %s is error", name)
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return time.Time{} // refused above
	}
	return time.UnixMilli(n)
}

// page reads page_size and offset_value. A most of 0 means that no maximum is documented (QUIRKS 57).
func (q *query) page(most int, mandatory bool) page {
	p := page{size: q.count("page_size", defaultPage, mandatory), offset: q.count("offset_value", 0, mandatory)}
	if most > 0 && p.size > most {
		q.refuse("The parameter page_size must be 0 to %d", most)
	}
	return p
}

func (q *query) count(name string, absent int, mandatory bool) int {
	value := q.values.Get(name)
	if value == "" && !mandatory {
		return absent
	}
	return q.integer(name)
}

// integer reads a mandatory whole number that is not negative.
func (q *query) integer(name string) int {
	value := q.required(name)
	n, err := strconv.ParseInt(value, 10, 32)
	if q.err == nil && (err != nil || n < 0) {
		q.refuse("The parameter %s must be an integer of at least 0", name)
	}
	return int(max(n, 0))
}

// optionalInteger reads a whole number that may be left out.
func (q *query) optionalInteger(name string) {
	value := q.values.Get(name)
	if _, err := strconv.ParseInt(value, 10, 32); err != nil && value != "" {
		q.refuse("The parameter %s must be an integer", name)
	}
}

// word reads an optional parameter that must be one of the words.
func (q *query) word(name string, words ...string) string {
	value := q.values.Get(name)
	if value != "" && !slices.Contains(words, value) {
		q.refuse("The parameter %s must be one of %s", name, strings.Join(words, ", "))
	}
	return value
}

// text reads an optional parameter.
func (q *query) text(name string) string { return q.values.Get(name) }
