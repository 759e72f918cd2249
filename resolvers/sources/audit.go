package sources

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// OperationAuditLogs is the upstream operation behind audit events.
const OperationAuditLogs = "listCloudAuditLogs"

// Audit is the source of audit events: one snapshot for each span of whole days that was asked, shared by all queries of those days.
type Audit struct {
	snapshot *cache.Snapshot[esm.AuditLog, *AuditLog]
	limit    RangeLimit
}

// AuditDays is a span of whole days in UTC, both included, each as its midnight.
type AuditDays struct{ First, Last time.Time }

const oneDay = 24 * time.Hour

// text is the part of the cache key, which tells the fetch what to ask for.
func (d AuditDays) text() string {
	return d.First.Format(time.DateOnly) + ".." + d.Last.Format(time.DateOnly)
}

// auditDaysOf reads what text wrote; the zero days on anything else.
func auditDaysOf(part string) AuditDays {
	first, last, _ := strings.Cut(part, "..")
	var (
		days AuditDays
		err  error
	)
	if days.First, err = time.Parse(time.DateOnly, first); err != nil {
		return AuditDays{}
	}
	if days.Last, err = time.Parse(time.DateOnly, last); err != nil {
		return AuditDays{}
	}
	return days
}

// window is what the upstream is asked for: up to the end of the last day, but not beyond the next whole minute.
func (d AuditDays) window(now time.Time) esm.Window {
	end := windowEndingNow(now, 0).To
	if midnight := d.Last.Add(oneDay); midnight.Before(end) {
		end = midnight
	}
	return esm.Window{From: d.First, To: end}
}

// AuditLog is one generation of the log of some days, latest start first, with its indexes.
type AuditLog struct {
	// All holds every event, latest start first.
	All []*model.AuditEvent
	// Gaps are the rows that could not be read, by region code.
	Gaps []cache.Gap
	// Truncated tells that the log was longer than the pages that are read.
	Truncated bool

	byID     map[string]*model.AuditEvent // by global id
	undated  map[string]*model.AuditEvent // events without times, by the upstream's id
	byRegion map[string][]*model.AuditEvent
	orders   orderCache[*model.AuditEvent]
}

func newAudit(cfg Config, regions *Regions) (*Audit, error) {
	snapshot, err := cache.NewSnapshot(cache.SnapshotConfig[esm.AuditLog, *AuditLog]{
		Operation: OperationAuditLogs,
		Ages:      cfg.Ages.Audit,
		Tiers:     cfg.Tiers,
		Fetch: func(ctx context.Context, key cache.Key) (cache.Fetched[esm.AuditLog], error) {
			list, err := cfg.ESM.AuditLogs(lane(ctx), auditDaysOf(key.Part).window(cfg.Now()))
			return fetched(list, "region_id"), asFetchError(err)
		},
		Build: func(key cache.Key, f cache.Fetched[esm.AuditLog]) (*AuditLog, int64) {
			log := buildAuditLog(cfg, auditDaysOf(key.Part), f)
			regions.learn(key.Scope, sortedKeys(log.byRegion))
			return log, int64(len(log.All)) * bytesOfAuditEvent
		},
	})
	if err != nil {
		return nil, fmt.Errorf("audit snapshot: %w", err)
	}
	longest := model.LongestRange
	if cfg.Windows.AuditDays > 0 {
		longest = time.Duration(cfg.Windows.AuditDays) * oneDay
	}
	return &Audit{snapshot: snapshot, limit: RangeLimit{Of: "audit events", Most: longest, Step: time.Minute}}, nil
}

func (a *Audit) close() { a.snapshot.Close() }

// Days are the days that hold a range; false when it holds no moment up to now. It fails with an *ArgumentError on a range without a
// start and on one that is longer than may be asked.
func (a *Audit) Days(within *model.TimeRange, now time.Time) (AuditDays, bool, error) {
	span, err := a.limit.Window(within, now)
	if err != nil || span.Empty() {
		return AuditDays{}, false, err
	}
	return AuditDays{First: span.From.Truncate(oneDay), Last: span.To.Add(-1).Truncate(oneDay)}, true, nil
}

// DaysAround are the days in which an event of a day is looked for: which day a time without a zone falls on is a setting (quirk 44).
// False when no log can hold that day.
func (a *Audit) DaysAround(day, now time.Time) (AuditDays, bool) {
	days := AuditDays{First: day.Add(-oneDay), Last: day.Add(oneDay)}
	if today := now.UTC().Truncate(oneDay); days.Last.After(today) {
		days.Last = today
	}
	return days, days.First.Unix() >= 0 && !days.Last.Before(days.First)
}

// Peek gives the log of days when memory has it; it never waits.
func (a *Audit) Peek(ctx context.Context, scope string, days AuditDays) (cache.Held[*AuditLog], bool) {
	return a.snapshot.Peek(ctx, cache.Key{Scope: scope, Part: days.text()})
}

// Load gives the log of days, fetched when it must be.
func (a *Audit) Load(ctx context.Context, scope string, days AuditDays, maxAge time.Duration) (cache.Held[*AuditLog], error) {
	return a.snapshot.Get(ctx, cache.Key{Scope: scope, Part: days.text()}, maxAge)
}

// bytesOfAuditEvent is about what a converted event takes in memory.
const bytesOfAuditEvent = 1200

func buildAuditLog(cfg Config, days AuditDays, f cache.Fetched[esm.AuditLog]) *AuditLog {
	log := &AuditLog{
		Gaps:      f.Gaps,
		Truncated: f.Truncated,
		byID:      make(map[string]*model.AuditEvent, len(f.Records)),
		undated:   map[string]*model.AuditEvent{},
		byRegion:  map[string][]*model.AuditEvent{},
	}
	events := make([]*model.AuditEvent, 0, len(f.Records))
	for _, record := range f.Records {
		if event := convertAuditEvent(cfg, days.First, record); event != nil {
			events = append(events, event)
		}
	}
	log.All = AuditOrderOf(nil).Sorted(events)
	for _, event := range log.All {
		if log.byID[event.ID] == nil {
			log.byID[event.ID] = event
		}
		if event.StartedAt == nil && event.EndedAt == nil {
			log.undated[event.EventID] = event
		}
		if event.RegionCode != nil {
			log.byRegion[*event.RegionCode] = append(log.byRegion[*event.RegionCode], event)
		}
	}
	return log
}

// ByID is the event that has a global id made of an event's id and a day; nil when the log has none. An event without times is found
// under any day, and keeps the id that it was asked by.
func (l *AuditLog) ByID(eventID string, day time.Time) *model.AuditEvent {
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

// InRegion holds the events of a region, latest start first.
func (l *AuditLog) InRegion(code string) []*model.AuditEvent { return l.byRegion[code] }

// InOrder holds all events in another order than the default one; sorted at the first question.
func (l *AuditLog) InOrder(order Order[*model.AuditEvent]) []*model.AuditEvent {
	return l.orders.in(order, AuditOrderOf(nil).Name, l.All)
}
