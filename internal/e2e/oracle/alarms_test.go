package oracle

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Words of severities: alarms count from 1, audit events the other way round (QUIRKS 35).
var (
	alarmSeverities = map[string]string{"1": "CRITICAL", "2": "MAJOR", "3": "MINOR", "4": "WARNING"}
	auditSeverities = map[string]string{"4": "CRITICAL", "3": "MAJOR", "2": "MINOR", "1": "WARNING"}
	severities      = []any{"CRITICAL", "MAJOR", "MINOR", "WARNING"}
)

func enum(words map[string]string, v any) any {
	if value, known := words[word(v)]; known {
		return value
	}
	return nil
}

// rank orders severities, critical the greatest.
func rank(severity any) any {
	at := slices.Index(severities, severity)
	if at < 0 {
		return nil
	}
	return len(severities) - at
}

// readAlarms reads both lists of the last 30 days.
func (s *site) readAlarms() {
	for _, list := range []struct{ source, path string }{
		{"CLOUD_SERVICE", "/v1/CloudServiceAlarm/info"}, {"DEVICE", "/v1/DeviceAlarm/info"},
	} {
		seen := map[string]bool{}
		for _, r := range s.up.list(list.path, window(s.now.AddDate(0, 0, -30), s.now)) {
			csn := word(r["csn"])
			s.learn(r["region"], r["LogicalRegionId"])
			if seen[csn] {
				continue
			}
			seen[csn] = true
			s.alarms = append(s.alarms, item{list.source + " " + csn, s.alarmThing(list.source, csn, r)})
		}
	}
}

func (s *site) alarmThing(source, csn string, r row) *thing {
	cleared, acknowledged := zeroOrOne(r["cleared"]), zeroOrOne(r["acked"])
	region := word(r["LogicalRegionId"])
	service := alarmService(r)
	found, match := s.hostOfAlarm(r)
	severity := enum(alarmSeverities, r["severity"])
	fields := map[string]any{
		"id": opaque{"Alarm", source + " " + csn}, "csn": csn, "source": source, "name": text(r["alarm_name"]),
		"definitionId": text(r["alarm_id"]), "severity": severity, "severityText": text(r["severity"]),
		"eventType": text(r["event_type"]), "managedObject": text(r["moi"]), "managedObjectClass": text(r["moc"]),
		"additionalInformation": text(r["additional_information"]), "firstOccurredAt": utc(r["first_occur_utc"]),
		"lastOccurredAt": utc(r["latest_occur_utc"]), "occurrences": whole(r["count"]),
		"probableCause": text(r["probable_cause"]), "regionCode": text(r["LogicalRegionId"]),
		"regionText": text(r["region"]), "dataCenter": text(r["dc_name"]), "resourcePool": text(r["res_pool_name"]),
		"availabilityZone": text(r["azone_name"]), "tenant": text(r["tenant"]), "cleared": cleared,
		"acknowledged": acknowledged, "mergeKey": text(r["merge_key"]), "product": text(r["product_name"]),
		"affectedService": text(r["affectedService"]), "affectedServiceType": text(r["serviceAffectedType"]),
		"clearance": nil, "acknowledgement": nil, "hostMatch": match, "host": nil,
		// For filters and orders alone: names with a space are no fields of the schema.
		"host ": nil, "service ": service, "rank ": rank(severity),
		"originSystem": &thing{"AlarmOriginSystem", map[string]any{
			"type": text(r["origin_system_type"]), "name": text(r["origin_system_name"]),
		}},
		"managedElement": &thing{"ManagedElement", map[string]any{
			"name": text(r["meName"]), "dn": text(r["meDn"]), "type": text(r["me_type"]), "category": text(r["me_category"]),
			"nativeDn": text(r["nativeMeDn"]),
		}},
	}
	if cleared == true {
		fields["clearance"] = &thing{"AlarmClearance", map[string]any{
			"at": utc(r["clear_utc"]), "by": text(r["clear_user"]), "type": text(r["clear_type"]),
			"category": text(r["clear_category"]),
		}}
	}
	if acknowledged == true {
		fields["acknowledgement"] = &thing{"AlarmAcknowledgement", map[string]any{
			"at": utc(r["ack_utc"]), "by": text(r["ack_user"]),
		}}
	}
	if found != nil {
		fields["host"], fields["host "] = found.node, found.id
	}
	fields["urgency "] = urgency(fields)
	fields["region"] = lazy(func(arguments) any { return maybe(s.region(region)) })
	fields["cloudService"] = lazy(func(arguments) any {
		kind, named := service.(string)
		if !named || region == "" {
			return nil
		}
		return s.cloudService(kind, region)
	})
	device := sync.OnceValue(func() join { return s.deviceOfAlarm(r) })
	fields["device"] = lazy(func(arguments) any { return maybe(device().to) })
	fields["deviceMatch"] = lazy(func(arguments) any { return device().match })
	return &thing{"Alarm", fields}
}

