// Package capacity is the source of the capacity of cloud services and of physical pools.
package capacity

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// The upstream operations of the capacity of cloud services and of physical pools.
const (
	OperationService  = "listCloudServiceCapacity"
	OperationPhysical = "listHostPhysicalCapacity"
)

// Source is the source of capacity: the latest figures of each service type in all regions, and of all physical pools;
// and all measurements in the spans of time that queries name, each span fetched once.
type Source struct {
	Services       *cache.Set[model.CloudServiceType, *List]
	ServiceRanges  *cache.Set[Range, *List]
	Physical       *cache.Set[struct{}, *PhysicalList]
	PhysicalRanges *cache.Set[dataset.Span, *PhysicalList]
}

// Range asks for every measurement of a service in a span of time.
type Range struct {
	Service model.CloudServiceType
	dataset.Span
}

// List is the capacity of one service in all regions.
type List struct {
	dataset.Extent
	// All holds every row, always in the same order, also those without the code of a region (quirk 15).
	All      []*model.ServiceCapacity
	byRegion map[string][]*model.ServiceCapacity
}

// InRegion holds the rows of a region, by zone, metric type and time.
func (l *List) InRegion(code string) []*model.ServiceCapacity { return l.byRegion[code] }

// RegionCodes are the regions that rows name, in order.
func (l *List) RegionCodes() []string { return dataset.SortedKeys(l.byRegion) }

// Word is the upstream's word for a service that has a capacity call; empty for one that has none.
func Word(service model.CloudServiceType) string {
	switch service {
	case model.CloudServiceTypeEcsVM, model.CloudServiceTypeBms, model.CloudServiceTypeEvs, model.CloudServiceTypeObs,
		model.CloudServiceTypeEip, model.CloudServiceTypeRds, model.CloudServiceTypeDcc, model.CloudServiceTypeSfs,
		model.CloudServiceTypeVpn:
		return string(service)
	case model.CloudServiceTypeDeh:
		return "DeH"
	default:
		return ""
	}
}

// Has reports whether the upstream has a capacity call for the service.
func Has(service model.CloudServiceType) bool { return Word(service) != "" }

// New makes the source.
func New(cfg dataset.Config) *Source {
	s := &Source{}
	s.addServices(cfg)
	s.addPhysical(cfg)
	return s
}

func (s *Source) addServices(cfg dataset.Config) {
	type rows = cache.Fetched[esm.ServiceCapacity]
	read := func(ctx context.Context, service model.CloudServiceType, w esm.Window) (rows, error) {
		list, err := cfg.ESM.ServiceCapacity(ctx, w, Word(service))
		return dataset.WithCodes(cfg, dataset.FetchedOf(list, "region")), err
	}
	s.Services = dataset.AddWhole(cfg, dataset.Whole[model.CloudServiceType, esm.ServiceCapacity, *List]{
		Operation:    OperationService,
		Ages:         cfg.Ages.Capacity,
		KeepOneEmpty: true,
		Row:          esm.ServiceCapacity.RowKey,
		Key:          func(service model.CloudServiceType) string { return string(service) },
		Read: func(ctx context.Context, service model.CloudServiceType) (rows, error) {
			return read(ctx, service, windowOfDays(cfg))
		},
		Build: func(_ string, service model.CloudServiceType, f rows) (*List, int64) {
			return build(cfg, service, f, true), int64(len(f.Records)) * bytesOfRow
		},
		Regions: (*List).RegionCodes,
	})
	s.ServiceRanges = dataset.Add(cfg, cache.Dataset[Range, rows, *List]{
		Operation: OperationService,
		Ages:      cfg.Ages.Capacity,
		LeaseFor:  dataset.OneReplica,
		Key: func(r Range) string {
			return string(r.AppendKey(append(append(make([]byte, 0, dataset.KeyBytes), r.Service...), ' ')))
		},
		Fetch: dataset.Each(func(ctx context.Context, _ string, r Range) (rows, bool, error) {
			f, err := read(ctx, r.Service, esm.Window{From: r.From, To: r.To})
			return f, true, err
		}),
		Build: func(_ string, r Range, f rows) (*List, int64) {
			return build(cfg, r.Service, f, false), int64(len(f.Records)) * bytesOfRow
		},
	})
}

