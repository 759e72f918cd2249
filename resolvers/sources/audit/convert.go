package audit

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// convertAuditEvent turns a record, which has an id, into an event. firstDay is the day of an event without times.
func convertAuditEvent(cfg dataset.Config, firstDay time.Time, r esm.AuditLog) *model.AuditEvent {
	event := &model.AuditEvent{
		EventID:       r.ID.String(),
		Type:          auditType(cfg, r.Type),
		TypeText:      r.Type.Ptr(),
		Operation:     r.OperatingName.Ptr(),
		Source:        r.OperatingSource.Ptr(),
		Result:        auditResult(cfg, r.OperationResult),
		ResultText:    r.OperationResult.Ptr(),
		Detail:        r.OperationDetail.Ptr(),
		User:          r.OperatingUser.Ptr(),
		Department:    r.Department.Ptr(),
		Severity:      auditSeverity(cfg, r.Severity),
		SeverityText:  r.Severity.Ptr(),
		Resource:      auditResource(cfg, r),
		StartedAt:     cfg.Instant(r.StartTime, cfg.TextZone, Operation, "start_time"),
		EndedAt:       cfg.Instant(r.EndTime, cfg.TextZone, Operation, "end_time"),
		SourceAddress: r.SourceAddress.Ptr(),
		RegionCode:    cfg.RegionIn(r.RegionID, Operation, "region_id"),
		RegionText:    r.RegionName.Ptr(),
	}
	day := cmp.Or(event.StartedAt, event.EndedAt, &firstDay)
	event.ID = model.AuditEventID(event.EventID, *day)
	return event
}

func auditResource(cfg dataset.Config, r esm.AuditLog) *model.AuditResource {
	resource := model.AuditResource{
		ResourceID: r.ResourceID.Ptr(), Name: r.ResourceName.Ptr(), Type: r.ResourceType.Ptr(),
		RegionText: r.ResourceRegion.Ptr(), RegionName: r.ResourceRegionName.Ptr(),
	}
	if resource == (model.AuditResource{}) {
		return nil
	}
	resource.RegionCode = prefixedRegionCode(cfg, r.ResourceRegion.String())
	return &resource
}

// prefixedRegionCode is the code, by itself or by a known name, after the last colon of a text that may be a name or
// begin with words (quirk 15).
func prefixedRegionCode(cfg dataset.Config, text string) *string {
	return cfg.RegionCode(loose.NewText(strings.TrimSpace(text[strings.LastIndexByte(text, ':')+1:])))
}

// auditSeverity reads 4 to 1, critical first: the reverse of alarms (quirk 35).
func auditSeverity(cfg dataset.Config, t loose.Text) *model.AlarmSeverity {
	return wordOf(cfg, "AuditSeverity", t, map[string]model.AlarmSeverity{
		"4": model.AlarmSeverityCritical, "3": model.AlarmSeverityMajor, "2": model.AlarmSeverityMinor,
		"1": model.AlarmSeverityWarning,
	})
}

// auditResult reads 0 as the good value (quirk 38).
func auditResult(cfg dataset.Config, t loose.Text) *model.AuditResult {
	return wordOf(cfg, "AuditResult", t,
		map[string]model.AuditResult{"0": model.AuditResultSuccess, "1": model.AuditResultFailure})
}

func auditType(cfg dataset.Config, t loose.Text) *model.AuditLogType {
	return wordOf(cfg, "AuditLogType", t,
		map[string]model.AuditLogType{"0": model.AuditLogTypeOperation, "1": model.AuditLogTypeSecurity})
}

// wordOf is the value that a documented list gives a word; nil for any other word, which is counted.
func wordOf[E any](cfg dataset.Config, enum string, t loose.Text, values map[string]E) *E {
	value, known := values[strings.TrimSpace(t.String())]
	if !known {
		if !t.IsAbsent() {
			cfg.Unknown(enum)
		}
		return nil
	}
	return &value
}