// alarmService is the cloud service that an alarm names: affectedService, else me_category, folded; ECS is ECS_VM.
func alarmService(r row) any {
	for _, key := range []string{"affectedService", "me_category"} {
		name := strings.ReplaceAll(strings.ToUpper(word(r[key])), "-", "_")
		if name == "ECS" {
			name = "ECS_VM"
		}
		if slices.Contains(serviceTypes, name) {
			return name
		}
	}
	return nil
}

// hostOfAlarm tries the three ways in their order; the first that names exactly one host counts (decisions 10).
func (s *site) hostOfAlarm(r row) (*host, any) {
	information, element := word(r["additional_information"]), word(r["meName"])
	addresses := append(ipv4.FindAllString(word(r["nativeMeDn"]), -1), ipv4.FindAllString(word(r["meDn"]), -1)...)
	ways := []struct {
		match string
		is    func(h *host) bool
	}{
		{"SERIAL_NUMBER", func(h *host) bool { return h.serial != "" && serialIn(information, h.serial) }},
		{"ADDRESS", func(h *host) bool {
			return slices.ContainsFunc(h.addresses, func(a string) bool { return slices.Contains(addresses, a) })
		}},
		{"NAME", func(h *host) bool {
			return element != "" && h.name == element && h.region == word(r["LogicalRegionId"])
		}},
	}
	for _, way := range ways {
		var found []*host
		for _, i := range s.hosts {
			if h := s.hostByID[i.id]; way.is(h) {
				found = append(found, h)
			}
		}
		if len(found) == 1 {
			return found[0], way.match
		}
	}
	return nil, nil
}

// serialIn is whether a text has `sn=` with exactly that serial number.
func serialIn(information, serial string) bool {
	_, rest, found := strings.Cut(information, "sn="+serial)
	return found && (rest == "" || strings.ContainsAny(rest[:1], " ,;"))
}

func (s *site) alarmAccepts(filter arguments) func(map[string]any) bool {
	return func(f map[string]any) bool {
		for name, is := range map[string]bool{"cleared": f["cleared"] == true, "acknowledged": f["acknowledged"] == true} {
			if wanted, given := filter[name].(bool); given && wanted != is {
				return false
			}
		}
		for _, name := range []string{"lastOccurred", "range"} { // a range is read by itself, and has the same alarms
			if filter.object(name) == nil {
				continue
			}
			if from, to := filter.span(name, s.now, 0); !within(f["lastOccurredAt"], from, to) {
				return false
			}
		}
		return filter.allows("severities", f["severity"]) && filter.allows("sources", f["source"]) &&
			filter.allows("regions", f["regionCode"]) && filter.allows("services", f["service "]) &&
			filter.allows("definitionIds", f["definitionId"]) && filter.allows("hostIds", f["host "]) &&
			filter.contains("nameContains", f["name"]) && filter.contains("textContains", alarmTexts(f)...) &&
			ofDevices(filter, f)
	}
}

// alarmConnection is a page of the alarms that belong to something.
func (s *site) alarmConnection(a arguments, belongs func(map[string]any) bool) any {
	items := kept(kept(s.alarms, belongs), s.alarmAccepts(a.object("filter")))
	field, descending, name := orderBy(a, map[string]string{
		"LAST_OCCURRED_AT": "lastOccurredAt", "FIRST_OCCURRED_AT": "firstOccurredAt", "SEVERITY": "rank ", "NAME": "name",
		"URGENCY": "urgency ",
	}, "lastOccurredAt", "DESC")
	return s.connection("Alarm", "alarms "+name, ordered(items, field, descending), a)
}

