package alarms

import (
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// OrderOf is the order that a query asks for; nil means the default one, latest occurrence first.
func OrderOf(o *model.AlarmOrder) dataset.Order[*model.Alarm] {
	order := dataset.Order[*model.Alarm]{
		Descending: true,
		ID:         func(a *model.Alarm) string { return string(a.Source) + " " + a.Csn },
	}
	field := model.AlarmOrderFieldLastOccurredAt
	if o != nil {
		field, order.Descending = o.Field, o.Direction == model.OrderDirectionDesc
	}
	switch field {
	case model.AlarmOrderFieldFirstOccurredAt:
		order.Name, order.Key = "af", func(a *model.Alarm) model.SortKey { return dataset.TimeKey(a.FirstOccurredAt) }
	case model.AlarmOrderFieldSeverity:
		order.Name, order.Key = "as", func(a *model.Alarm) model.SortKey { return dataset.SeverityKey(a.Severity) }
	case model.AlarmOrderFieldName:
		order.Name, order.Key = "an", func(a *model.Alarm) model.SortKey { return dataset.TextKey(a.Name) }
	case model.AlarmOrderFieldUrgency:
		order.Name, order.Key = "au", urgencyKey
	case model.AlarmOrderFieldLastOccurredAt:
		order.Name, order.Key = "al", func(a *model.Alarm) model.SortKey { return dataset.TimeKey(a.LastOccurredAt) }
	}
	if order.Descending {
		order.Name += "-"
	}
	return order
}

// Urgency is one number, so that a cursor has it: the rank of an alarm's state and severity, and within a rank its
// latest occurrence in milliseconds, counted from before the year 1. Both together are exact in a float64.
const (
	urgencyRank  = 1 << 49
	urgencyBegin = 1 << 46
)

// urgencyKey orders by urgency, the most urgent alarm last. Every alarm has one.
func urgencyKey(a *model.Alarm) model.SortKey {
	rank := 0
	if a.Severity != nil {
		rank = len(model.AllAlarmSeverity) - slices.Index(model.AllAlarmSeverity, *a.Severity)
	}
	if a.Active() {
		rank += len(model.AllAlarmSeverity) + 1
	}
	return model.SortKey{Number: float64(int64(rank)*urgencyRank + urgencyOfTime(a.LastOccurredAt))}
}

// urgencyOfTime is 0 for an unknown time, and more the later a known one is.
func urgencyOfTime(at *time.Time) int64 {
	if at == nil {
		return 0
	}
	return min(max(at.UnixMilli()+urgencyBegin, 1), urgencyRank-1)
}
