package cost

import (
	"math"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

// level is what is known beforehand of the objects that a selection set is about.
type level struct {
	definition *ast.Definition
	// place tells the objects of one place of the answer from those of another: fields of one place are about the same objects.
	place int
	// least and most are how many objects there are.
	least, most int
	// hosts are the objects where they are hosts and known by now; nil when they are not.
	hosts []*model.Host
	// regions are the codes of the regions that the objects are, or lie in; nil when they are not known.
	regions []string
	// types are the types that the objects may have, each of which one has when there are any; nil when they are not known.
	types []string
	// item is what the nodes of a connection are, or the node of an edge; nil elsewhere.
	item *level
}

// costWalk goes through one operation as its executor would: fields of one response key once, fragments once a level, what is skipped left
// out. It begins no work and changes nothing that is held.
type costWalk struct {
	*Check

	operation *graphql.OperationContext
	options   loaders.Options
	nodes     float64
	asked     *tally
	places    int
}

// question is one field at a level.
type question struct {
	level
	field     graphql.CollectedField
	arguments askedArguments
	cost      *fieldCost
	// name is the type's and the field's name, with a point between.
	name string
}

func (w *costWalk) selections(at level, set ast.SelectionSet) {
	if at.most == 0 || at.definition == nil {
		return
	}
	names := append([]string{at.definition.Name}, at.definition.Interfaces...)
	for _, field := range graphql.CollectFields(w.operation, set, names) {
		if field.Definition == nil || strings.HasPrefix(field.Name, "__") {
			continue // of the schema itself, which has limits of its own
		}
		q := question{
			level: at, field: field, cost: w.table.of(field.Definition), name: at.definition.Name + "." + field.Name,
			arguments: argumentsOf(field.Definition.Arguments, field.Arguments, w.operation.Variables),
		}
		for _, r := range q.cost.readings {
			w.read(q, r)
		}
		if len(field.Selections) == 0 {
			continue
		}
		for _, below := range w.below(q) {
			w.nodes = math.Min(w.nodes+float64(below.most)*q.cost.weight, refusal.MaxCount)
			w.selections(below, field.Selections)
		}
	}
}

// place numbers a place of the answer.
func (w *costWalk) place() int {
	w.places++
	return w.places
}

// below is what the objects of a field are. Only an id of any kind leads to several kinds of them.
func (w *costWalk) below(q question) []level {
	if q.name == "Query.node" || q.name == "Query.nodes" {
		return w.belowIDs(q)
	}
	kind := q.field.Definition.Type
	plain := level{definition: w.schema.Types[kind.Name()], most: q.most, place: w.place()}
	if kind.NonNull && kind.Elem == nil {
		plain.least = q.least
	}
	switch {
	case q.item != nil && kind.Name() == q.item.definition.Name:
		return []level{*q.item}
	case q.item != nil && kind.Elem != nil: // the edges of a connection
		plain.least, plain.most, plain.item = q.item.least, q.item.most, q.item
	case q.cost.pages:
		item := w.itemsOf(q, plain.definition)
		plain.item = &item
		if plain.least = q.least; q.definition.Name == "CloudService" {
			plain.least = 0 // some services have none
		}
	case kind.Elem != nil:
		plain.most = saturatingMultiply(q.most, q.cost.size(q.arguments))
	}
	w.refine(q, &plain)
	return []level{plain}
}

// Items is what the nodes of a connection are.
func (w *costWalk) itemsOf(q question, connection *ast.Definition) level {
	item := level{regions: q.regions, place: w.place(), most: saturatingMultiply(q.most, pageSize(q))}
	if nodes := connection.Fields.ForName("nodes"); nodes != nil {
		item.definition = w.schema.Types[nodes.Type.Name()]
	}
	switch q.name {
	case "Query.hosts", "Region.hosts":
		w.refineHosts(q, &item)
	case "Query.instances", "Region.instances", "Instance.children", "Query.tenantInstances":
		item.types = q.arguments.texts("type")
	case "CloudService.instances":
		item.types = instanceTypesOf(q.types)
	}
	return item
}

// pageSize is how many items a page has at most: no more than its filter names by their ids.
func pageSize(q question) int {
	size := q.cost.size(q.arguments)
	if ids, named := map[string]string{
		"Query.hosts": "filter.hostIds", "Region.hosts": "filter.hostIds", "Query.devices": "filter.deviceIds", "Region.devices": "filter.deviceIds",
	}[q.name]; named && q.arguments.given(ids) {
		return min(size, len(q.arguments.texts(ids)))
	}
	return size
}

// refine adds what is known of the objects of some fields.
func (w *costWalk) refine(q question, below *level) {
	switch q.name {
	case "Query.regions", "Query.region":
		w.refineRegions(q, below)
	case "Query.cloudServices":
		regions := w.knownRegions(q.arguments.texts("regions"))
		below.types = serviceTypesOf(q.arguments)
		below.least, below.most = regions.least*len(below.types), saturatingMultiply(regions.most, len(below.types))
	case "Region.cloudServices":
		below.types, below.regions = serviceTypesOf(q.arguments), q.regions
		below.least, below.most = saturatingMultiply(q.least, len(below.types)), saturatingMultiply(q.most, len(below.types))
	case "Region.cloudService":
		below.types, below.regions, below.least = q.arguments.texts("type"), q.regions, q.least
	case "Query.host":
		w.refineHost(q.arguments.text("hostId"), q.arguments.text("serialNumber"), below)
	case "Instance.parent", "VirtualMachine.instance":
		below.types = []string{string(model.InstanceTypeEcs)}
	case "AspReportJob.instance":
		below.types = []string{string(model.InstanceTypeGauss)}
	case "TenantInstance.instance":
		below.types = q.types
	case "Instance.cloudService":
		below.types = servicesOfInstances(q.types)
	case "LoadBalancerCluster.cloudService":
		below.types = []string{string(model.CloudServiceTypeElb)}
	}
}

// refineHosts tells which hosts a page has, or how many at most, where the list is held.
func (w *costWalk) refineHosts(q question, item *level) {
	list := w.heldHosts()
	if list == nil {
		return
	}
	filtered := q.arguments.given("filter") || q.arguments.given("after") || q.arguments.given("before") || len(list.Gaps) > 0
	parts := [][]*model.Host{list.All}
	if q.name == "Region.hosts" {
		if q.regions == nil || filtered {
			item.most = min(item.most, saturatingMultiply(q.most, len(list.All)))
			return
		}
		parts = nil
		for _, code := range q.regions {
			parts = append(parts, list.InRegion(code))
		}
	}
	hosts := []*model.Host{}
	for _, part := range parts {
		hosts = append(hosts, pageOf(part, q)...)
	}
	if item.most = min(item.most, len(hosts)); filtered {
		return
	}
	if item.least = len(hosts); q.least < q.most {
		item.least = 0
	}
	if !q.arguments.given("orderBy") {
		item.hosts = hosts
	}
}

// pageOf is the page of a list in its own order, without cursors.
func pageOf(hosts []*model.Host, q question) []*model.Host {
	first, hasFirst := q.arguments.number("first")
	last, hasLast := q.arguments.number("last")
	if !hasFirst && !hasLast {
		first, hasFirst = q.cost.assumed, true
	}
	if hasFirst {
		hosts = hosts[:min(len(hosts), max(0, first))]
	}
	if hasLast {
		hosts = hosts[max(0, len(hosts)-max(0, last)):]
	}
	return hosts
}

// refineHost tells which host it is, where the list is held.
func (w *costWalk) refineHost(hostID, serial string, below *level) {
	list := w.heldHosts()
	if list == nil || (hostID == "") == (serial == "") {
		return
	}
	host := list.BySerialNumber(serial)
	if hostID != "" {
		host = list.ByID(hostID)
	}
	below.least, below.most, below.hosts = 0, 0, []*model.Host{}
	if host != nil {
		below.least, below.most, below.hosts = 1, 1, []*model.Host{host}
	}
}

// refineRegions tells which regions there are, as far as that is known.
func (w *costWalk) refineRegions(q question, below *level) {
	asked := q.arguments.texts("codes")
	if q.name == "Query.region" {
		asked = q.arguments.texts("code")
	}
	regions := w.knownRegions(asked)
	below.least, below.most, below.regions = regions.least, regions.most, regions.regions
}

// heldHosts is the host list that the operation would be answered from; nil when it would have to be fetched first.
func (w *costWalk) heldHosts() *hosts.List {
	list, sight := w.sources.Hosts.List.Look(w.options.Scope, struct{}{})
	if cached, tooOld := w.conditions().cached(sight); cached == cachedMissing || tooOld {
		return nil
	}
	return list
}

func (w *costWalk) conditions() conditions {
	return conditions{now: w.options.Now, maxAge: w.options.MaxAge, shares: w.shares}
}

// isHeld tells whether a set is answered from memory.
func (w *costWalk) isHeld(sight cache.Sight) bool {
	cached, tooOld := w.conditions().cached(sight)
	return cached != cachedMissing && !tooOld
}

// sightOf is what memory has of a key, without the data.
func sightOf[V any](_ V, sight cache.Sight) cache.Sight { return sight }
