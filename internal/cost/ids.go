package cost

import (
	"slices"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/audit"
	"github.com/opsgraph/opsgraph/resolvers/sources/billing"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/instances"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/resolvers/sources/screens"
)

// idsOf are the global ids that a field asks for, each once. They were checked before.
func idsOf(q question) []model.GlobalID {
	texts := append(q.arguments.texts("ids"), q.arguments.texts("id")...)
	var ids []model.GlobalID
	for _, text := range slices.Compact(slices.Sorted(slices.Values(texts))) {
		if id, err := model.ParseID(text); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// typeOfKind is the type of the schema that ids of a kind lead to.
func typeOfKind(kind model.Kind) string {
	return map[model.Kind]string{
		model.KindRegion: "Region", model.KindHost: "Host", model.KindVirtualMachine: "VirtualMachine",
		model.KindCloudService: "CloudService", model.KindAlarm: "Alarm", model.KindMeterJob: "MeterJob", model.KindDevice: "Device",
		model.KindInstance: "Instance", model.KindAuditEvent: "AuditEvent", model.KindLoadBalancerCluster: "LoadBalancerCluster",
		model.KindPayPerUseResource: "PayPerUseResource", model.KindSharedScreen: "SharedScreen",
		model.KindAspReportJob: "AspReportJob", model.KindUsageExportJob: "UsageExportJob",
	}[kind]
}

// belowIDs is what ids lead to, by kind; an id that is given twice is two objects.
func (w *costWalk) belowIDs(q question) []level {
	byKind := map[model.Kind]*level{}
	for _, text := range append(q.arguments.texts("ids"), q.arguments.texts("id")...) {
		id, err := model.ParseID(text)
		if err != nil {
			continue
		}
		below := byKind[id.Kind]
		if below == nil {
			below = &level{definition: w.schema.Types[typeOfKind(id.Kind)], place: w.place()}
			byKind[id.Kind] = below
		}
		below.most++
		if id.Kind == model.KindInstance {
			below.types = append(below.types, id.Parts[0])
		}
		if id.Kind == model.KindCloudService {
			below.types = append(below.types, id.Parts[1])
		}
	}
	levels := make([]level, 0, len(byKind))
	for _, below := range byKind {
		levels = append(levels, *below)
	}
	return levels
}

// readID notes what one id of one kind stands for, where that is of the reading's operation.
func (w *costWalk) readID(r reading, id model.GlobalID) {
	scope, first := w.options.Scope, id.Parts[0]
	single := askedList{} // nothing is certain of what an id stands for
	of := func(kind model.Kind, operation string) bool { return id.Kind == kind && r.operation == operation }
	switch {
	case of(model.KindRegion, hosts.Operation), of(model.KindCloudService, hosts.Operation):
		if !w.sources.Regions.Known(scope, first) {
			w.readHosts(r.calls, false)
		}
	case of(model.KindHost, hosts.Operation):
		w.readHostID(r, first, false)
	case of(model.KindVirtualMachine, hosts.OperationMachines):
		keys := w.asked.keys(setName{operation: r.operation}, 1, 1, 1)
		keys.parameter = "host_id"
		keys.add(first, sightOf(w.sources.Hosts.Machines.Look(scope, first)), false)
	case id.Kind == model.KindAlarm && r.operation == alarms.OperationOf(model.AlarmSource(first)):
		if source := model.AlarmSource(first); source.IsValid() {
			single.shared = true
			w.list(r, "", sightOf(w.sources.Alarms.Lists[source].Look(scope, struct{}{})), single)
		}
	case of(model.KindDevice, devices.Operation):
		_, sight := w.sources.Devices.List.Look(scope, struct{}{})
		single.shared = true
		w.list(r, "", sight, single)
	case of(model.KindLoadBalancerCluster, devices.OperationClusters):
		single.shared = true
		w.list(r, "", sightOf(w.sources.Devices.Clusters.Look(scope, struct{}{})), single)
	case of(model.KindInstance, instances.Operation):
		if model.InstanceType(first).IsValid() {
			w.readType(question{}, r, first, false)
		}
	case of(model.KindAuditEvent, audit.Operation):
		if _, day, err := model.AuditEventKey(id); err == nil {
			if days, possible := w.sources.Audit.DaysAround(day, w.options.Now); possible {
				w.readAudit(r, days, false)
			}
		}
	case of(model.KindSharedScreen, screens.Operation):
		single.parameters = map[string]string{"share_id": redacted}
		w.list(r, first, sightOf(w.sources.Screens.Look(scope, first)), single)
	case of(model.KindMeterJob, jobs.OperationMeterJob):
		w.readMeterJob(r, jobs.MeterJobKey{DomainID: first, JobID: id.Parts[1]})
	case of(model.KindPayPerUseResource, billing.Operation):
		w.readBilled(r, id.Parts)
	case of(model.KindAspReportJob, jobs.OperationListReports):
		if w.sources.AspReports.Reads() {
			w.list(r, first+" "+id.Parts[1]+" "+id.Parts[2], cache.Sight{Rows: -1}, single)
		}
	}
}

// readBilled notes a resource by its id or, where it has none, all resources of its customer.
func (w *costWalk) readBilled(r reading, parts []string) {
	if len(parts) == 2 {
		key := billing.Key{CustomerID: parts[0], ResourceID: parts[1]}
		const idsOfACall = 50
		keys := w.asked.keys(setName{r.operation, "by id"}, 1, 1, idsOfACall)
		keys.add(parts[0]+" "+parts[1], sightOf(w.sources.Billing.ByID.Look(w.options.Scope, key)), false)
		return
	}
	query := billing.Query{CustomerID: parts[0]}
	w.list(r, "list "+parts[0]+" null", sightOf(w.sources.Billing.Lists.Look(w.options.Scope, query)), askedList{})
}
