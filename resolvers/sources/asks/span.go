package asks

import (
	"strconv"
	"time"
)

// CallsOfSpan is how many calls the rows of a span need at most, and how many of them are expected. A call more may
// find that there are no further rows.
func (q Question) CallsOfSpan(from, to time.Time) (most, expected int) {
	length := int(to.Sub(from) / time.Minute)
	return length/q.Minutes + 1, max(1, (length+q.Minutes-1)/q.Minutes)
}

// SpanPart names the data of a span among those of an operation.
func SpanPart(from, to time.Time) string {
	return strconv.FormatInt(from.Unix(), 10) + " " + strconv.FormatInt(to.Unix(), 10)
}

// SpanParameters are a span's ends as most calls have them; those of calls that write a time otherwise are shown in
// this way, too.
func SpanParameters(from, to time.Time) map[string]string {
	return map[string]string{
		"begin_time": strconv.FormatInt(from.UnixMilli(), 10), "end_time": strconv.FormatInt(to.UnixMilli(), 10),
	}
}
