package simulator

import (
	"strconv"
	"time"
)

// listCloudServiceAlarms answers with alarms of cloud services.
func (s *Simulator) listCloudServiceAlarms(c *call) (answer, error) {
	return s.listAlarms(c, sourceCloud, "ECS", "EVS")
}

// listDeviceAlarms answers with alarms of hardware.
func (s *Simulator) listDeviceAlarms(c *call) (answer, error) {
	return s.listAlarms(c, sourceDevice, "Server", "Network")
}

// listAlarms answers with the alarms whose latest occurrence lies within the window.
func (s *Simulator) listAlarms(c *call, source string, categories ...string) (answer, error) {
	q := c.query()
	w := q.textWindow()
	cleared := q.word("cleared", "0", "1")
	category := q.word("service_type", categories...)
	p := q.page(1000, true)
	return c.list(q, p, "", func() rows {
		found := s.alarms(source, w, c.now, func(a *alarm) bool {
			return (category == "" || a.category == category) && (cleared == "" || flag(a.isCleared(c.now)) == cleared)
		})
		return rows{count: len(found), at: func(i int) []byte { return s.site.alarmRow(found[i], c.now) }}
	})
}

// alarms lists the alarms of one source that occurred last within the window, changes of the control path included.
func (s *Simulator) alarms(source string, w window, now time.Time, want func(*alarm) bool) []*alarm {
	var found []*alarm
	take := func(list []alarm, skip map[string]alarm) {
		for i := range list {
			a := &list[i]
			if _, changed := skip[a.csn]; changed {
				continue
			}
			if _, last := a.occurrences(now); !a.first.After(now) && w.holds(last) && want(a) {
				found = append(found, a)
			}
		}
	}
	changed, list := s.changes.alarms(source)
	last := earlier(w.end, now).Unix() / daySeconds
	first := max(w.begin.Add(-longestRepeat).Unix()/daySeconds, last-mostDays)
	for number := first; number <= last; number++ {
		take(s.site.alarmDay(source, number), changed)
	}
	take(s.lifeAlarms(source, now), changed)
	take(list, nil)
	return found
}

func (a *alarm) isCleared(now time.Time) bool { return !a.cleared.IsZero() && !a.cleared.After(now) }

func (a *alarm) isAcked(now time.Time) bool { return !a.acked.IsZero() && !a.acked.After(now) }

// flag is a yes or no as the alarms send it (QUIRKS 38).
func flag(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}

// alarmRow writes one alarm in its present state. Key style is mixed, as in the document (QUIRKS 5).
func (s *site) alarmRow(a *alarm, now time.Time) []byte {
	r := &s.regions[a.region]
	z := r.zones[min(a.zone, len(r.zones)-1)]
	o := newObject(roll(s.seed, "alarm row", textKey(a.csn)))
	count, last := a.occurrences(now)
	o.text("csn", a.csn)
	o.text("alarm_name", a.name)
	if o.oneIn(4) { // QUIRKS 22
		o.raw("alarm_id", a.definition)
	} else {
		o.text("alarm_id", a.definition)
	}
	o.text("severity", a.severity)
	o.text("event_type", a.event)
	o.text("origin_system_type", originSystem(a))
	o.text("origin_system_name", originSystem(a)+"-"+r.code)
	o.text("moi", a.subject.moi)
	o.maybe("additional_information", a.subject.additional)
	format := o.IntN(10)
	o.utc("latest_occur_utc", last, format)
	o.utc("first_occur_utc", a.first, format)
	o.text("meName", a.subject.meName)
	o.decimal("count", float64(count))
	o.text("probable_cause", a.cause)
	o.text("region", o.rarely(5, r.nameEn, r.name))
	o.text("dc_name", r.name+"机房"+strconv.Itoa(a.zone+1))
	o.maybe("res_pool_name", podName(a.pod))
	o.text("azone_name", z.name)
	o.maybe("tenant", a.tenant)
	o.text("nativeMeDn", a.subject.nativeMeDn)
	o.text("moc", a.class)
	o.clearance(a, now, format)
	o.acknowledgement(a, now, format)
	o.text("merge_key", a.definition+"-"+a.subject.meName)
	o.maybe("me_category", a.category)
	o.text("me_type", a.kind)
	o.text("product_name", a.product)
	o.text("LogicalRegionId", r.code)
	o.maybe("serviceAffectedType", a.affectedType())
	o.maybe("affectedService", a.service)
	o.text("meDn", a.subject.meDn)
	o.extra()
	return o.end()
}

func originSystem(a *alarm) string {
	if a.source == sourceDevice {
		return "eSight"
	}
	return "CES"
}

func podName(pod int) string {
	if pod == 0 {
		return ""
	}
	return (&host{pod: pod}).podCode()
}

func (a *alarm) affectedType() string {
	if a.service == "" {
		return ""
	}
	return "1"
}

func (o *object) clearance(a *alarm, now time.Time, format int) {
	cleared := a.isCleared(now)
	o.text("cleared", flag(cleared))
	if !cleared {
		o.noText("clear_category")
		o.text("clear_utc", "")
		o.noText("clear_user")
		o.noText("clear_type")
		return
	}
	o.text("clear_category", o.pick("automatic", "manual"))
	o.utc("clear_utc", a.cleared, format)
	o.text("clear_user", o.pick("system", "ops-lee", "运维-王"))
	o.text("clear_type", "1")
}

func (o *object) acknowledgement(a *alarm, now time.Time, format int) {
	acked := a.isAcked(now)
	o.text("acked", flag(acked))
	if !acked {
		o.noText("ack_user")
		o.text("ack_utc", "")
		return
	}
	o.text("ack_user", "ops-lee")
	o.utc("ack_utc", a.acked, format)
}

// utc writes a time in one of the formats that the documents leave open, all of one row alike (QUIRKS 47).
func (o *object) utc(key string, t time.Time, format int) {
	switch format {
	case 0:
		o.text(key, strconv.FormatInt(t.Unix(), 10))
	case 1:
		o.text(key, t.UTC().Format(time.DateTime))
	case 2:
		o.text(key, t.UTC().Format(time.RFC3339))
	case 3:
		o.integer(key, t.UnixMilli())
	default:
		o.text(key, strconv.FormatInt(t.UnixMilli(), 10))
	}
}
