package live

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// capacityChanges finds changes of capacity: one stream a tenant, one topic for each service type.
type capacityChanges struct {
	streams  events.Streams[CapacityChange]
	services cache.Set[model.CloudServiceType, *capacity.List]
	interval time.Duration
}

// FollowCapacity follows the changes of a tenant's capacity, of some service types and regions; nil means all. It is an
// error when none of the types has a capacity call.
func (l *Source) FollowCapacity(
	ctx context.Context, scope string, types []model.CloudServiceType, regions []string, after *EventID,
) (*Following[CapacityChange], error) {
	if types == nil {
		types = model.AllCloudServiceType
	}
	var topics []liveTopic
	services, wanted := map[model.CloudServiceType]bool{}, dataset.SetOf(regions)
	for _, service := range types {
		if capacity.Has(service) && !services[service] {
			services[service] = true
			topics = append(topics, l.capacity.topic(l, scope, service))
		}
	}
	if len(topics) == 0 {
		return nil, &rest.InputError{Field: "types", Message: "The upstream has no capacity call for any of these types."}
	}
	return follow(ctx, l, l.capacity.streams, "capacity", streamOf(scope), events.Wish[CapacityChange]{
		After: after, Patience: l.capacity.interval,
		Select: func(_ context.Context, change CapacityChange) (CapacityChange, bool) {
			return change, services[change.Service] && wanted.Has(change.RegionCode)
		},
		News: func(part string, generation uint64) {
			l.capacity.services.Want(scope, model.CloudServiceType(part), generation)
		},
	}, topics)
}

func (c *capacityChanges) topic(l *Source, scope string, service model.CloudServiceType) liveTopic {
	wantFresh := func() { c.services.WantFresh(scope, service) }
	return liveTopic{part: string(service), wantFresh: wantFresh, begin: func() poll {
		return (&watch[CapacityChange]{
			streams: c.streams, stream: streamOf(scope), part: string(service),
			read: func(ctx context.Context, before events.State) (finding[CapacityChange], error) {
				held, err := newest(ctx, c.services, scope, service, before)
				if err != nil {
					return finding[CapacityChange]{}, err
				}
				return compareCapacity(service, before, held, l.now())
			},
		}).once
	}}
}

// compareCapacity finds the rows whose figures changed, by region. A row that is no longer listed does not count: it
// has left the days that the list covers, or could not be read this time; it is remembered for when it comes back.
func compareCapacity(
	service model.CloudServiceType, before events.State, held cache.Held[*capacity.List], now time.Time,
) (finding[CapacityChange], error) {
	seen := finding[CapacityChange]{generation: held.Generation, at: held.FetchedAt, wait: untilStale(held, before, now)}
	if before.Known && held.Generation <= before.Generation {
		return seen, nil
	}
	figures := map[string]string{}
	if before.Known {
		if err := json.Unmarshal(before.Data, &figures); err != nil {
			return seen, fmt.Errorf("read published state of capacity: %w", err)
		}
	}
	byRegion := map[string]*CapacityChange{}
	for _, row := range held.Value.All() {
		key, shown := rowKey(row), figuresOf(row)
		if figures[key] == shown {
			continue
		}
		figures[key] = shown
		change := byRegion[dataset.Text(row.RegionCode)]
		if change == nil {
			change = &CapacityChange{
				Service: service, RegionCode: row.RegionCode, Seen: seenIn(capacity.OperationService, held),
			}
			byRegion[dataset.Text(row.RegionCode)] = change
		}
		change.Rows = append(change.Rows, row)
	}
	if before.Known && len(byRegion) == 0 {
		return seen, nil
	}
	if before.Known {
		for _, change := range byRegion {
			seen.changes = append(seen.changes, *change)
		}
		slices.SortFunc(seen.changes, func(a, b CapacityChange) int {
			return cmp.Compare(dataset.Text(a.RegionCode), dataset.Text(b.RegionCode))
		})
	}
	var err error
	seen.state, err = json.Marshal(figures)
	return seen, err
}

// rowKey names what a row measures.
func rowKey(row *model.ServiceCapacity) string {
	region := row.RegionCode
	if region == nil {
		region = &row.RegionText
	}
	parts := []*string{region, row.ZoneText, row.AvailabilityZoneID, row.ResourceType, row.MetricTypeText}
	quoted := make([]string, len(parts))
	for i, part := range parts {
		quoted[i] = strconv.Quote(dataset.Text(part))
	}
	return strings.Join(quoted, " ")
}

// figuresOf are the figures of a row; the time of the measurement does not count.
func figuresOf(row *model.ServiceCapacity) string {
	var b strings.Builder
	for _, figure := range []*float64{
		row.Total, row.Used, row.Free, row.Allocated, row.Available, row.ReportedUsedRatio, row.ReportedAllocatedRatio,
	} {
		if figure != nil {
			b.WriteString(strconv.FormatFloat(*figure, 'g', -1, 64))
		}
		b.WriteByte(' ')
	}
	if row.ResourceCount != nil {
		b.WriteString(strconv.Itoa(*row.ResourceCount))
	}
	return b.String()
}
