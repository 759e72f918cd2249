// Package audit is the source of audit events: logs of spans of whole days, each for all queries of those days.
package audit

import (
	"context"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// Operation is the upstream operation of audit events.
const Operation = "listCloudAuditLogs"

// Source is the source of audit events.
type Source struct {
	// Logs holds the log of days.
	Logs  cache.Set[Days, *Log]
	limit dataset.RangeLimit
	ahead func() time.Duration
}

// Days is a span of whole days in UTC, both included, each as its midnight.
type Days struct{ First, Last time.Time }

const oneDay = 24 * time.Hour

func (d Days) text() string {
	key := append(d.First.AppendFormat(make([]byte, 0, dataset.KeyBytes), time.DateOnly), ".."...)
	return string(d.Last.AppendFormat(key, time.DateOnly))
}

// window is the upstream's window: to the end of the last day, but not beyond now.
func (d Days) window(cfg dataset.Config) esm.Window {
	end := cfg.UntilNow(0).To
	if midnight := d.Last.Add(oneDay); midnight.Before(end) {
		end = midnight
	}
	return esm.Window{From: d.First, To: end}
}

// Log is one generation of the log of some days, latest start first, with its indexes.
type Log struct {
	dataset.List[*model.AuditEvent]

	byID    map[string]*model.AuditEvent // by global id
	undated map[string]*model.AuditEvent // events without times, by the upstream's id
}

// New makes the source.
func New(cfg dataset.Config) *Source {
	longest := model.LongestRange
	if cfg.Windows.AuditDays > 0 {
		longest = time.Duration(cfg.Windows.AuditDays) * oneDay
	}
	return &Source{
		ahead: cfg.ESM.Ahead,
		limit: dataset.RangeLimit{Of: "audit events", Most: longest, Step: time.Minute},
		Logs: dataset.AddWhole(cfg, dataset.Whole[Days, esm.AuditLog, *Log]{
			Operation: Operation,
			Ages:      cfg.Ages.Audit,
			Row:       esm.AuditLog.RowKey,
			Key:       Days.text,
			Parameters: func(days Days) map[string]any {
				return map[string]any{"first": days.First.Format(time.DateOnly), "last": days.Last.Format(time.DateOnly)}
			},
			Read: func(ctx context.Context, days Days) (cache.Fetched[esm.AuditLog], error) {
				list, err := cfg.ESM.AuditLogs(ctx, days.window(cfg))
				return dataset.FetchedOf(cfg, Operation, list, "region_id"), err
			},
			Build: func(scope string, days Days, f cache.Fetched[esm.AuditLog]) (*Log, int64) {
				dataset.LearnLabels(cfg, scope, f.Records, func(r esm.AuditLog) (loose.Text, []loose.Text) {
					return r.RegionID, []loose.Text{r.RegionName}
				})
				log := build(cfg.In(scope), days, f)
				return log, int64(len(log.All)) * bytesOfAuditEvent
			},
			Regions: (*Log).RegionCodes,
		}),
	}
}

// Present is the moment up to which the upstream has events: that of a query, or later by as much as the upstream's
// clock is ahead.
func (s *Source) Present(now time.Time) time.Time { return now.Add(s.ahead()) }

// DaysOf are the days that hold a range; false when it holds no moment up to now. It fails with an
// *rest.InputError on a range without a start and on one that is longer than may be asked.
func (s *Source) DaysOf(within *model.TimeRange, now time.Time) (Days, bool, error) {
	span, err := s.limit.Window(within, now)
	if err != nil || span.Empty() {
		return Days{}, false, err
	}
	return Days{First: span.From.Truncate(oneDay), Last: span.To.Add(-1).Truncate(oneDay)}, true, nil
}

// DaysAround are the days of the log to find an event of a day in: which day a time without a zone falls on is a
// setting (quirk 44). False when no log can hold that day.
func (s *Source) DaysAround(day, now time.Time) (Days, bool) {
	days := Days{First: day.Add(-oneDay), Last: day.Add(oneDay)}
	if today := now.UTC().Truncate(oneDay); days.Last.After(today) {
		days.Last = today
	}
	return days, days.First.Unix() >= 0 && !days.Last.Before(days.First)
}

// bytesOfAuditEvent is about what a converted event takes in memory.
const bytesOfAuditEvent = 1200

func build(cfg dataset.Config, days Days, f cache.Fetched[esm.AuditLog]) *Log {
	log := &Log{byID: make(map[string]*model.AuditEvent, len(f.Records)), undated: map[string]*model.AuditEvent{}}
	events := make([]*model.AuditEvent, 0, len(f.Records))
	for _, record := range f.Records {
		events = append(events, convertAuditEvent(cfg, days.First, record))
	}
	order := OrderOf(nil)
	log.List = dataset.NewList(dataset.Sorted(order, events), order, dataset.ExtentOf(f),
		func(e *model.AuditEvent) *string { return e.RegionCode })
	for _, event := range log.All {
		if log.byID[event.ID] == nil {
			log.byID[event.ID] = event
		}
		if event.StartedAt == nil && event.EndedAt == nil {
			log.undated[event.EventID] = event
		}
	}
	return log
}

// ByID is the event with the global id of an event id and a day; nil when the log has none. An event without times is
// found under any day, and keeps the id that it was asked for by.
func (l *Log) ByID(eventID string, day time.Time) *model.AuditEvent {
	id := model.AuditEventID(eventID, day)
	if event := l.byID[id]; event != nil {
		return event
	}
	event := l.undated[eventID]
	if event == nil {
		return nil
	}
	asked := *event
	asked.ID = id
	return &asked
}
