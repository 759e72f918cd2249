package oracle

import (
	"strings"
	"time"
)

// readAudit reads the audit log of 31 days.
func (s *site) readAudit() {
	seen := map[string]bool{}
	for _, r := range s.up.list("/v1/cloudAuditlog", window(s.now.AddDate(0, 0, -32), s.now.AddDate(0, 0, 1))) {
		id := word(r["id"])
		s.learn(r["region_name"], r["region_id"])
		if seen[id] {
			continue
		}
		seen[id] = true
		severity := enum(auditSeverities, r["severity"])
		fields := map[string]any{
			"id": opaque{"AuditEvent", id}, "eventId": id, "typeText": text(r["type"]),
			"type":      enum(map[string]string{"0": "OPERATION", "1": "SECURITY"}, r["type"]),
			"operation": text(r["operating_name"]), "source": text(r["operating_source"]),
			"result":     enum(map[string]string{"0": "SUCCESS", "1": "FAILURE"}, r["operation_result"]),
			"resultText": text(r["operation_result"]), "detail": text(r["operation_detail"]), "user": text(r["operating_user"]),
			"department": text(r["department"]), "severity": severity, "severityText": text(r["severity"]),
			"startedAt": local(r["start_time"], time.DateTime, eastEight),
			"endedAt":   local(r["end_time"], time.DateTime, eastEight), "sourceAddress": text(r["source_addr"]),
			"regionCode": text(r["region_id"]), "regionText": text(r["region_name"]), "rank ": rank(severity),
		}
		region := word(r["region_id"])
		fields["region"] = lazy(func(arguments) any { return maybe(s.region(region)) })
		resource := s.auditResource(r)
		fields["resource"] = maybe(resource)
		for _, key := range []string{"name", "type", "id"} { // for filters alone
			fields["resource "+key+" "] = text(r["resource_"+key])
		}
		s.audit = append(s.audit, item{id, &thing{"AuditEvent", fields}})
	}
}

// auditResource is the resource of an entry; nil when it names none. The code is what follows the last colon of
// `resource_region`, where that looks like one.
func (s *site) auditResource(r row) *thing {
	if text(r["resource_id"]) == nil && text(r["resource_name"]) == nil && text(r["resource_type"]) == nil {
		return nil
	}
	sent := word(r["resource_region"])
	code := s.regionCode(strings.TrimSpace(sent[strings.LastIndexByte(sent, ':')+1:]))
	return &thing{"AuditResource", map[string]any{
		"resourceId": text(r["resource_id"]), "name": text(r["resource_name"]), "type": text(r["resource_type"]),
		"regionCode": code, "regionText": text(sent), "regionName": text(r["resource_region_name"]),
		"region": lazy(func(arguments) any { name, _ := code.(string); return maybe(s.region(name)) }),
	}}
}

func (s *site) auditConnection(a arguments, region string) any {
	filter := a.object("filter")
	from, to := filter.span("range", s.now, 0)
	items := kept(s.inRegion(s.audit, region), func(f map[string]any) bool {
		at := f["startedAt"]
		if at == nil {
			at = f["endedAt"]
		}
		return (at == nil || within(at, from, to)) && filter.allows("types", f["type"]) &&
			filter.allows("results", f["result"]) && filter.allows("severities", f["severity"]) &&
			filter.allows("regions", f["regionCode"]) && filter.allows("users", f["user"]) &&
			filter.allows("operations", f["operation"]) && filter.allows("resourceTypes", f["resource type "]) &&
			filter.allows("resourceIds", f["resource id "]) &&
			filter.contains("textContains", f["operation"], f["detail"], f["user"], f["resource name "])
	})
	field, descending, name := orderBy(a, map[string]string{
		"STARTED_AT": "startedAt", "SEVERITY": "rank ", "USER": "user", "OPERATION": "operation",
	}, "startedAt", "DESC")
	return s.connection("AuditEvent", "audit "+name, ordered(items, field, descending), a)
}
