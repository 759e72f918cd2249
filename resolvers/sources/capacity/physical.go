package capacity

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// PhysicalList is the capacity of all physical pools.
type PhysicalList struct {
	dataset.Extent
	byRegion map[string][]*model.PhysicalCapacity
}

// InRegion holds the rows of a region, by device type, zone, resource, metric type and time.
func (l *PhysicalList) InRegion(code string) []*model.PhysicalCapacity { return l.byRegion[code] }

// RegionCodes are the regions that rows name, in order.
func (l *PhysicalList) RegionCodes() []string { return dataset.SortedKeys(l.byRegion) }

func (s *Source) addPhysical(cfg dataset.Config) {
	type rows = cache.Fetched[esm.PhysicalCapacity]
	read := func(ctx context.Context, w esm.Window) (rows, error) {
		list, err := cfg.ESM.PhysicalCapacity(ctx, w)
		return dataset.WithCodes(cfg, dataset.FetchedOf(list, "region")), err
	}
	s.Physical = dataset.AddWhole(cfg, dataset.Whole[struct{}, esm.PhysicalCapacity, *PhysicalList]{
		Operation:    OperationPhysical,
		Ages:         cfg.Ages.PhysicalCapacity,
		KeepOneEmpty: true,
		Row:          esm.PhysicalCapacity.RowKey,
		Read:         func(ctx context.Context, _ struct{}) (rows, error) { return read(ctx, windowOfDays(cfg)) },
		Build: func(_ string, _ struct{}, f rows) (*PhysicalList, int64) {
			return buildPhysical(cfg, f, true), int64(len(f.Records)) * bytesOfRow
		},
		Regions: (*PhysicalList).RegionCodes,
	})
	s.PhysicalRanges = dataset.Add(cfg, cache.Dataset[dataset.Span, rows, *PhysicalList]{
		Operation: OperationPhysical,
		Ages:      cfg.Ages.PhysicalCapacity,
		LeaseFor:  dataset.OneReplica,
		Key:       func(span dataset.Span) string { return string(span.AppendKey(make([]byte, 0, dataset.KeyBytes))) },
		Fetch: dataset.Each(func(ctx context.Context, _ string, span dataset.Span) (rows, bool, error) {
			f, err := read(ctx, esm.Window{From: span.From, To: span.To})
			return f, true, err
		}),
		Build: func(_ string, _ dataset.Span, f rows) (*PhysicalList, int64) {
			return buildPhysical(cfg, f, false), int64(len(f.Records)) * bytesOfRow
		},
	})
}

// buildPhysical converts and indexes rows: the latest of each key, or all of them, each once.
func buildPhysical(cfg dataset.Config, f cache.Fetched[esm.PhysicalCapacity], latestOnly bool) *PhysicalList {
	newest := make(map[physicalKey]*model.PhysicalCapacity, len(f.Records))
	for _, record := range f.Records {
		row := convertPhysicalCapacity(cfg, record)
		if row.RegionCode == nil {
			continue
		}
		key := physicalKey{
			region: *row.RegionCode, device: loose.Fold(dataset.Text(row.DeviceTypeText)),
			zone:     loose.Fold(dataset.Text(row.ZoneText)),
			resource: loose.Fold(dataset.Text(row.ResourceType)), metric: dataset.Text(row.MetricType),
		}
		if !latestOnly && row.ObservedAt != nil {
			key.at = row.ObservedAt.UnixMilli()
		}
		if before := newest[key]; before == nil || dataset.Later(row.ObservedAt, before.ObservedAt) {
			newest[key] = row
		}
	}
	list := &PhysicalList{Extent: dataset.ExtentOf(f), byRegion: map[string][]*model.PhysicalCapacity{}}
	for _, row := range newest {
		list.byRegion[*row.RegionCode] = append(list.byRegion[*row.RegionCode], row)
	}
	for _, rows := range list.byRegion {
		slices.SortFunc(rows, func(a, b *model.PhysicalCapacity) int {
			return cmp.Or(
				strings.Compare(dataset.Text(a.DeviceTypeText), dataset.Text(b.DeviceTypeText)),
				strings.Compare(dataset.Text(a.ZoneText), dataset.Text(b.ZoneText)),
				strings.Compare(dataset.Text(a.ResourceType), dataset.Text(b.ResourceType)),
				strings.Compare(dataset.Text(a.MetricType), dataset.Text(b.MetricType)),
				dataset.CompareTimes(a.ObservedAt, b.ObservedAt))
		})
	}
	return list
}

// physicalKey is what two measurements differ in; at is zero when only the latest counts.
type physicalKey struct {
	region, device, zone, resource, metric string
	at                                     int64
}
