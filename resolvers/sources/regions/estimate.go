package regions

import (
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// assumedRegions is how many regions an estimate assumes while their number is not known.
const assumedRegions = 10

// heldRegions are the regions that held hosts name; false when no list of hosts is held.
type heldRegions func(estimate.Question) ([]string, bool)

// Refine adds which regions a field of the root leads to.
func (r *Source) Refine(ofHosts heldRegions) func(estimate.Question, estimate.Objects) estimate.Objects {
	return func(q estimate.Question, below estimate.Objects) estimate.Objects {
		switch {
		case q.Parent != "":
			return below
		case q.Arguments.Given("code"):
			return r.known(q, ofHosts, q.Arguments.Texts("code"))
		default:
			return r.known(q, ofHosts, q.Arguments.Texts("codes"))
		}
	}
}

// RefineServices adds which types of services a field leads to, and how many there are.
func (r *Source) RefineServices(ofHosts heldRegions) func(estimate.Question, estimate.Objects) estimate.Objects {
	return func(q estimate.Question, below estimate.Objects) estimate.Objects {
		switch q.Parent {
		case "":
			regions := r.known(q, ofHosts, q.Arguments.Texts("regions"))
			return ofEachRegion(q, estimate.Objects{Least: regions.Least, Most: regions.Most})
		case "Region":
			return ofEachRegion(q, estimate.Objects{Least: q.Parents.Least, Most: q.Parents.Most, Regions: q.Parents.Regions})
		case "Instance":
			for _, kind := range q.Parents.Types {
				below.Types = append(below.Types, string(model.InstanceType(kind).CloudServiceType()))
			}
		case "LoadBalancerCluster":
			below.Types = []string{string(model.CloudServiceTypeElb)}
		}
		return below
	}
}

// ofEachRegion are the services of regions: one for each type that is asked for.
func ofEachRegion(q estimate.Question, below estimate.Objects) estimate.Objects {
	asked := append(q.Arguments.Texts("types"), q.Arguments.Texts("type")...)
	for _, kind := range model.AllCloudServiceType {
		if asked == nil || slices.Contains(asked, string(kind)) {
			below.Types = append(below.Types, string(kind))
		}
	}
	below.Least, below.Most = below.Least*len(below.Types), below.Most*len(below.Types)
	return below
}

// known are the regions of the asked codes (nil: all) as far as they are known: with their codes when these are
// certain.
func (r *Source) known(q estimate.Question, ofHosts heldRegions, asked []string) estimate.Objects {
	further, held := ofHosts(q)
	codes := r.Codes(q.Scope, further...)
	missing := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(asked))), func(code string) bool {
		return slices.Contains(codes, code)
	})
	if asked != nil {
		codes = slices.DeleteFunc(codes, func(code string) bool { return !slices.Contains(asked, code) })
	}
	regions := estimate.Objects{Least: len(codes), Most: len(codes)}
	switch {
	case held, asked != nil && len(missing) == 0:
		regions.Regions = codes
	case asked != nil:
		regions.Most += len(missing)
	case !slices.ContainsFunc(codes, r.Configured): // there may be more
		regions.Most = max(assumedRegions, len(codes))
	}
	return regions
}
