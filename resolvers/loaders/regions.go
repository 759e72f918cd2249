package loaders

import (
	"context"
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

// Regions are the known regions in code order, or those of the asked codes that are known. Without the host list they
// are those known without it, with a warning; with none known it fails.
func (s *Set) Regions(ctx context.Context, asked []string) ([]*model.Region, error) {
	codes, err := s.regionCodes(ctx, asked)
	if err != nil {
		return nil, err
	}
	regions := make([]*model.Region, 0, len(codes))
	for _, code := range codes {
		if asked == nil || slices.Contains(asked, code) {
			regions = append(regions, s.Region(code))
		}
	}
	return regions, nil
}

// Region is the region with a code, known or not; it costs nothing.
func (s *Set) Region(code string) *model.Region { return s.sources.Regions.Region(code) }

// RegionOf is the region of an optional code; nil without one, and for the name of a region, of which none is made.
func (s *Set) RegionOf(code *string) *model.Region {
	if code == nil {
		return nil
	}
	return s.sources.Regions.Named(*code)
}

// KnownRegion is the region with a code; nil when neither the configuration nor any answer names it. It fails where
// only the host list could say so and can't be read.
func (s *Set) KnownRegion(ctx context.Context, code string) (*model.Region, error) {
	if s.sources.Regions.Known(s.options.Scope, code) {
		return s.Region(code), nil
	}
	list, err := s.allHosts(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(list.RegionCodes(), code) {
		return nil, nil //nolint:nilnil // an unknown region is no failure
	}
	return s.Region(code), nil
}

// regionCodes are the known codes, and further ones.
func (s *Set) regionCodes(ctx context.Context, asked []string, further ...string) ([]string, error) {
	known := s.sources.Regions
	known.Sync(ctx, s.options.Scope)
	if asked != nil && !slices.ContainsFunc(asked,
		func(code string) bool { return !known.Known(s.options.Scope, code) }) {
		return known.Codes(s.options.Scope, further...), nil
	}
	list, err := s.allHosts(ctx)
	if err == nil {
		return known.Codes(s.options.Scope, append(further, list.RegionCodes()...)...), nil
	}
	codes := known.Codes(s.options.Scope, further...)
	if len(codes) == 0 {
		return nil, err
	}
	s.uses.warn(hosts.Operation, err)
	return codes, nil
}
