package simulator

import (
	"strconv"
	"time"
)

const (
	userWindow  = 30 * day
	desktopPast = 180 * day
)

// exportUserUsageStatistics starts an export of user statistics. Thirty days bound both span and age, since the
// document may mean either (QUIRKS 56).
func (s *Simulator) exportUserUsageStatistics(c *call) (answer, error) {
	q := c.query()
	begin, end := q.exportWindow()
	q.optionalInteger("usage_min_hours")
	q.optionalInteger("usage_max_hours")
	q.sorting("user_usage")
	if q.err == nil && !c.documented() && (end.Sub(begin) > userWindow || begin.Before(c.now.Add(-userWindow))) {
		q.refuse("The data of a maximum of 30 days can be exported")
	}
	return c.export(q, "user_usage", q.text("username"), begin, end)
}

// exportDesktopUsageStatistics starts an export of desktop statistics of the last 180 days at most. The first day
// counts from its start: the document does not say.
func (s *Simulator) exportDesktopUsageStatistics(c *call) (answer, error) {
	q := c.query()
	begin, end := q.exportWindow()
	for _, name := range []string{"min_idle_days", "max_idle_days", "usage_min_hours", "usage_max_hours"} {
		q.optionalInteger(name)
	}
	q.sorting("desktop_usage", "desktop_idle_duration")
	if q.err == nil && !c.documented() && begin.Before(firstDesktopDay(c.now)) {
		q.refuse("The data of the last 180 days can be exported")
	}
	return c.export(q, "desktop_usage", q.text("resource_name"), begin, end)
}

// firstDesktopDay is the start of the first of the 180 days, which are those of the site's zone.
func firstDesktopDay(now time.Time) time.Time {
	first := now.In(chinaTime()).Add(-desktopPast)
	return time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, first.Location())
}

// exportWindow reads the window in the provider's usual notation of UTC; the document states none (QUIRKS 50).
func (q *query) exportWindow() (begin, end time.Time) {
	begin, end = q.utc("start_time"), q.utc("end_time")
	if q.err == nil && begin.After(end) {
		q.refuse("The parameter start_time is later than end_time")
	}
	return begin, end
}

func (q *query) utc(name string) time.Time {
	t, err := time.Parse(wholeSecondsUTC, q.required(name))
	if err != nil {
		q.refuse("The parameter %s must be a GMT time such as 2026-01-02T03:04:05Z", name)
	}
	return t
}

// sorting checks sort_field and sort_type, which needs the former.
func (q *query) sorting(fields ...string) {
	field := q.word("sort_field", fields...)
	if direction := q.word("sort_type", "DESC", "ASC"); direction != "" && field == "" {
		q.refuse("The parameter sort_type needs sort_field")
	}
}

// export starts one more task each time (QUIRKS 78), even for inverted bounds of hours or days, which find nothing
// (QUIRKS 106).
func (c *call) export(q *query, kind, filter string, begin, end time.Time) (answer, error) {
	if q.err != nil {
		return answer{}, q.err
	}
	if c.documented() {
		return c.example("", "{}")
	}
	id := randomID()
	id = id[:8] + "-" + id[8:12] + "-4" + id[13:16] + "-a" + id[17:20] + "-" + id[20:]
	c.sim.exports.add(exportJob{
		id: id, file: kind + "_" + id[:8] + ".csv", filter: filter, begin: begin, end: end, created: c.now,
	})
	return answer{body: []byte(`{"task_id":` + strconv.Quote(id) + `}`)}, nil
}
