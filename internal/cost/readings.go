package cost

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/audit"
	"github.com/opsgraph/opsgraph/resolvers/sources/billing"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/instances"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
	"github.com/opsgraph/opsgraph/resolvers/sources/screens"
)

// read notes what one reading of a field asks for. A reading of data that would be answered with an error before any call is none.
func (w *costWalk) read(q question, r reading) {
	if w.absent[r.operation] {
		return
	}
	if r.given != "" && !q.arguments.given(r.given) || r.without != "" && q.arguments.given(r.without) {
		return
	}
	if r.knownCodes != "" && w.allKnown(q.arguments.texts(r.knownCodes)) {
		return
	}
	some, all := concerns(q, r)
	if !some {
		return
	}
	certain := all && q.least > 0
	switch r.per {
	case perList:
		w.readList(q, r, certain)
	case perType:
		types, each := readTypes(q, r)
		for _, kind := range types {
			w.readType(q, r, kind, certain && each)
		}
	case perArguments:
		w.readArguments(q, r, certain)
	case perParent:
		w.readParents(q, r)
	case perRegion:
		w.readRegions(q, r)
	case perID:
		for _, id := range idsOf(q) {
			w.readID(r, id)
		}
	case perCommand:
		w.asked.command(r.operation)
	}
}

// list notes a set of data that is read whole.
func (w *costWalk) list(r reading, part string, sight cache.Sight, asked askedList) {
	asked.sight, asked.expected, asked.pageRows = sight, r.calls, w.pageRows(r.operation)
	w.asked.list(setName{r.operation, part}, asked)
}

// pageRows is how many rows the gateway asks for in a call of an operation; 0 where the upstream has no pages.
func (w *costWalk) pageRows(operation string) int {
	const rows = 100
	switch {
	case operation == billing.Operation:
		return rows
	case w.slow[operation]:
		return w.slowPage
	case operation == instances.OperationTenant, operation == screens.Operation, w.specs[operation].Quota == "":
		return 0
	default:
		return w.fastPage
	}
}

// readHosts notes that the host list is asked for.
func (w *costWalk) readHosts(calls int, certain bool) {
	_, sight := w.sources.Hosts.List.Look(w.options.Scope, struct{}{})
	w.list(reading{operation: hosts.Operation, calls: calls}, "", sight, askedList{shared: true, certain: certain})
}

func (w *costWalk) readList(q question, r reading, certain bool) {
	scope := w.options.Scope
	asked := askedList{shared: true, certain: certain}
	var sight cache.Sight
	switch r.operation {
	case hosts.Operation:
		_, sight = w.sources.Hosts.List.Look(scope, struct{}{})
	case alarms.OperationService:
		sight = sightOf(w.sources.Alarms.Lists[model.AlarmSourceCloudService].Look(scope, struct{}{}))
	case alarms.OperationDevice:
		sight = sightOf(w.sources.Alarms.Lists[model.AlarmSourceDevice].Look(scope, struct{}{}))
	case devices.Operation:
		_, sight = w.sources.Devices.List.Look(scope, struct{}{})
	case devices.OperationClusters:
		sight = sightOf(w.sources.Devices.Clusters.Look(scope, struct{}{}))
	case capacity.OperationPhysical:
		sight = sightOf(w.sources.Capacity.Physical.Look(scope, struct{}{}))
		if within := q.arguments.within("range"); within != nil {
			span := capacity.SpanOf(within, w.options.Now)
			asked.shared, asked.parameters = false, spanParameters(span)
			w.list(r, spanPart(span), sightOf(w.sources.Capacity.PhysicalRanges.Look(scope, span)), asked)
			return
		}
	}
	w.list(r, "", sight, asked)
}

func (w *costWalk) readType(q question, r reading, kind string, certain bool) {
	scope := w.options.Scope
	asked := askedList{shared: true, certain: certain}
	switch r.operation {
	case capacity.OperationService:
		service := model.CloudServiceType(kind)
		word := capacity.Word(service)
		asked.parameters = map[string]string{"service_type": word}
		if within := q.arguments.within("range"); within != nil {
			span := capacity.SpanOf(within, w.options.Now)
			asked.shared, asked.parameters = false, spanParameters(span)
			asked.parameters["service_type"] = word
			sight := sightOf(w.sources.Capacity.ServiceRanges.Look(scope, capacity.Range{Service: service, Span: span}))
			w.list(r, kind+" "+spanPart(span), sight, asked)
			return
		}
		w.list(r, kind, sightOf(w.sources.Capacity.Services.Look(scope, service)), asked)
	case instances.Operation:
		key := instances.Key{Type: model.InstanceType(kind)}
		asked.parameters = map[string]string{"resource_type": kind}
		if within := q.arguments.within("filter.range"); within != nil {
			var err error
			if key.Span, err = w.sources.Instances.Limit.Window(within, w.options.Now); err != nil || key.Empty() {
				return
			}
			asked.shared, asked.parameters = false, spanParameters(key.Span)
			asked.parameters["resource_type"] = kind
		}
		_, sight := w.sources.Instances.Lists.Look(scope, key)
		w.list(r, kind+" "+spanPart(key.Span), sight, asked)
	case instances.OperationTenant:
		asked.parameters = map[string]string{"type": kind}
		w.list(r, kind, sightOf(w.sources.Instances.Tenant.Look(scope, model.TenantInstanceType(kind))), asked)
	}
}