// bytesOfRow is about what a converted row takes in memory.
const bytesOfRow = 700

// windowOfDays is from the start of the day some days back to now, by the upstream's days (quirk 53).
func windowOfDays(cfg dataset.Config) esm.Window {
	window := cfg.UntilNow(0)
	local := window.To.In(cfg.CapacityZone)
	start := time.Date(local.Year(), local.Month(), local.Day()-cfg.Windows.CapacityDays, 0, 0, 0, 0, cfg.CapacityZone)
	return esm.Window{From: start, To: window.To}
}

// build converts and indexes rows: the latest of each key, or all of them, each once.
func build(
	cfg dataset.Config, service model.CloudServiceType, f cache.Fetched[esm.ServiceCapacity], latestOnly bool,
) *List {
	newest := make(map[capacityKey]*model.ServiceCapacity, len(f.Records))
	for _, record := range f.Records {
		row := convertServiceCapacity(cfg, service, record)
		key := capacityKey{
			region: cmp.Or(dataset.Text(row.RegionCode), record.Region.String()),
			zone:   loose.Fold(dataset.Text(row.ZoneText)), availabilityZone: dataset.Text(row.AvailabilityZoneID),
			resource: loose.Fold(dataset.Text(row.ResourceType)), metric: dataset.Text(row.MetricType),
		}
		if !latestOnly && row.ObservedAt != nil {
			key.at = row.ObservedAt.UnixMilli()
		}
		if before := newest[key]; before == nil || dataset.Later(row.ObservedAt, before.ObservedAt) {
			newest[key] = row
		}
	}
	list := &List{Extent: dataset.ExtentOf(f), byRegion: map[string][]*model.ServiceCapacity{}}
	for _, key := range slices.SortedFunc(maps.Keys(newest), capacityKey.compare) {
		row := newest[key]
		list.All = append(list.All, row)
		if row.RegionCode != nil {
			list.byRegion[*row.RegionCode] = append(list.byRegion[*row.RegionCode], row)
		}
	}
	for _, rows := range list.byRegion {
		slices.SortFunc(rows, func(a, b *model.ServiceCapacity) int {
			return cmp.Or(
				strings.Compare(dataset.Text(a.ZoneText), dataset.Text(b.ZoneText)),
				strings.Compare(dataset.Text(a.MetricType), dataset.Text(b.MetricType)),
				strings.Compare(dataset.Text(a.ResourceType), dataset.Text(b.ResourceType)),
				strings.Compare(dataset.Text(a.AvailabilityZoneID), dataset.Text(b.AvailabilityZoneID)),
				dataset.CompareTimes(a.ObservedAt, b.ObservedAt))
		})
	}
	return list
}

// capacityKey is what two measurements differ in; at is zero when only the latest counts.
type capacityKey struct {
	region, zone, availabilityZone, resource, metric string
	at                                               int64
}

// compare orders keys, so that sums over them always come out the same to the last digit.
func (k capacityKey) compare(other capacityKey) int {
	return cmp.Or(
		strings.Compare(k.region, other.region), strings.Compare(k.zone, other.zone),
		strings.Compare(k.availabilityZone, other.availabilityZone), strings.Compare(k.resource, other.resource),
		strings.Compare(k.metric, other.metric), cmp.Compare(k.at, other.at))
}

// rangeStep is what the ends of a range are rounded to: queries a moment apart ask for the same span.
const rangeStep = time.Minute

// SpanOf is the span of a range of capacity at a moment, in whole minutes. An open start is a month before the end.
func SpanOf(within *model.TimeRange, now time.Time) dataset.Span {
	span := dataset.SpanOf(within, now)
	if span.To.IsZero() {
		span.To = now
	}
	if span.From.IsZero() {
		span.From = span.To.Add(-model.LongestRange)
	}
	span.From = span.From.Truncate(rangeStep)
	if to := span.To.Truncate(rangeStep); to.Before(span.To) {
		span.To = to.Add(rangeStep)
	}
	return span
}
