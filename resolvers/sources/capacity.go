package sources

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// OperationServiceCapacity is the upstream operation behind the capacity of cloud services.
const OperationServiceCapacity = "listCloudServiceCapacity"

// Capacity is the source of cloud-service capacity: one snapshot for each service type, shared by all regions, and spans of time
// that a query names, each fetched once.
type Capacity struct {
	snapshot *cache.Snapshot[esm.ServiceCapacity, *CapacityList]
	ranges   *cache.Many[CapacityRange, cache.Fetched[esm.ServiceCapacity], *CapacityList]
}

// CapacityRange asks for every measurement of a service in a span of time.
type CapacityRange struct {
	Service  model.CloudServiceType
	From, To time.Time
}

// CapacityList is the capacity of one service in all regions.
type CapacityList struct {
	// Gaps are the rows that could not be read, by region code.
	Gaps []cache.Gap
	// Truncated tells that the list was longer than the pages that are read.
	Truncated bool
	// All holds every row, always in the same order, also those that name a region by its display name instead of a code (quirk 15).
	All      []*model.ServiceCapacity
	byRegion map[string][]*model.ServiceCapacity
}

// InRegion holds the rows of a region, by zone, metric type and time.
func (l *CapacityList) InRegion(code string) []*model.ServiceCapacity { return l.byRegion[code] }

// RegionCodes are the regions that rows name, in order.
func (l *CapacityList) RegionCodes() []string { return sortedKeys(l.byRegion) }

// capacityWord is the upstream's word for a service that has a capacity call; false for one that has none.
func capacityWord(service model.CloudServiceType) (string, bool) {
	switch service {
	case model.CloudServiceTypeEcsVM, model.CloudServiceTypeBms, model.CloudServiceTypeEvs, model.CloudServiceTypeObs,
		model.CloudServiceTypeEip, model.CloudServiceTypeRds, model.CloudServiceTypeDcc, model.CloudServiceTypeSfs,
		model.CloudServiceTypeVpn:
		return string(service), true
	case model.CloudServiceTypeDeh:
		return "DeH", true
	default:
		return "", false
	}
}

// CapacityWord is the upstream's word for a service that has a capacity call; empty for one that has none.
func CapacityWord(service model.CloudServiceType) string {
	word, _ := capacityWord(service)
	return word
}

// HasCapacity tells whether the upstream has a capacity call for the service.
func HasCapacity(service model.CloudServiceType) bool {
	_, ok := capacityWord(service)
	return ok
}

func newCapacity(cfg Config, regions *Regions) (*Capacity, error) {
	c := &Capacity{}
	var err error
	c.snapshot, err = cache.NewSnapshot(cache.SnapshotConfig[esm.ServiceCapacity, *CapacityList]{
		Operation:    OperationServiceCapacity,
		Ages:         cfg.Ages.Capacity,
		Tiers:        cfg.Tiers,
		KeepOneEmpty: true,
		Fetch: func(ctx context.Context, key cache.Key) (cache.Fetched[esm.ServiceCapacity], error) {
			word, _ := capacityWord(model.CloudServiceType(key.Part))
			list, err := cfg.ESM.ServiceCapacity(lane(ctx), capacityWindow(cfg), word)
			return withCodes(cfg, fetched(list, "region")), asFetchError(err)
		},
		Build: func(key cache.Key, f cache.Fetched[esm.ServiceCapacity]) (*CapacityList, int64) {
			list := buildCapacity(cfg, model.CloudServiceType(key.Part), f.Records, true)
			list.Gaps, list.Truncated = f.Gaps, f.Truncated
			regions.learn(key.Scope, list.RegionCodes())
			return list, int64(len(f.Records)) * bytesOfCapacity
		},
	})
	if err != nil {
		return nil, fmt.Errorf("capacity snapshot: %w", err)
	}
	c.ranges, err = cache.NewMany(cache.ManyConfig[CapacityRange, cache.Fetched[esm.ServiceCapacity], *CapacityList]{
		Operation: OperationServiceCapacity,
		Ages:      cfg.Ages.Capacity,
		Tiers:     cfg.Tiers,
		LeaseFor:  2 * time.Second, // one replica asks: the calls are scarce
		Text: func(r CapacityRange) string {
			return fmt.Sprintf("%s %d %d", r.Service, r.From.UnixMilli(), r.To.UnixMilli())
		},
		Fetch: func(ctx context.Context, _ string, asked []CapacityRange) map[CapacityRange]cache.Result[cache.Fetched[esm.ServiceCapacity]] {
			return each(ctx, asked, func(ctx context.Context, r CapacityRange) (cache.Fetched[esm.ServiceCapacity], bool, error) {
				word, _ := capacityWord(r.Service)
				list, err := cfg.ESM.ServiceCapacity(lane(ctx), esm.Window{From: r.From, To: r.To}, word)
				return withCodes(cfg, fetched(list, "region")), true, asFetchError(err)
			})
		},
		Build: func(r CapacityRange, f cache.Fetched[esm.ServiceCapacity]) (*CapacityList, int64) {
			list := buildCapacity(cfg, r.Service, f.Records, false)
			list.Gaps, list.Truncated = f.Gaps, f.Truncated
			return list, int64(len(f.Records)) * bytesOfCapacity
		},
	})
	if err != nil {
		return nil, fmt.Errorf("capacity ranges: %w", err)
	}
	return c, nil
}