// active is whether an alarm counts as active: one whose state is not sent does.
func active(i item) bool { return i.node.fields["cleared"] != true }

// alarmSummary counts the alarms that belong to something.
func (s *site) alarmSummary(a arguments, belongs func(map[string]any) bool) any {
	items := kept(kept(s.alarms, belongs), s.alarmAccepts(a.object("filter")))
	acknowledged := 0
	for _, i := range items {
		acknowledged += one(i.node.fields["acknowledged"] == true)
	}
	var latest any
	if sorted := ordered(items, "lastOccurredAt", true); len(sorted) > 0 {
		latest = sorted[0].node
	}
	live := slices.DeleteFunc(slices.Clone(items), func(i item) bool { return !active(i) })
	return &thing{"AlarmSummary", map[string]any{
		"total": len(items), "active": len(live), "acknowledged": acknowledged, "bySeverity": bySeverity(live),
		"latest": latest, "byService": s.byService(live), "byRegion": s.byRegion(items),
		"byDay": lazy(func(a arguments) any { return byDay(items, a) }),
		"trend": lazy(func(of arguments) any { return s.trend(items, a.object("filter"), of) }),
	}}
}

// bySeverity counts each severity once, critical first, and unknown ones last where there are any.
func bySeverity(items []item) []any {
	counts := map[any]int{}
	for _, i := range items {
		counts[i.node.fields["severity"]]++
	}
	list := []any{}
	for _, severity := range append(slices.Clone(severities), nil) {
		if severity != nil || counts[nil] > 0 {
			list = append(list, &thing{"AlarmSeverityCount", map[string]any{"severity": severity, "count": counts[severity]}})
		}
	}
	return list
}

// grouped parts items by a value, most active ones first, those without the value last.
func grouped(items []item, value func(map[string]any) any) (values []any, parts map[any][]item) {
	parts = map[any][]item{}
	for _, i := range items {
		v := value(i.node.fields)
		if parts[v] == nil {
			values = append(values, v)
		}
		parts[v] = append(parts[v], i)
	}
	alive := func(v any) int {
		n := 0
		for _, i := range parts[v] {
			n += one(active(i))
		}
		return n
	}
	slices.SortFunc(values, func(a, b any) int {
		return cmp.Or(cmp.Compare(one(a == nil), one(b == nil)), cmp.Compare(alive(b), alive(a)), order(a, b, false))
	})
	return values, parts
}

func (s *site) byService(live []item) any {
	values, parts := grouped(live, func(f map[string]any) any { return f["service "] })
	list := []any{}
	for _, service := range values {
		list = append(list, &thing{"AlarmServiceCount", map[string]any{
			"service": service, "count": len(parts[service]), "bySeverity": bySeverity(parts[service]),
		}})
	}
	return list
}

func (s *site) byRegion(items []item) any {
	values, parts := grouped(items, func(f map[string]any) any { return f["regionCode"] })
	list := []any{}
	for _, code := range values {
		live := slices.DeleteFunc(slices.Clone(parts[code]), func(i item) bool { return !active(i) })
		name, _ := code.(string)
		list = append(list, &thing{"AlarmRegionCount", map[string]any{
			"regionCode": code, "total": len(parts[code]), "active": len(live), "bySeverity": bySeverity(live),
			"region": lazy(func(arguments) any { return maybe(s.region(name)) }),
		}})
	}
	return list
}

// byDay counts by the day of the latest occurrence, in calendar order.
func byDay(items []item, a arguments) any {
	offset, _ := a.count("utcOffsetMinutes")
	zone := time.FixedZone("", offset*60)
	days := map[string][]item{}
	for _, i := range items {
		if at, ok := i.node.fields["lastOccurredAt"].(time.Time); ok {
			day := at.In(zone).Format(time.DateOnly)
			days[day] = append(days[day], i)
		}
	}
	list := []any{}
	for _, day := range sortedKeys(days) {
		live := slices.DeleteFunc(slices.Clone(days[day]), func(i item) bool { return !active(i) })
		list = append(list, &thing{"AlarmDayCount", map[string]any{
			"day": day, "total": len(days[day]), "active": len(live), "bySeverity": bySeverity(live),
			"totalBySeverity": bySeverity(days[day]),
		}})
	}
	return list
}
