package simulator

import (
	"fmt"
	"strconv"
	"time"
)

// auditPerDay is how many entries a day has at the default site.
const auditPerDay = 14.0

// chinaTime is the zone of texts that state none (QUIRKS 44, 45): UTC+8 as everything else of the site.
func chinaTime() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// auditEntry is one entry of the audit log.
type auditEntry struct {
	id         int64
	begin, end time.Time
	security   bool
	resource   int
}

// listCloudAuditLogs answers with the entries that began within the window.
func (s *Simulator) listCloudAuditLogs(c *call) (answer, error) {
	q := c.query()
	w := q.window()
	kind := q.word("log_type", "0", "1")
	p := q.page(1000, true)
	return c.list(q, p, "", func() rows {
		found := s.site.auditLog(w, c.now, kind)
		return rows{count: len(found), at: func(i int) []byte { return s.site.auditRow(&found[i]) }}
	})
}

// auditLog lists the entries of a window up to now, at most those of its last four hundred days.
func (s *site) auditLog(w window, now time.Time, kind string) []auditEntry {
	var found []auditEntry
	last := earlier(w.end, now).Unix() / daySeconds
	for number := max(w.begin.Unix()/daySeconds, last-mostDays); number <= last; number++ {
		d := roll(s.seed, "audit", uint64(number))
		for i := range max(fewestADay, int(auditPerDay*s.scale()*d.spread(0.5, 1.5))) {
			e := s.newAuditEntry(number, i)
			if w.holds(e.begin) && !e.begin.After(now) && (kind == "" || flag(e.security) == kind) {
				found = append(found, e)
			}
		}
	}
	return found
}

func (s *site) newAuditEntry(number int64, i int) auditEntry {
	d := roll(s.seed, "audit entry", uint64(number), uint64(i))
	begin := time.Unix(number*daySeconds+d.Int64N(daySeconds), 0)
	return auditEntry{
		id: number*100_000 + int64(i), begin: begin, end: begin.Add(time.Duration(d.IntN(90)) * time.Second),
		security: d.oneIn(4), resource: d.IntN(s.kinds[kindEVS][1]),
	}
}

// auditRow writes one entry. Its severity grows with the number, that of alarms falls (QUIRKS 35); 0 is success (QUIRKS
// 38).
func (s *site) auditRow(e *auditEntry) []byte {
	res := &s.resources[e.resource]
	r := &s.regions[res.region]
	o := newObject(roll(s.seed, "audit row", uint64(e.id)))
	action := o.pick("createServer", "deleteServer", "resizeServer", "attachVolume", "reboot", "updateSecurityGroup")
	name, kind, id := s.resourceName(res), s.catalog[res.kind].stem, res.id
	if e.security {
		action, name, kind, id = o.pick("login", "logout", "changePassword"), "console", "session", ""
	}
	failed := o.oneIn(8)
	o.text("id", strconv.FormatInt(e.id, 10))
	o.text("operating_name", action)
	if o.oneIn(6) { // QUIRKS 22
		o.integer("operating_source", int64(o.IntN(3)))
	} else {
		o.text("operating_source", o.pick("API", "CONSOLE", "系统"))
	}
	o.text("operation_result", flag(failed))
	o.text("operation_detail", auditDetail(failed, action, name))
	o.text("resource_name", name)
	o.text("resource_type", kind)
	o.text("operating_user", o.pick("ops-lee", "capacityApi", "admin", "运维-王"))
	o.maybe("department", o.pick("platform-ops", "平台运维部", ""))
	o.text("severity", o.pick("1", "1", "2", "3", "4"))
	o.text("type", flag(e.security))
	o.text("start_time", e.begin.In(chinaTime()).Format(time.DateTime))
	o.text("end_time", e.end.In(chinaTime()).Format(time.DateTime))
	o.maybe("resource_id", id)
	o.text("resource_region", o.rarely(8, "regionName:"+r.code, r.code))
	o.text("source_addr", fmt.Sprintf("10.0.%d.%d", 20+res.region, o.between(2, 250)))
	o.text("region_id", r.code)
	o.text("region_name", r.name)
	o.text("resource_region_name", r.name)
	o.extra()
	return o.end()
}

func auditDetail(failed bool, action, name string) string {
	if failed {
		return action + " of " + name + " refused: <quota> service unreachable"
	}
	return action + " of " + name + " done"
}
