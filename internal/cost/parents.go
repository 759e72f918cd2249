package cost

import (
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/billing"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
)

// callsOfSpan is how many calls the rows of a span need at most, and how many of them are expected, where a call's rows cover so many
// minutes. A call more may find that there are no further rows.
func callsOfSpan(span dataset.Span, minutes int) (most, expected int) {
	length := int(span.To.Sub(span.From) / time.Minute)
	return length/minutes + 1, max(1, (length+minutes-1)/minutes)
}

// readParents notes what belongs to each of the parents.
func (w *costWalk) readParents(q question, r reading) {
	switch r.operation {
	case hosts.Operation:
		w.readHostIDs(q, r)
	case hosts.OperationMachines:
		keys := w.asked.keys(setName{operation: r.operation}, 1, 1, 1)
		keys.parameter, keys.ceiling = "host_id", w.hostCount()
		w.addHosts(q, keys, func(host *model.Host) (string, cache.Sight) {
			return host.HostID, sightOf(w.sources.Hosts.Machines.Look(w.options.Scope, host.HostID))
		})
	case metrics.OperationHosts:
		w.readSeries(q, r, w.sources.Metrics.Hosts, "names", "host_id", func(host *model.Host) string { return host.HostID })
	case metrics.OperationServers:
		w.readSeries(q, r, w.sources.Metrics.Servers, "metrics", "sn", func(host *model.Host) string {
			if host.SerialNumber == nil {
				return ""
			}
			return *host.SerialNumber
		})
	case metrics.OperationMachines:
		w.readSeries(q, r, w.sources.Metrics.Machines, "names", "", nil)
	case metrics.OperationNetwork:
		w.readDeviceMetrics(q, r)
	case billing.Operation:
		w.others(q, w.asked.keys(setName{r.operation, "by id"}, 1, 1, r.batch))
	case jobs.OperationMeterRecords:
		first := q.cost.size(q.arguments)
		const rowsOfACall = 200
		part := q.arguments.text("after") + " " + q.arguments.written("first")
		w.others(q, w.asked.keys(setName{r.operation, part}, first/rowsOfACall+2, first/rowsOfACall+1, 1))
	case jobs.OperationListReports:
		if w.sources.AspReports.Reads() {
			w.others(q, w.asked.keys(setName{r.operation, "by id"}, 1, 1, 1))
		}
	}
}

// others notes keys of parents that are not known yet.
func (w *costWalk) others(q question, keys *askedKeys) { keys.others[q.place] = q.most }

// addHosts notes keys of hosts, as far as these are known.
func (w *costWalk) addHosts(q question, keys *askedKeys, keyOf func(*model.Host) (string, cache.Sight)) {
	if q.hosts == nil {
		w.others(q, keys)
		return
	}
	for _, host := range q.hosts {
		if key, sight := keyOf(host); key != "" {
			keys.add(key, sight, q.least > 0)
		}
	}
}

// hostCount is how many hosts there are; -1 while that is not known.
func (w *costWalk) hostCount() int {
	if list := w.heldHosts(); list != nil {
		return len(list.All)
	}
	return -1
}

// readSeries notes windows of samples. keyOf is the key of a host; nil where the parents are none.
func (w *costWalk) readSeries(
	q question, r reading, source *metrics.Kind, names, parameter string, keyOf func(*model.Host) string,
) {
	if q.arguments.given(names) && len(q.arguments.texts(names)) == 0 {
		return
	}
	span, err := source.Limit.Window(q.arguments.within("range"), w.options.Now)
	if err != nil || span.Empty() {
		return
	}
	most, expected := callsOfSpan(span, r.minutes)
	keys := w.asked.keys(setName{r.operation, spanPart(span)}, most, expected, 1)
	if keyOf == nil {
		w.others(q, keys)
		return
	}
	keys.parameter, keys.ceiling = parameter, w.hostCount()
	w.addHosts(q, keys, func(host *model.Host) (string, cache.Sight) {
		key := keyOf(host)
		return key, sightOf(source.Windows.Look(w.options.Scope, metrics.Key{ID: key, Span: span}))
	})
}

func (w *costWalk) readDeviceMetrics(q question, r reading) {
	if q.arguments.given("metrics") && len(q.arguments.texts("metrics")) == 0 {
		return
	}
	span, err := w.sources.Metrics.Network.OneDevice.Window(q.arguments.within("range"), w.options.Now)
	if err != nil || span.Empty() {
		return
	}
	most, expected := callsOfSpan(span, r.minutes)
	keys := w.asked.keys(setName{r.operation, "of devices " + spanPart(span)}, most, expected, 1)
	if list, sight := w.sources.Devices.List.Look(w.options.Scope, struct{}{}); w.isHeld(sight) {
		keys.ceiling = len(list.All)
	}
	w.others(q, keys)
}

// readRegions notes the search of the hosts of regions for their machines.
func (w *costWalk) readRegions(q question, r reading) {
	if len(q.types) > 0 && !slices.Contains(q.types, string(model.InstanceTypeEcs)) {
		return // only ECS instances are machines
	}
	keys := w.asked.keys(setName{operation: r.operation}, 1, 1, 1)
	keys.parameter, keys.most = "host_id", w.sources.Hosts.PlacementHosts
	list := w.heldHosts()
	if list == nil {
		keys.unknown = r.calls
		return
	}
	keys.ceiling = len(list.All)
	hosts := list.All
	if q.regions != nil {
		hosts = nil
		for _, code := range q.regions {
			hosts = append(hosts, list.InRegion(code)...)
		}
	}
	for _, host := range hosts {
		keys.searched[host.HostID] = sightOf(w.sources.Hosts.Machines.Look(w.options.Scope, host.HostID))
	}
}

// readHostID notes that one host is asked for by its id: from the list, or by itself where that costs less.
func (w *costWalk) readHostID(r reading, hostID string, certain bool) {
	scope := w.options.Scope
	one := sightOf(w.sources.Hosts.ByID.Look(scope, hostID))
	if _, list := w.sources.Hosts.List.Look(scope, struct{}{}); !w.isHeld(list) && w.isHeld(one) {
		w.hostKeys().add(hostID, one, false)
		return
	}
	pages := w.sources.Hosts.ExpectedPages(scope)
	w.readHosts(r.calls, certain && pages == 1)
	if pages > 1 && w.heldHosts() == nil {
		w.hostKeys().add(hostID, one, false)
	}
}

// readHostIDs notes that the hosts of parents are asked for by their ids.
func (w *costWalk) readHostIDs(q question, r reading) {
	w.readHosts(r.calls, false)
	if w.sources.Hosts.ExpectedPages(w.options.Scope) > 1 && w.heldHosts() == nil {
		w.others(q, w.hostKeys())
	}
}

func (w *costWalk) hostKeys() *askedKeys {
	keys := w.asked.keys(setName{hosts.Operation, "by id"}, 1, 1, 1)
	keys.parameter = "host_id"
	return keys
}
