package cost

import (
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/instances"
)

// assumedRegions is how many regions there are taken to be while nothing tells.
const assumedRegions = 10

// knownRegions are the regions of the asked codes (nil: all) as far as they are known: with their codes when they surely are these.
func (w *costWalk) knownRegions(asked []string) level {
	known := w.sources.Regions
	list := w.heldHosts()
	var further []string
	if list != nil {
		further = list.RegionCodes()
	}
	codes := known.Codes(w.options.Scope, further...)
	missing := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(asked))), func(code string) bool {
		return slices.Contains(codes, code)
	})
	if asked != nil {
		codes = slices.DeleteFunc(codes, func(code string) bool { return !slices.Contains(asked, code) })
	}
	regions := level{least: len(codes), most: len(codes)}
	switch {
	case list != nil, asked != nil && len(missing) == 0:
		regions.regions = codes
	case asked != nil:
		regions.most += len(missing)
	case !slices.ContainsFunc(codes, known.Configured): // nobody said that these are all
		regions.most = max(assumedRegions, len(codes))
	}
	return regions
}

// allKnown tells whether every asked code is that of a known region, so that no list is needed to tell.
func (w *costWalk) allKnown(codes []string) bool {
	return codes != nil && !slices.ContainsFunc(codes, func(code string) bool { return !w.sources.Regions.Known(w.options.Scope, code) })
}

func textsOf[T ~string](values []T) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return texts
}

// serviceTypesOf are the types of services that the argument types asks for, each once.
func serviceTypesOf(arguments askedArguments) []string {
	if !arguments.given("types") {
		return textsOf(model.AllCloudServiceType)
	}
	return slices.Compact(slices.Sorted(slices.Values(arguments.texts("types"))))
}

// instanceTypesOf are the types of instances that services meter; nil for nil.
func instanceTypesOf(services []string) []string {
	if services == nil {
		return nil
	}
	types := []string{}
	for _, service := range services {
		if kind, metered := model.CloudServiceType(service).InstanceType(); metered {
			types = append(types, string(kind))
		}
	}
	return types
}

// servicesOfInstances are the types of the services that meter instances; nil for nil.
func servicesOfInstances(types []string) []string {
	if types == nil {
		return nil
	}
	services := make([]string, len(types))
	for i, kind := range types {
		services[i] = string(model.InstanceType(kind).CloudServiceType())
	}
	return services
}

// readTypes are the types of a reading, and whether each of them is surely read when the field is resolved.
func readTypes(q question, r reading) (types []string, certain bool) {
	switch {
	case r.types != nil:
		// What decides is a key of the parent's own, which it may lack.
		types, certain = r.types, false
	case r.only != "" && q.arguments.given(r.only):
		types, certain = q.arguments.texts(r.only), true
	case r.only != "":
		types, certain = allTypesOf(r.operation), true
	case q.types != nil:
		types, certain = q.types, q.definition.Name == "CloudService"
	default:
		types, certain = allTypesOf(r.operation), false
	}
	if q.definition.Name == "CloudService" && r.operation == instances.Operation && q.types != nil {
		types = instanceTypesOf(types)
	}
	if r.operation == capacity.OperationService {
		types = slices.DeleteFunc(slices.Clone(types), func(t string) bool { return !capacity.Has(model.CloudServiceType(t)) })
	}
	return slices.Compact(slices.Sorted(slices.Values(types))), certain
}

func allTypesOf(operation string) []string {
	switch operation {
	case instances.Operation:
		return textsOf(model.AllInstanceType)
	case instances.OperationTenant:
		return textsOf(model.AllTenantInstanceType)
	default:
		return textsOf(model.AllCloudServiceType)
	}
}

// concerns tells whether a reading that is for some types alone concerns the parents, and whether it concerns all of them.
func concerns(q question, r reading) (some, all bool) {
	if r.types == nil || r.per == perType {
		return true, true
	}
	if r.only != "" { // one of several lists, left out only where another one alone is asked for
		asked := q.arguments.texts(r.only)
		mine := len(asked) != 1 || slices.Contains(r.types, asked[0])
		return mine, mine
	}
	if q.types == nil {
		return true, false
	}
	all = len(q.types) > 0
	for _, kind := range q.types {
		mine := slices.Contains(r.types, kind)
		some, all = some || mine, all && mine
	}
	return some, all
}
