package simulator

import (
	"slices"
	"time"
)

// listCloudResourceInstanceData answers with the usage records of one resource type whose period begins within the
// window: a record for each resource and UTC day, that of today up to now.
func (s *Simulator) listCloudResourceInstanceData(c *call) (answer, error) {
	q := c.query()
	kind := s.site.pathKind(c, len(s.site.catalog))
	w := q.window()
	p := q.page(1000, false)
	if kind < 0 {
		return answer{}, notFound()
	}
	return c.list(q, p, s.site.catalog[kind].name, func() rows {
		days := usageDays(w, c.now)
		first, end := s.site.kinds[kind][0], s.site.kinds[kind][1]
		return rows{count: (end - first) * len(days), at: func(i int) []byte {
			return s.site.usageRow(first+i/len(days), days[i%len(days)], c.now, false)
		}}
	})
}

// pathKind is the resource type of the path among the first most types, else -1: each is a literal URI in the document,
// so another one does not exist.
func (s *site) pathKind(c *call, most int) int {
	return slices.IndexFunc(s.catalog[:most], func(k kind) bool { return k.name == c.req.PathValue("resource_type") })
}

// usageDays lists the days that begin within the window, up to today.
func usageDays(w window, now time.Time) []time.Time {
	begin := later(w.begin, now.Add(-inventoryAge))
	var days []time.Time
	for t := earlier(now, w.end).UTC().Truncate(day); !t.Before(begin); t = t.Add(-day) {
		days = append(days, t)
	}
	return days
}

// listTenantInstanceData answers with today's record of every instance of a type. The document describes neither
// parameters nor fields, so there is no paging (QUIRKS 63).
func (s *Simulator) listTenantInstanceData(c *call) (answer, error) {
	kind := s.site.pathKind(c, kindBMS+1)
	if kind < 0 || kind == kindEIP {
		return answer{}, notFound()
	}
	first, end := s.site.kinds[kind][0], s.site.kinds[kind][1]
	return c.list(&query{}, page{size: end - first + 1}, s.site.catalog[kind].name, func() rows {
		today := c.now.UTC().Truncate(day)
		return rows{count: end - first, at: func(i int) []byte { return s.site.usageRow(first+i, today, c.now, false) }}
	})
}
