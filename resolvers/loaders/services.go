package loaders

import (
	"context"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// CloudServices are the services of the asked types (nil: all) in each known region, also in regions that only their
// capacity rows name, which costs the capacity of each asked type; with regions given, in those alone.
func (s *Set) CloudServices(
	ctx context.Context, types []model.CloudServiceType, regions []string,
) ([]*model.CloudService, error) {
	types = serviceTypes(types)
	var named []string
	for _, a := range load(s, s.sources.Capacity.Services).all(ctx, withCapacity(types)) {
		if a.err != nil {
			s.uses.warn(capacity.OperationService, a.err)
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
	all, services := make([]model.CloudService, len(types)), make([]*model.CloudService, len(types))
	for i, kind := range types {
		all[i] = model.CloudService{Type: kind, RegionCode: region}
		services[i] = &all[i]
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

// Capacity is the capacity of services, in their order; nil for a kind that the upstream has no capacity call for.
func (s *Set) Capacity(
	ctx context.Context, services []*model.CloudService, zones []model.CapacityZone, within *model.TimeRange,
) ([][]*model.ServiceCapacity, []error) {
	rows, errs := make([][]*model.ServiceCapacity, len(services)), make([]error, len(services))
	var at []int // positions of the services that are asked for
	for i, service := range services {
		if service != nil && capacity.Has(service.Type) {
			at = append(at, i)
		}
	}
	for n, a := range s.capacityLists(ctx, services, at, within) {
		service := services[at[n]]
		if a.err != nil {
			errs[at[n]] = a.err
			continue
		}
		s.uses.incomplete(capacity.OperationService, a.value.Extent)
		if a.value.GapIn(service.RegionCode) {
			errs[at[n]] = dataset.GapError(capacity.OperationService)
			continue
		}
		s.noticeStrays(capacity.OperationService, string(service.Type), s.straysOf(ctx, a.value), within != nil)
		inRegion := inRange(a.value.InRegion(service.RegionCode), within, s.moment(within),
			func(c *model.ServiceCapacity) *time.Time { return c.ObservedAt })
		rows[at[n]] = withZones(inRegion, zones,
			func(c *model.ServiceCapacity) *model.CapacityZone { return c.Zone })
	}
	return rows, errs
}

// straysOf are the rows of a list of capacity that are in no region, by the names that all replicas know.
func (s *Set) straysOf(ctx context.Context, list interface{ Strays() capacity.Strays }) capacity.Strays {
	strays := list.Strays()
	if len(strays.Names) > 0 {
		s.sources.Regions.Sync(ctx, s.options.Scope)
		strays = list.Strays()
	}
	return strays
}

// inRange are the rows that were measured in a range; nil keeps all. More than the range is read, and the upstream
// counts its end in.
func inRange[R any](rows []R, within *model.TimeRange, now time.Time, at func(R) *time.Time) []R {
	if within == nil {
		return rows
	}
	span := capacity.AskedSpan(within, now)
	return dataset.Select(rows, func(row R) bool { return span.Holds(at(row)) })
}

func (s *Set) capacityLists(
	ctx context.Context, services []*model.CloudService, at []int, within *model.TimeRange,
) []answer[*capacity.List] {
	if within == nil {
		types := make([]model.CloudServiceType, len(at))
		for n, i := range at {
			types[n] = services[i].Type
		}
		return load(s, s.sources.Capacity.Services).all(ctx, types)
	}
	span := capacity.SpanOf(within, s.moment(within))
	asked := make([]capacity.Range, len(at))
	for n, i := range at {
		asked[n] = capacity.Range{Service: services[i].Type, Span: span}
	}
	return load(s, s.sources.Capacity.ServiceRanges).all(ctx, asked)
}

// PhysicalCapacity is the capacity of the physical pools of regions, in their order.
func (s *Set) PhysicalCapacity(
	ctx context.Context, regions []string, devices []model.DeviceType, zones []model.CapacityZone,
	within *model.TimeRange,
) ([][]*model.PhysicalCapacity, []error) {
	rows, errs := make([][]*model.PhysicalCapacity, len(regions)), make([]error, len(regions))
	var a answer[*capacity.PhysicalList]
	if within == nil {
		a = load(s, s.sources.Capacity.Physical).all(ctx, []struct{}{{}})[0]
	} else {
		a = load(s, s.sources.Capacity.PhysicalRanges).all(ctx,
			[]dataset.Span{capacity.SpanOf(within, s.moment(within))})[0]
	}
	if a.err == nil {
		s.uses.incomplete(capacity.OperationPhysical, a.value.Extent)
	}
	for i, region := range regions {
		if a.err != nil {
			errs[i] = a.err
			continue
		}
		if a.value.GapIn(region) {
			errs[i] = dataset.GapError(capacity.OperationPhysical)
			continue
		}
		s.noticeStrays(capacity.OperationPhysical, "Physical pools", s.straysOf(ctx, a.value), within != nil)
		measured := inRange(a.value.InRegion(region), within, s.moment(within),
			func(c *model.PhysicalCapacity) *time.Time { return c.ObservedAt })
		inZones := withZones(measured, zones,
			func(c *model.PhysicalCapacity) *model.CapacityZone { return c.Zone })
		rows[i] = dataset.Select(inZones, func(c *model.PhysicalCapacity) bool {
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
	return dataset.Select(rows, func(row R) bool {
		zone := zoneOf(row)
		return zone != nil && slices.Contains(zones, *zone)
	})
}