// OrderOf is the order that a query asks for; nil means the default one, latest start first.
func OrderOf(o *model.AuditOrder) dataset.Order[*model.AuditEvent] {
	order := dataset.Order[*model.AuditEvent]{Descending: true, ID: auditEventKey}
	field := model.AuditOrderFieldStartedAt
	if o != nil {
		field, order.Descending = o.Field, o.Direction == model.OrderDirectionDesc
	}
	switch field {
	case model.AuditOrderFieldSeverity:
		order.Name, order.Key = "es", func(e *model.AuditEvent) model.SortKey { return dataset.SeverityKey(e.Severity) }
	case model.AuditOrderFieldUser:
		order.Name, order.Key = "eu", func(e *model.AuditEvent) model.SortKey { return dataset.TextKey(e.User) }
	case model.AuditOrderFieldOperation:
		order.Name, order.Key = "eo", func(e *model.AuditEvent) model.SortKey { return dataset.TextKey(e.Operation) }
	case model.AuditOrderFieldStartedAt:
		order.Name, order.Key = "et", func(e *model.AuditEvent) model.SortKey { return dataset.TimeKey(e.StartedAt) }
	}
	if order.Descending {
		order.Name += "-"
	}
	return order
}

// auditEventKey keeps events apart as the upstream does: by id and start.
func auditEventKey(e *model.AuditEvent) string {
	if e.StartedAt == nil {
		return e.EventID
	}
	return e.EventID + " " + strconv.FormatInt(e.StartedAt.UnixMilli(), 10)
}

// Filter is what a query asks of events at a moment. Without a start an event's end counts; without either it lies in
// every range, since the upstream sent it for those days.
func Filter(f model.AuditFilter, now time.Time) dataset.Filter[*model.AuditEvent] {
	span := dataset.SpanOf(f.Range, now)
	ofResource := func(of func(*model.AuditResource) *string) func(*model.AuditEvent) *string {
		return func(e *model.AuditEvent) *string {
			if e.Resource == nil {
				return nil
			}
			return of(e.Resource)
		}
	}
	return dataset.Filter[*model.AuditEvent]{
		Fields: []dataset.Field[*model.AuditEvent]{
			{
				Name: "type", Of: func(e *model.AuditEvent) *string { return (*string)(e.Type) },
				Wanted: dataset.TextsOf(f.Types),
			},
			{
				Name: "result", Of: func(e *model.AuditEvent) *string { return (*string)(e.Result) },
				Wanted: dataset.TextsOf(f.Results),
			},
			{
				Name: "severity", Of: func(e *model.AuditEvent) *string { return (*string)(e.Severity) },
				Wanted: dataset.TextsOf(f.Severities),
			},
			{Name: "region", Of: func(e *model.AuditEvent) *string { return e.RegionCode }, Wanted: f.Regions},
			{Name: "user", Of: func(e *model.AuditEvent) *string { return e.User }, Wanted: f.Users},
			{Name: "operation", Of: func(e *model.AuditEvent) *string { return e.Operation }, Wanted: f.Operations},
			{
				Name: "resource type", Of: ofResource(func(r *model.AuditResource) *string { return r.Type }),
				Wanted: f.ResourceTypes,
			},
			{
				Name: "resource", Of: ofResource(func(r *model.AuditResource) *string { return r.ResourceID }),
				Wanted: f.ResourceIds,
			},
		},
		Contains: dataset.Contains[*model.AuditEvent]{
			Name: "text", Text: dataset.Text(f.TextContains),
			Of: []func(*model.AuditEvent) *string{
				func(e *model.AuditEvent) *string { return e.Operation },
				func(e *model.AuditEvent) *string { return e.Detail },
				func(e *model.AuditEvent) *string { return e.User },
				ofResource(func(r *model.AuditResource) *string { return r.Name }),
			},
		},
		Within: func(e *model.AuditEvent) bool { return lies(e, span) },
	}
}

func lies(e *model.AuditEvent, span dataset.Span) bool {
	at := cmp.Or(e.StartedAt, e.EndedAt)
	return at == nil || span.Holds(at)
}
