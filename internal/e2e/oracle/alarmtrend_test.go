package oracle

import (
	"fmt"
	"strings"
	"time"
)

// urgency is a text that is the greater the more urgent an alarm is, by the description of AlarmOrderField: active ones
// before cleared ones, then by severity, then by the latest occurrence.
func urgency(f map[string]any) string {
	severity, _ := f["rank "].(int)
	last := ""
	if at, known := f["lastOccurredAt"].(time.Time); known {
		last = at.UTC().Format("2006-01-02 15:04:05.000")
	}
	return fmt.Sprint(one(f["cleared"] != true), severity, last)
}

// alarmTexts are what textContains looks through, by the description of AlarmFilter.
func alarmTexts(f map[string]any) []any {
	return []any{
		f["name"], f["csn"], f["managedObject"], f["managedElement"].(*thing).fields["name"], f["regionCode"],
		f["regionText"], f["dataCenter"], f["resourcePool"], f["availabilityZone"], f["additionalInformation"],
	}
}

// ofDevices is whether an alarm is about one of the devices that a filter names.
func ofDevices(filter arguments, f map[string]any) bool {
	if _, given := filter.texts("deviceIds"); !given {
		return true
	}
	device, _ := f["device"].(lazy)(nil).(*thing)
	return device != nil && filter.allows("deviceIds", device.fields["deviceId"])
}

// begun is the start of the bucket that holds a moment, by a clock.
func begun(at time.Time, bucket string, zone *time.Location) time.Time {
	local := at.In(zone)
	hour, minute := local.Hour(), local.Minute()
	switch bucket {
	case "DAY":
		hour, minute = 0, 0
	case "HOUR":
		minute = 0
	}
	return time.Date(local.Year(), local.Month(), local.Day(), hour, minute, 0, 0, zone)
}

// trend counts what came and went, alarm by alarm for each bucket.
func (s *site) trend(items []item, filter, a arguments) any {
	offset, _ := a.count("utcOffsetMinutes")
	zone, bucket := time.FixedZone("", offset*60), a.text("bucket")
	length := map[string]time.Duration{"MINUTE": time.Minute, "HOUR": time.Hour, "DAY": 24 * time.Hour}[bucket]
	from, to := a.span("range", s.now, 30*24*time.Hour)
	open := a.object("range")["to"] == nil // up to now, with the bucket that holds it
	complete := s.completeFrom(filter)
	buckets, without := []any{}, 0
	for at := begun(from, bucket, zone); !at.After(s.now) && (open || at.Before(to)); at = at.Add(length) {
		buckets = append(buckets, trendBucket(items, at, at.Add(length), complete))
	}
	for _, i := range items {
		without += one(!active(i) && clearedAt(i) == nil)
	}
	return &thing{"AlarmTrend", map[string]any{
		"buckets": buckets, "clearedWithoutTime": without, "completeFrom": complete,
	}}
}

func trendBucket(items []item, from, to time.Time, complete any) *thing {
	var raised []item
	cleared, left := 0, 0
	for _, i := range items {
		first, known := i.node.fields["firstOccurredAt"].(time.Time)
		if within(first, from, to) && known {
			raised = append(raised, i)
		}
		cleared += one(!active(i) && within(clearedAt(i), from, to))
		gone, told := clearedAt(i).(time.Time)
		left += one(known && first.Before(to) && (active(i) || told && !gone.Before(to)))
	}
	var activeAtEnd any
	if begin, known := complete.(time.Time); known && to.After(begin) {
		activeAtEnd = left
	}
	return &thing{"AlarmTrendBucket", map[string]any{
		"from": from, "to": to, "raised": len(raised), "cleared": cleared, "activeAtEnd": activeAtEnd,
		"bySeverity": bySeverity(raised),
	}}
}

// clearedAt is when a cleared alarm was cleared; nil where the upstream does not say.
func clearedAt(i item) any {
	clearance, _ := i.node.fields["clearance"].(*thing)
	if clearance == nil {
		return nil
	}
	return clearance.fields["at"]
}