func (c *Capacity) close() {
	c.snapshot.Close()
	c.ranges.Close()
}

// Peek gives the capacity of a service when memory has it; it never waits.
func (c *Capacity) Peek(ctx context.Context, scope string, service model.CloudServiceType) (cache.Held[*CapacityList], bool) {
	return c.snapshot.Peek(ctx, cache.Key{Scope: scope, Part: string(service)})
}

// Load gives the capacity of a service, fetched when it must be.
func (c *Capacity) Load(
	ctx context.Context, scope string, service model.CloudServiceType, maxAge time.Duration,
) (cache.Held[*CapacityList], error) {
	return c.snapshot.Get(ctx, cache.Key{Scope: scope, Part: string(service)}, maxAge)
}

// LoadRanges gives the measurements of spans of time.
func (c *Capacity) LoadRanges(
	ctx context.Context, scope string, asked []CapacityRange, maxAge time.Duration,
) map[CapacityRange]cache.Outcome[*CapacityList] {
	return c.ranges.Get(ctx, scope, asked, maxAge)
}

// bytesOfCapacity is about what a converted row takes in memory.
const bytesOfCapacity = 700

// capacityWindow is from the start of the day some days back to the next whole minute, by the upstream's days (quirk 53: its daily
// rows carry midnight of UTC+8).
func capacityWindow(cfg Config) esm.Window {
	window := windowEndingNow(cfg.Now(), 0)
	local := window.To.In(cfg.CapacityZone)
	start := time.Date(local.Year(), local.Month(), local.Day()-cfg.Windows.CapacityDays, 0, 0, 0, 0, cfg.CapacityZone)
	return esm.Window{From: start, To: window.To}
}

// buildCapacity converts and indexes rows: the latest of each key, or all of them, each once.
func buildCapacity(cfg Config, service model.CloudServiceType, rows []esm.ServiceCapacity, latestOnly bool) *CapacityList {
	newest := make(map[capacityKey]*model.ServiceCapacity, len(rows))
	for _, record := range rows {
		row := convertServiceCapacity(cfg, service, record)
		key := capacityKey{
			region: cmp.Or(text(row.RegionCode), record.Region.String()),
			zone:   loose.Fold(text(row.ZoneText)), availabilityZone: text(row.AvailabilityZoneID),
			resource: loose.Fold(text(row.ResourceType)), metric: text(row.MetricType),
		}
		if !latestOnly && row.ObservedAt != nil {
			key.at = row.ObservedAt.UnixMilli()
		}
		if before := newest[key]; before == nil || later(row.ObservedAt, before.ObservedAt) {
			newest[key] = row
		}
	}
	list := &CapacityList{byRegion: map[string][]*model.ServiceCapacity{}}
	for _, key := range slices.SortedFunc(maps.Keys(newest), capacityKey.compare) {
		row := newest[key]
		list.All = append(list.All, row)
		if row.RegionCode != nil {
			list.byRegion[*row.RegionCode] = append(list.byRegion[*row.RegionCode], row)
		}
	}
	for _, rows := range list.byRegion {
		slices.SortFunc(rows, func(a, b *model.ServiceCapacity) int {
			return firstDifference(
				strings.Compare(text(a.ZoneText), text(b.ZoneText)), strings.Compare(text(a.MetricType), text(b.MetricType)),
				strings.Compare(text(a.ResourceType), text(b.ResourceType)),
				strings.Compare(text(a.AvailabilityZoneID), text(b.AvailabilityZoneID)), compareTimes(a.ObservedAt, b.ObservedAt))
		})
	}
	return list
}

// capacityKey is what tells two measurements apart; at is zero when only the latest counts.
type capacityKey struct {
	region, zone, availabilityZone, resource, metric string
	at                                               int64
}

// compare orders keys, so that sums over them always come out the same to the last digit.
func (k capacityKey) compare(other capacityKey) int {
	return firstDifference(
		strings.Compare(k.region, other.region), strings.Compare(k.zone, other.zone),
		strings.Compare(k.availabilityZone, other.availabilityZone), strings.Compare(k.resource, other.resource),
		strings.Compare(k.metric, other.metric), cmp.Compare(k.at, other.at))
}
