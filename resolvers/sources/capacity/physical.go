package capacity

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// PhysicalList is the capacity of all physical pools.
type PhysicalList struct {
	dataset.Extent
	table *table[*model.PhysicalCapacity]
}

// InRegion holds the rows of a region, by device type, zone, resource, metric type and time.
func (l *PhysicalList) InRegion(code string) []*model.PhysicalCapacity {
	return l.table.now().byRegion[code]
}

// RegionCodes are the regions that rows name, in order.
func (l *PhysicalList) RegionCodes() []string { return dataset.SortedKeys(l.table.now().byRegion) }

// Strays are the rows that are in no region.
func (l *PhysicalList) Strays() Strays { return l.table.now().strays() }

func (s *Source) addPhysical(cfg dataset.Config) {
	type rows = cache.Fetched[esm.PhysicalCapacity]
	read := func(ctx context.Context, w esm.Window) (rows, error) {
		list, err := cfg.ESM.PhysicalCapacity(ctx, w)
		if err != nil {
			return rows{}, err
		}
		return dataset.Placed(cfg, dataset.Reading("esm", OperationPhysical), "region",
			dataset.FetchedOf(cfg, OperationPhysical, list, "region"),
			func(r esm.PhysicalCapacity) loose.Text { return r.Region })
	}
	s.Physical = dataset.AddWhole(cfg, dataset.Whole[struct{}, esm.PhysicalCapacity, *PhysicalList]{
		Operation:    OperationPhysical,
		Ages:         cfg.Ages.PhysicalCapacity,
		KeepOneEmpty: true,
		Row:          esm.PhysicalCapacity.RowKey,
		Read:         func(ctx context.Context, _ struct{}) (rows, error) { return read(ctx, windowOfDays(cfg)) },
		Build: func(scope string, _ struct{}, f rows) (*PhysicalList, int64) {
			return buildPhysical(cfg.In(scope), scope, f, true), int64(len(f.Records)) * bytesOfRow
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
		Build: func(scope string, _ dataset.Span, f rows) (*PhysicalList, int64) {
			return buildPhysical(cfg.In(scope), scope, f, false), int64(len(f.Records)) * bytesOfRow
		},
	})
}

// buildPhysical converts and indexes rows: the latest of each key, or all of them, each once.
func buildPhysical(
	cfg dataset.Config, scope string, f cache.Fetched[esm.PhysicalCapacity], latestOnly bool,
) *PhysicalList {
	rows := make([]*model.PhysicalCapacity, len(f.Records))
	for i, record := range f.Records {
		rows[i] = convertPhysicalCapacity(cfg, record)
	}
	return &PhysicalList{
		Extent: dataset.ExtentOf(dataset.WithCodes(cfg, f)),
		table:  newTable(physicalShape(), latestOnly, rows, func() *dataset.RegionNames { return cfg.Names(scope) }),
	}
}

func physicalShape() shape[*model.PhysicalCapacity] {
	return shape[*model.PhysicalCapacity]{
		region: func(c *model.PhysicalCapacity) (*string, string) { return c.RegionCode, c.RegionText },
		under: func(c *model.PhysicalCapacity, code string) *model.PhysicalCapacity {
			row := *c
			row.RegionCode = &code
			return &row
		},
		parts: func(c *model.PhysicalCapacity) [4]string {
			return [4]string{
				loose.Fold(dataset.Text(c.DeviceTypeText)), loose.Fold(dataset.Text(c.ZoneText)),
				loose.Fold(dataset.Text(c.ResourceType)), dataset.Text(c.MetricType),
			}
		},
		at: func(c *model.PhysicalCapacity) *time.Time { return c.ObservedAt },
		compare: func(a, b *model.PhysicalCapacity) int {
			return cmp.Or(
				strings.Compare(dataset.Text(a.DeviceTypeText), dataset.Text(b.DeviceTypeText)),
				strings.Compare(dataset.Text(a.ZoneText), dataset.Text(b.ZoneText)),
				strings.Compare(dataset.Text(a.ResourceType), dataset.Text(b.ResourceType)),
				strings.Compare(dataset.Text(a.MetricType), dataset.Text(b.MetricType)))
		},
	}
}
