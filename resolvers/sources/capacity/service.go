// Package capacity is the source of the capacity of cloud services and of physical pools.
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

// The upstream operations of the capacity of cloud services and of physical pools.
const (
	OperationService  = "listCloudServiceCapacity"
	OperationPhysical = "listHostPhysicalCapacity"
)

// Source is the source of capacity: the latest figures of each service type in all regions, and of all physical pools;
// the last month of each service type, by which it is forecast; and all measurements in the spans of time that queries
// name, each span fetched once.
type Source struct {
	Services       cache.Set[model.CloudServiceType, *List]
	Histories      cache.Set[model.CloudServiceType, *List]
	ServiceRanges  cache.Set[Range, *List]
	Physical       cache.Set[struct{}, *PhysicalList]
	PhysicalRanges cache.Set[dataset.Span, *PhysicalList]

	dccWord string         // the word for DCC, empty for the documents'
	zone    *time.Location // in which days begin
}

// Range asks for every measurement of a service in a span of time.
type Range struct {
	Service model.CloudServiceType
	dataset.Span
}

// List is the capacity of one service in all regions.
type List struct {
	dataset.Extent
	table *table[*model.ServiceCapacity]
	sums  dataset.Memo[*sums] // of the table by the names that are known now
	zone  *time.Location      // in which days begin; of histories alone
}

// All holds every row, always in the same order, also those without the code of a region (quirk 15).
func (l *List) All() []*model.ServiceCapacity { return l.table.now().all }

// InRegion holds the rows of a region, by zone, metric type and time.
func (l *List) InRegion(code string) []*model.ServiceCapacity { return l.table.now().byRegion[code] }

// RegionCodes are the regions that rows name, in order.
func (l *List) RegionCodes() []string { return dataset.SortedKeys(l.table.now().byRegion) }

// Strays are the rows that are in no region.
func (l *List) Strays() Strays { return l.table.now().strays() }

// Has reports whether the upstream has a capacity call for the service.
func Has(service model.CloudServiceType) bool { return documentedWord(service) != "" }

