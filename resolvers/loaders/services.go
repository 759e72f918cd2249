package loaders

import (
	"context"
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func (s *Set) addCapacityLoaders(ctx context.Context) {
	scope, maxAge := s.options.Scope, s.options.MaxAge
	capacity, physical := s.sources.Capacity, s.sources.Physical
	s.capacity = newLoader(ctx, s, sources.OperationServiceCapacity,
		func(ctx context.Context, service model.CloudServiceType) (answer[*sources.CapacityList], bool) {
			held, ok := capacity.Peek(ctx, scope, service)
			return fromHeld(held, nil), ok
		},
		func(ctx context.Context, services []model.CloudServiceType) map[model.CloudServiceType]answer[*sources.CapacityList] {
			return everyKey(services, func(service model.CloudServiceType) answer[*sources.CapacityList] {
				return fromHeld(capacity.Load(ctx, scope, service, maxAge))
			})
		})
	s.ranges = newLoader(ctx, s, sources.OperationServiceCapacity, nothingHeld[sources.CapacityRange, *sources.CapacityList],
		func(ctx context.Context, asked []sources.CapacityRange) map[sources.CapacityRange]answer[*sources.CapacityList] {
			answers := make(map[sources.CapacityRange]answer[*sources.CapacityList], len(asked))
			for key, outcome := range capacity.LoadRanges(ctx, scope, asked, maxAge) {
				answers[key] = fromOutcome(outcome)
			}
			return answers
		})
	s.physical = newLoader(ctx, s, sources.OperationPhysicalCapacity,
		func(ctx context.Context, _ struct{}) (answer[*sources.PhysicalList], bool) {
			held, ok := physical.Peek(ctx, scope)
			return fromHeld(held, nil), ok
		},
		func(ctx context.Context, keys []struct{}) map[struct{}]answer[*sources.PhysicalList] {
			return everyKey(keys, func(struct{}) answer[*sources.PhysicalList] {
				return fromHeld(physical.Load(ctx, scope, maxAge))
			})
		})
	s.spans = newLoader(ctx, s, sources.OperationPhysicalCapacity, nothingHeld[sources.Span, *sources.PhysicalList],
		func(ctx context.Context, asked []sources.Span) map[sources.Span]answer[*sources.PhysicalList] {
			answers := make(map[sources.Span]answer[*sources.PhysicalList], len(asked))
			for key, outcome := range physical.LoadRanges(ctx, scope, asked, maxAge) {
				answers[key] = fromOutcome(outcome)
			}
			return answers
		})
}

// nothingHeld is the peek of what is always asked of the source.
func nothingHeld[K comparable, V any](context.Context, K) (answer[V], bool) {
	return answer[V]{}, false
}

// CloudServices are the services of the asked types (nil: all) in each known region, also in those that only their capacity rows
// name, which costs the capacity of each asked type. With regions given they are those regions alone.
func (s *Set) CloudServices(
	ctx context.Context, types []model.CloudServiceType, regions []string,
) ([]*model.CloudService, error) {
	types = serviceTypes(types)
	withCapacity := slices.DeleteFunc(slices.Clone(types), func(t model.CloudServiceType) bool { return !sources.HasCapacity(t) })
	var named []string
	for _, a := range s.capacity.all(ctx, withCapacity) {
		if a.err != nil {
			s.uses.warn(sources.OperationServiceCapacity, a.err)
			continue
		}
		named = append(named, a.value.RegionCodes()...)
	}
	codes, err := s.regionCodes(ctx, regions, named...)
	if err != nil {
		return nil, err
	}
	services := []*model.CloudService{}
	for _, code := range codes {
		if regions == nil || slices.Contains(regions, code) {
			services = append(services, servicesOf(code, types)...)
		}
	}
	return services, nil
}

// CloudServicesOf are the services of the asked types (nil: all) in a region; they cost nothing.
func (s *Set) CloudServicesOf(region string, types []model.CloudServiceType) []*model.CloudService {
	return servicesOf(region, serviceTypes(types))
}

func servicesOf(region string, types []model.CloudServiceType) []*model.CloudService {
	services := make([]*model.CloudService, len(types))
	for i, kind := range types {
		services[i] = model.NewCloudService(region, kind)
	}
	return services
}

// serviceTypes are the asked types, each once and in the order of the schema; nil means all.
func serviceTypes(asked []model.CloudServiceType) []model.CloudServiceType {
	if asked == nil {
		return model.AllCloudServiceType
	}
	return slices.DeleteFunc(slices.Clone(model.AllCloudServiceType), func(t model.CloudServiceType) bool {
		return !slices.Contains(asked, t)
	})
}

// Capacity is the capacity of services, in their order: nil for one whose kind the upstream has no capacity call for.
func (s *Set) Capacity(
	ctx context.Context, services []*model.CloudService, zones []model.CapacityZone, within *model.TimeRange,
) ([][]*model.ServiceCapacity, []error) {
	rows, errs := make([][]*model.ServiceCapacity, len(services)), make([]error, len(services))
	var at []int // positions of the services that are asked for
	for i, service := range services {
		if service != nil && sources.HasCapacity(service.Type) {
			at = append(at, i)
		}
	}
	for n, a := range s.capacityLists(ctx, services, at, within) {
		service := services[at[n]]
		if a.err != nil {
			errs[at[n]] = a.err
			continue
		}
		s.uses.incomplete(sources.OperationServiceCapacity, a.value.Truncated, a.value.Gaps)
		if _, gap := sources.GapOf(a.value.Gaps, service.RegionCode); gap {
			errs[at[n]] = sources.GapError(sources.OperationServiceCapacity)
			continue
		}
		rows[at[n]] = withZones(a.value.InRegion(service.RegionCode), zones, func(c *model.ServiceCapacity) *model.CapacityZone { return c.Zone })
	}
	return rows, errs
}

func (s *Set) capacityLists(
	ctx context.Context, services []*model.CloudService, at []int, within *model.TimeRange,
) []answer[*sources.CapacityList] {
	if within == nil {
		types := make([]model.CloudServiceType, len(at))
		for n, i := range at {
			types[n] = services[i].Type
		}
		return s.capacity.all(ctx, types)
	}
	span := sources.RangeSpan(within, s.options.Now)
	asked := make([]sources.CapacityRange, len(at))
	for n, i := range at {
		asked[n] = sources.CapacityRange{Service: services[i].Type, From: span.From, To: span.To}
	}
	return s.ranges.all(ctx, asked)
}

// PhysicalCapacity is the capacity of the physical pools of regions, in their order.
func (s *Set) PhysicalCapacity(
	ctx context.Context, regions []string, devices []model.DeviceType, zones []model.CapacityZone, within *model.TimeRange,
) ([][]*model.PhysicalCapacity, []error) {
	rows, errs := make([][]*model.PhysicalCapacity, len(regions)), make([]error, len(regions))
	var a answer[*sources.PhysicalList]
	if within == nil {
		a = s.physical.all(ctx, []struct{}{{}})[0]
	} else {
		a = s.spans.all(ctx, []sources.Span{sources.RangeSpan(within, s.options.Now)})[0]
	}
	if a.err == nil {
		s.uses.incomplete(sources.OperationPhysicalCapacity, a.value.Truncated, a.value.Gaps)
	}
	for i, region := range regions {
		if a.err != nil {
			errs[i] = a.err
			continue
		}
		if _, gap := sources.GapOf(a.value.Gaps, region); gap {
			errs[i] = sources.GapError(sources.OperationPhysicalCapacity)
			continue
		}
		inZones := withZones(a.value.InRegion(region), zones, func(c *model.PhysicalCapacity) *model.CapacityZone { return c.Zone })
		rows[i] = sources.Select(inZones, func(c *model.PhysicalCapacity) bool {
			return devices == nil || (c.DeviceType != nil && slices.Contains(devices, *c.DeviceType))
		})
	}
	return rows, errs
}

// withZones keeps the rows of the asked zones (nil: all); the result is never nil.
func withZones[R any](rows []R, zones []model.CapacityZone, zoneOf func(R) *model.CapacityZone) []R {
	if rows == nil {
		rows = []R{}
	}
	if zones == nil {
		return rows
	}
	return sources.Select(rows, func(row R) bool {
		zone := zoneOf(row)
		return zone != nil && slices.Contains(zones, *zone)
	})
}