func spanPart(span dataset.Span) string {
	return strconv.FormatInt(span.From.Unix(), 10) + " " + strconv.FormatInt(span.To.Unix(), 10)
}

// spanParameters are a span's ends as most calls have them. Those that write a time otherwise are told it in this way, too.
func spanParameters(span dataset.Span) map[string]string {
	return map[string]string{
		"begin_time": strconv.FormatInt(span.From.UnixMilli(), 10), "end_time": strconv.FormatInt(span.To.UnixMilli(), 10),
	}
}

func (w *costWalk) readArguments(q question, r reading, certain bool) {
	scope, arguments := w.options.Scope, q.arguments
	switch r.operation {
	case hosts.Operation:
		if !arguments.given("serialNumber") {
			w.readHostID(r, arguments.text("hostId"), certain)
		}
	case audit.Operation:
		days, some, err := w.sources.Audit.DaysOf(arguments.within("filter.range"), w.options.Now)
		if err == nil && some {
			w.readAudit(r, days, certain)
		}
	case metrics.OperationNetwork:
		w.readNetwork(q, r, certain)
	case billing.Operation:
		w.readPayPerUse(q, r, certain)
	case screens.Operation:
		share := arguments.text("shareId")
		w.list(r, share, sightOf(w.sources.Screens.Look(scope, share)), askedList{parameters: map[string]string{"share_id": redacted}, certain: certain})
	case jobs.OperationMeterJob:
		domain := cmp.Or(arguments.text("domainId"), w.options.DomainID, w.sources.MeterJobs.DefaultDomainID)
		w.readMeterJob(r, jobs.MeterJobKey{DomainID: domain, JobID: arguments.text("jobId")})
	case jobs.OperationListReports:
		// The project may have to be asked for first, so the key is not known here.
		if w.asked.ownProject = w.asked.ownProject || !arguments.given("projectId"); w.sources.AspReports.Reads() {
			part := fmt.Sprint(arguments.text("projectId"), " ", arguments.text("instanceId"), " ", arguments.text("jobId"))
			w.list(r, part, cache.Sight{Rows: -1}, askedList{})
		}
	}
}

// redacted stands where a parameter is a secret.
const redacted = "[redacted]"

func (w *costWalk) readMeterJob(r reading, key jobs.MeterJobKey) {
	parameters := map[string]string{"domain_id": key.DomainID, "job_id": key.JobID}
	sight := sightOf(w.sources.MeterJobs.States.Look(w.options.Scope, key))
	w.list(r, key.DomainID+" "+key.JobID, sight, askedList{parameters: parameters})
}

func (w *costWalk) readAudit(r reading, days audit.Days, certain bool) {
	span := dataset.Span{From: days.First, To: days.Last}
	w.list(r, spanPart(span), sightOf(w.sources.Audit.Logs.Look(w.options.Scope, days)), askedList{certain: certain, parameters: map[string]string{
		"from": days.First.Format(dayLayout), "to": days.Last.Format(dayLayout),
	}})
}

const dayLayout = "2006-01-02"

func (w *costWalk) readNetwork(q question, r reading, certain bool) {
	key := metrics.NetworkKey{Address: q.arguments.text("managementIp")}
	limit := w.sources.Metrics.Network.AllDevices
	if key.Address != "" {
		limit = w.sources.Metrics.Network.OneDevice
	}
	if metric := q.arguments.text("metric"); metric != "" {
		key.Metric = model.NetworkMetric(metric).Code()
	}
	var err error
	if key.Span, err = limit.Window(q.arguments.within("range"), w.options.Now); err != nil || key.Empty() {
		return
	}
	asked := askedList{certain: certain, parameters: spanParameters(key.Span)}
	for name, value := range map[string]string{"management_ip": key.Address, "metric": key.Metric} {
		if value != "" {
			asked.parameters[name] = value
		}
	}
	if r.minutes > 0 {
		r.calls, _ = callsOfSpan(key.Span, r.minutes)
	}
	sight := sightOf(w.sources.Metrics.Network.Windows.Look(w.options.Scope, key))
	w.list(r, spanPart(key.Span)+" "+key.Address+" "+key.Metric, sight, asked)
}

func (w *costWalk) readPayPerUse(q question, r reading, certain bool) {
	filter := &model.PayPerUseResourceFilter{}
	written := q.arguments.written("filter")
	if !q.arguments.given("filter") || json.Unmarshal([]byte(written), filter) != nil {
		filter = nil
	}
	if q.arguments.given("filter.resourceIds") && len(q.arguments.texts("filter.resourceIds")) == 0 {
		return
	}
	if filter != nil && filter.EffectiveFrom != nil && filter.EffectiveTo != nil && filter.EffectiveFrom.After(*filter.EffectiveTo) {
		return
	}
	query, err := billing.NewQuery(q.arguments.text("customerId"), filter)
	if err != nil {
		return
	}
	if query.IDs != "" {
		r.calls = 1
	}
	sight := sightOf(w.sources.Billing.Lists.Look(w.options.Scope, query))
	w.list(r, "list "+query.CustomerID+" "+written, sight, askedList{certain: certain})
}