// documentedWord is the documents' word for a service that has a capacity call; empty for one that has none.
func documentedWord(service model.CloudServiceType) string {
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

// word is the word that the upstream is sent for a service.
func (s *Source) word(service model.CloudServiceType) string {
	if service == model.CloudServiceTypeDcc && s.dccWord != "" {
		return s.dccWord
	}
	return documentedWord(service)
}

// rowsOf says which rows are about a service: those that name it in any spelling, none, or by a word that is not one of
// the question's, since the upstream answers in other words than it is asked in (quirk 33). A row with the word of
// another service is about that one.
func rowsOf(service model.CloudServiceType) func(esm.ServiceCapacity) bool {
	others := map[string]bool{}
	for _, word := range esm.CapacityServiceTypes() {
		others[loose.Fold(word)] = true
	}
	delete(others, loose.Fold(documentedWord(service)))
	if service == model.CloudServiceTypeDcc {
		delete(others, loose.Fold("DCC_GENERATE")) // of later editions
	}
	return func(r esm.ServiceCapacity) bool { return !others[loose.Fold(r.ServiceType.String())] }
}

// New makes the source.
func New(cfg dataset.Config) *Source {
	s := &Source{dccWord: cfg.DCCWord, zone: cfg.CapacityZone}
	read := s.reader(cfg)
	s.addServices(cfg, read)
	s.addHistories(cfg, read)
	s.addPhysical(cfg)
	return s
}

// reader reads all rows of a service in a window.
type reader func(context.Context, model.CloudServiceType, esm.Window) (cache.Fetched[esm.ServiceCapacity], error)

func (s *Source) reader(cfg dataset.Config) reader {
	return func(
		ctx context.Context, service model.CloudServiceType, w esm.Window,
	) (cache.Fetched[esm.ServiceCapacity], error) {
		list, err := cfg.ESM.ServiceCapacity(ctx, w, s.word(service))
		if err != nil {
			return cache.Fetched[esm.ServiceCapacity]{}, err
		}
		f := dataset.FetchedOf(cfg, OperationService, list, "region")
		return dataset.Placed(cfg, dataset.Reading("esm", OperationService), "region",
			dataset.Asked(ctx, cfg, OperationService, "service_type", f, rowsOf(service)),
			func(r esm.ServiceCapacity) loose.Text { return r.Region })
	}
}

func (s *Source) addServices(cfg dataset.Config, read reader) {
	type rows = cache.Fetched[esm.ServiceCapacity]
	s.Services = dataset.AddWhole(cfg, dataset.Whole[model.CloudServiceType, esm.ServiceCapacity, *List]{
		Operation:    OperationService,
		Ages:         cfg.Ages.Capacity,
		KeepOneEmpty: true,
		Row:          esm.ServiceCapacity.RowKey,
		Key:          func(service model.CloudServiceType) string { return string(service) },
		Parameters: func(service model.CloudServiceType) map[string]any {
			return map[string]any{"type": service}
		},
		Read: func(ctx context.Context, service model.CloudServiceType) (rows, error) {
			return read(ctx, service, windowOfDays(cfg))
		},
		Build: func(scope string, service model.CloudServiceType, f rows) (*List, int64) {
			return build(cfg.In(scope), scope, service, f, true), int64(len(f.Records)) * bytesOfRow
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
		Build: func(scope string, r Range, f rows) (*List, int64) {
			return build(cfg.In(scope), scope, r.Service, f, false), int64(len(f.Records)) * bytesOfRow
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
	cfg dataset.Config, scope string, service model.CloudServiceType, f cache.Fetched[esm.ServiceCapacity],
	latestOnly bool,
) *List {
	rows := make([]*model.ServiceCapacity, len(f.Records))
	for i, record := range f.Records {
		rows[i] = convertServiceCapacity(cfg, service, record)
	}
	return &List{
		Extent: dataset.ExtentOf(dataset.WithCodes(cfg, f)),
		table:  newTable(serviceShape(), latestOnly, rows, func() *dataset.RegionNames { return cfg.Names(scope) }),
	}
}

func serviceShape() shape[*model.ServiceCapacity] {
	return shape[*model.ServiceCapacity]{
		region: func(c *model.ServiceCapacity) (*string, string) { return c.RegionCode, c.RegionText },
		under: func(c *model.ServiceCapacity, code string) *model.ServiceCapacity {
			row := *c
			row.RegionCode = &code
			return &row
		},
		parts: func(c *model.ServiceCapacity) [4]string {
			return [4]string{
				loose.Fold(dataset.Text(c.ZoneText)), dataset.Text(c.AvailabilityZoneID),
				loose.Fold(dataset.Text(c.ResourceType)), dataset.Text(c.MetricType),
			}
		},
		at: func(c *model.ServiceCapacity) *time.Time { return c.ObservedAt },
		compare: func(a, b *model.ServiceCapacity) int {
			return cmp.Or(
				strings.Compare(dataset.Text(a.ZoneText), dataset.Text(b.ZoneText)),
				strings.Compare(dataset.Text(a.MetricType), dataset.Text(b.MetricType)),
				strings.Compare(dataset.Text(a.ResourceType), dataset.Text(b.ResourceType)),
				strings.Compare(dataset.Text(a.AvailabilityZoneID), dataset.Text(b.AvailabilityZoneID)))
		},
	}
}

// rangeStep is what the ends of a range are rounded to: queries a moment apart ask for the same span.
const rangeStep = time.Minute

// AskedSpan is the span that a range of capacity means at a moment. An open start is a month before the end.
func AskedSpan(within *model.TimeRange, now time.Time) dataset.Span {
	span := dataset.SpanOf(within, now)
	if span.To.IsZero() {
		span.To = now
	}
	if span.From.IsZero() {
		span.From = span.To.Add(-model.LongestRange)
	}
	return span
}

// SpanOf is the span to read for a range of capacity: the asked one in whole minutes, rounded outwards.
func SpanOf(within *model.TimeRange, now time.Time) dataset.Span {
	span := AskedSpan(within, now)
	span.From = span.From.Truncate(rangeStep)
	if to := span.To.Truncate(rangeStep); to.Before(span.To) {
		span.To = to.Add(rangeStep)
	}
	return span
}