// completeFrom is where the lists begin, 30 days before now to the minute (decisions 2), or the filter's span later.
func (s *site) completeFrom(filter arguments) any {
	from := s.now.Truncate(time.Minute).Add(time.Minute).AddDate(0, 0, -30)
	if s.now.Equal(s.now.Truncate(time.Minute)) {
		from = s.now.AddDate(0, 0, -30)
	}
	if filter.object("range") != nil { // a list of its own
		from = time.Time{}
	}
	for _, name := range []string{"lastOccurred", "range"} {
		asked := filter.object(name)
		if asked == nil {
			continue
		}
		begin, end := filter.span(name, s.now, 0)
		if asked["to"] != nil && !end.After(s.now) {
			return nil
		}
		if begin.After(from) {
			from = begin
		}
	}
	return from
}

// trends asks trends of several parts of the alarms by all kinds of buckets, and filters that need an id.
func (c *checker) trends() {
	document := `query ($filter: AlarmFilter, $offset: Int!) { alarmSummary(filter: $filter) { month: trend(range: {last: "P31D"},
		utcOffsetMinutes: $offset) ` + c.fields("AlarmTrend")
	for i, within := range []string{
		`{last: "PT24H"}`, `{from: "2026-11-19T22:10:00Z", to: "2026-11-20T00:15:00Z"}`,
		`{from: "2026-11-20T12:00:00Z", to: "2026-11-20T18:00:00Z"}`, `{from: "2026-11-21T09:00:00Z", to: "2026-11-22T00:00:00Z"}`,
	} {
		for _, bucket := range []string{"HOUR", "MINUTE"} {
			document += fmt.Sprintf(" %s%d: trend(bucket: %s, range: %s, utcOffsetMinutes: $offset) %s", strings.ToLower(bucket), i,
				bucket, within, c.fields("AlarmTrend"))
		}
	}
	for _, filter := range []string{
		`{}`, `{"sources": ["DEVICE"]}`, `{"sources": ["CLOUD_SERVICE"], "cleared": true}`, `{"lastOccurred": {"last": "P3D"}}`,
		`{"lastOccurred": {"from": "2026-11-01T00:00:00Z", "to": "2026-11-11T00:00:00Z"}}`, `{"range": {"last": "P5D"}}`,
	} {
		for _, offset := range []int{0, 345, -210, 840, -720} {
			c.ask(document+` } }`, fmt.Sprintf(`{"filter": %s, "offset": %d}`, filter, offset))
		}
	}
	c.ask(`{ regions { alarmSummary { trend `+c.fields("AlarmTrend")+` hours: trend(bucket: HOUR, range: {last: "P2D"}) `+
		c.fields("AlarmTrend")+` } } }`, "")
	for i, d := range c.site.devices {
		if i > 12 {
			break
		}
		filter := fmt.Sprintf(`{deviceIds: [%q, "none"]}`, d.id)
		c.ask(`{ alarms(filter: `+filter+`) { totalCount nodes { csn } } alarmSummary(filter: `+filter+`) { total trend(range: {last: "P9D"}) `+
			c.fields("AlarmTrend")+` } regions { alarms(filter: `+filter+`) { totalCount } } }`, "")
	}
	for field, values := range map[string]int{
		"csn": 3, "managedObject": 3, "additionalInformation": 3, "availabilityZone": 2, "resourcePool": 2, "dataCenter": 2,
		"regionText": 2,
	} {
		for i := 0; i < len(c.site.alarms) && values > 0; i += 1 + len(c.site.alarms)/7 {
			text, ok := c.site.alarms[i].node.fields[field].(string)
			if !ok || text == "" {
				continue
			}
			values--
			runes := []rune(strings.ToUpper(text))
			filter := fmt.Sprintf(`{textContains: %q}`, string(runes[len(runes)/3:]))
			c.ask(`{ alarms(filter: `+filter+`) { totalCount nodes { csn } } alarmSummary(filter: `+filter+`) { total active } }`, "")
		}
	}
}
