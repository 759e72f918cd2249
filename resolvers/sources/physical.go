package sources

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// OperationPhysicalCapacity is the upstream operation behind the capacity of physical pools.
const OperationPhysicalCapacity = "listHostPhysicalCapacity"

// Physical is the source of physical pools: one snapshot of all kinds and zones, and spans of time that a query names.
type Physical struct {
	snapshot *cache.Snapshot[esm.PhysicalCapacity, *PhysicalList]
	ranges   *cache.Many[Span, cache.Fetched[esm.PhysicalCapacity], *PhysicalList]
}

// Span is a span of time; the end is excluded.
type Span struct{ From, To time.Time }

func (s Span) text() string { return fmt.Sprintf("%d %d", s.From.UnixMilli(), s.To.UnixMilli()) }

// PhysicalList is the capacity of all physical pools.
type PhysicalList struct {
	// Gaps are the rows that could not be read, by region code.
	Gaps []cache.Gap
	// Truncated tells that the list was longer than the pages that are read.
	Truncated bool
	byRegion  map[string][]*model.PhysicalCapacity
}

// InRegion holds the rows of a region, by device type, zone, resource, metric type and time.
func (l *PhysicalList) InRegion(code string) []*model.PhysicalCapacity { return l.byRegion[code] }

func newPhysical(cfg Config, regions *Regions) (*Physical, error) {
	p := &Physical{}
	var err error
	p.snapshot, err = cache.NewSnapshot(cache.SnapshotConfig[esm.PhysicalCapacity, *PhysicalList]{
		Operation:    OperationPhysicalCapacity,
		Ages:         cfg.Ages.PhysicalCapacity,
		Tiers:        cfg.Tiers,
		KeepOneEmpty: true,
		Fetch: func(ctx context.Context, _ cache.Key) (cache.Fetched[esm.PhysicalCapacity], error) {
			list, err := cfg.ESM.PhysicalCapacity(lane(ctx), capacityWindow(cfg))
			return withCodes(cfg, fetched(list, "region")), asFetchError(err)
		},
		Build: func(key cache.Key, f cache.Fetched[esm.PhysicalCapacity]) (*PhysicalList, int64) {
			list := buildPhysical(cfg, f.Records, true)
			list.Gaps, list.Truncated = f.Gaps, f.Truncated
			regions.learn(key.Scope, sortedKeys(list.byRegion))
			return list, int64(len(f.Records)) * bytesOfCapacity
		},
	})
	if err != nil {
		return nil, fmt.Errorf("physical capacity snapshot: %w", err)
	}
	p.ranges, err = cache.NewMany(cache.ManyConfig[Span, cache.Fetched[esm.PhysicalCapacity], *PhysicalList]{
		Operation: OperationPhysicalCapacity,
		Ages:      cfg.Ages.PhysicalCapacity,
		Tiers:     cfg.Tiers,
		LeaseFor:  2 * time.Second, // one replica asks: the calls are scarce
		Text:      Span.text,
		Fetch: func(ctx context.Context, _ string, asked []Span) map[Span]cache.Result[cache.Fetched[esm.PhysicalCapacity]] {
			return each(ctx, asked, func(ctx context.Context, s Span) (cache.Fetched[esm.PhysicalCapacity], bool, error) {
				list, err := cfg.ESM.PhysicalCapacity(lane(ctx), esm.Window{From: s.From, To: s.To})
				return withCodes(cfg, fetched(list, "region")), true, asFetchError(err)
			})
		},
		Build: func(_ Span, f cache.Fetched[esm.PhysicalCapacity]) (*PhysicalList, int64) {
			list := buildPhysical(cfg, f.Records, false)
			list.Gaps, list.Truncated = f.Gaps, f.Truncated
			return list, int64(len(f.Records)) * bytesOfCapacity
		},
	})
	if err != nil {
		return nil, fmt.Errorf("physical capacity ranges: %w", err)
	}
	return p, nil
}

func (p *Physical) close() {
	p.snapshot.Close()
	p.ranges.Close()
}

// Peek gives the latest figures when memory has them; it never waits.
func (p *Physical) Peek(ctx context.Context, scope string) (cache.Held[*PhysicalList], bool) {
	return p.snapshot.Peek(ctx, cache.Key{Scope: scope})
}

// Load gives the latest figures, fetched when they must be.
func (p *Physical) Load(ctx context.Context, scope string, maxAge time.Duration) (cache.Held[*PhysicalList], error) {
	return p.snapshot.Get(ctx, cache.Key{Scope: scope}, maxAge)
}

// LoadRanges gives the measurements of spans of time.
func (p *Physical) LoadRanges(
	ctx context.Context, scope string, asked []Span, maxAge time.Duration,
) map[Span]cache.Outcome[*PhysicalList] {
	return p.ranges.Get(ctx, scope, asked, maxAge)
}

// buildPhysical converts and indexes rows: the latest of each key, or all of them, each once.
func buildPhysical(cfg Config, records []esm.PhysicalCapacity, latestOnly bool) *PhysicalList {
	newest := make(map[physicalKey]*model.PhysicalCapacity, len(records))
	for _, record := range records {
		row := convertPhysicalCapacity(cfg, record)
		if row.RegionCode == nil {
			continue
		}
		key := physicalKey{
			region: *row.RegionCode, device: loose.Fold(text(row.DeviceTypeText)), zone: loose.Fold(text(row.ZoneText)),
			resource: loose.Fold(text(row.ResourceType)), metric: text(row.MetricType),
		}
		if !latestOnly && row.ObservedAt != nil {
			key.at = row.ObservedAt.UnixMilli()
		}
		if before := newest[key]; before == nil || later(row.ObservedAt, before.ObservedAt) {
			newest[key] = row
		}
	}
	list := &PhysicalList{byRegion: map[string][]*model.PhysicalCapacity{}}
	for _, row := range newest {
		list.byRegion[*row.RegionCode] = append(list.byRegion[*row.RegionCode], row)
	}
	for _, rows := range list.byRegion {
		slices.SortFunc(rows, func(a, b *model.PhysicalCapacity) int {
			return firstDifference(
				strings.Compare(text(a.DeviceTypeText), text(b.DeviceTypeText)), strings.Compare(text(a.ZoneText), text(b.ZoneText)),
				strings.Compare(text(a.ResourceType), text(b.ResourceType)), strings.Compare(text(a.MetricType), text(b.MetricType)),
				compareTimes(a.ObservedAt, b.ObservedAt))
		})
	}
	return list
}

// physicalKey is what tells two measurements apart; at is zero when only the latest counts.
type physicalKey struct {
	region, device, zone, resource, metric string
	at                                     int64
}
