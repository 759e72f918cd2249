package oracle

import (
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// instanceTypes are those of listCloudResourceInstanceData.
var instanceTypes = []string{
	"ECS", "EVS", "EIP", "OBS", "BMS", "ELB", "VPN", "DCS", "DMS", "RDS", "GAUSS", "MODEL_ARTS_INF", "MODEL_ARTS_TRAIN",
	"MODEL_ARTS_MAOS",
}

// serviceOf is the CloudServiceType of an instance type.
func serviceOf(kind string) string {
	if kind == "ECS" {
		return "ECS_VM"
	}
	return kind
}

// instancesOf are the instances of a type in a window rounded outwards to whole hours, by resource id.
func (s *site) instancesOf(kind string, from, to time.Time) []item {
	from = from.Truncate(time.Hour)
	if whole := to.Truncate(time.Hour); whole.Before(to) {
		to = whole.Add(time.Hour)
	}
	key := kind + from.String() + to.String()
	if items, read := s.instances[key]; read {
		return items
	}
	periods := map[string][]row{}
	for _, r := range s.up.list("/v2/cloudresource/instancedata/"+kind, window(from, to)) {
		if within(compact(r["begin_time"]), from, to) || within(compact(r["time_stamp"]), from, to) {
			id := word(r["resource_id"])
			if !slices.ContainsFunc(periods[id], func(have row) bool { return samePeriod(have, r) }) {
				periods[id] = append(periods[id], r)
			}
		}
	}
	var items []item
	for _, id := range sortedKeys(periods) {
		slices.SortStableFunc(periods[id], func(a, b row) int {
			return order(compact(a["begin_time"]), compact(b["begin_time"]), true)
		})
		items = append(items, item{id, s.instanceThing(kind, id, periods[id])})
	}
	s.instances[key] = items
	return items
}

func samePeriod(a, b row) bool {
	return word(a["begin_time"]) == word(b["begin_time"]) && word(a["time_stamp"]) == word(b["time_stamp"]) &&
		word(a["accumulate_factor_name"]) == word(b["accumulate_factor_name"])
}

func (s *site) today(kind string) []item { return s.instancesOf(kind, s.now.Add(-24*time.Hour), s.now) }

// instance is the instance of a type with a resource id, in the default window.
func (s *site) instance(kind, id string) *thing {
	return only(s.today(kind), func(f map[string]any) bool { return f["resourceId"] == id })
}

func periodFields(r row) map[string]any {
	return map[string]any{
		"accumulateFactorName":  text(r["accumulate_factor_name"]),
		"accumulateFactorValue": text(r["accumulate_factor_value"]),
		"beginAt":               compact(r["begin_time"]), "recordedAt": compact(r["time_stamp"]),
		"recordType":   text(r["record_type"]),
		"errorMessage": text(r["error_msg"]),
	}
}

func (s *site) instanceThing(kind, id string, rows []row) *thing {
	r := rows[0]
	fields := periodFields(r)
	maps.Copy(fields, map[string]any{
		"id": opaque{"Instance " + kind, id}, "type": kind, "resourceId": id,
		"resourceTypeCode":     text(r["resource_type_code"]),
		"resourceSpecCode":     text(r["resource_spec_code"]),
		"cloudServiceTypeCode": text(r["cloud_service_type_code"]), "regionCode": text(r["region_code"]),
		"availabilityZone": text(r["az_code"]), "domainId": text(r["domain_id"]), "domainName": text(r["domain_name"]),
		"projectId": text(r["project_id"]), "enterpriseProjectId": text(r["enterprise_project_id"]),
		"parentResourceId": text(r["relate_parent_resource"]), "rootResourceId": text(r["relate_root_resource"]),
		"serviceParameters": text(r["csb_params"]), "partnerInformation": text(r["bp_info"]),
		"extendedParameters": text(r["extend_params"]), "extendedParameters2": text(r["extend_params2"]),
		"siteCode": text(r["site_code"]), "tag": text(r["tag"]),
	})
	region := word(r["region_code"])
	fields["region"] = lazy(func(arguments) any { return maybe(s.region(region)) })
	fields["cloudService"] = lazy(func(arguments) any {
		if region == "" {
			return nil
		}
		return s.cloudService(serviceOf(kind), region)
	})
	fields["parent"] = lazy(func(arguments) any { return maybe(s.instance("ECS", word(r["relate_parent_resource"]))) })
	fields["children"] = lazy(func(a arguments) any {
		return s.instancePage(a, func(f map[string]any) bool { return f["parentResourceId"] == id })
	})
	fields["virtualMachine"] = lazy(func(arguments) any { return maybe(s.machineOf(kind, id)) })
	fields["host"] = lazy(func(arguments) any {
		machine := s.machineOf(kind, id)
		if machine == nil {
			return nil
		}
		return machine.fields["host"]
	})
	fields["name"] = lazy(func(arguments) any { return s.nameOf(s.machineOf(kind, id), word(r["domain_id"]), id) })
	fields["metrics"] = lazy(func(a arguments) any {
		if kind != "ECS" {
			return nil
		}
		return s.machineSeries(id, a)
	})
	fields["payPerUseResource"] = lazy(func(arguments) any { return s.billedInstance(word(r["domain_id"]), id) })
	fields["usageRecords"] = lazy(func(a arguments) any { return s.usageRecords(kind, id, rows, a) })
	fields["usageTotals"] = usageTotals(rows)
	return &thing{"Instance", fields}
}

func (s *site) usageRecords(kind, id string, rows []row, a arguments) any {
	items := make([]item, len(rows))
	for i, r := range rows {
		items[i] = item{strconv.Itoa(i), &thing{"UsageRecord", periodFields(r)}}
	}
	return s.connection("UsageRecord", "usage "+kind+" "+id, items, a)
}

// usageTotals sums exactly, one factor at a time, in the order of names.
func usageTotals(rows []row) []any {
	parts := map[string][]row{}
	for _, r := range rows {
		name := word(r["accumulate_factor_name"])
		parts[name] = append(parts[name], r)
	}
	list := []any{}
	for _, name := range sortedKeys(parts) {
		sum, summed, digits := new(big.Rat), 0, 0
		for _, r := range parts[name] {
			value := word(r["accumulate_factor_value"])
			exact, ok := new(big.Rat).SetString(value)
			if !ok {
				continue
			}
			_, fraction, _ := strings.Cut(value, ".")
			sum, summed, digits = sum.Add(sum, exact), summed+1, max(digits, len(fraction))
		}
		list = append(list, &thing{"UsageTotal", map[string]any{
			"accumulateFactorName": text(name), "total": sum.FloatString(digits), "records": summed,
			"recordsLeftOut": len(parts[name]) - summed,
		}})
	}
	return list
}

// machineOf is the machine whose id is the resource id of an ECS instance, on the hosts of its region.
func (s *site) machineOf(kind, id string) *thing {
	if kind != "ECS" {
		return nil
	}
	for _, h := range s.hosts {
		for _, machine := range s.machinesOf(s.hostByID[h.id]) {
			if machine.node.fields["vmId"] == id {
				return machine.node
			}
		}
	}
	return nil
}

// nameOf is the name of a machine or, where there is none or it has none, of the entry of its customer.
func (s *site) nameOf(machine *thing, customer, id string) any {
	if machine != nil && machine.fields["name"] != nil {
		return machine.fields["name"]
	}
	if entry, ok := s.billedInstance(customer, id).(*thing); ok {
		return entry.fields["name"]
	}
	return nil
}

// instancePage is a page of the instances of one type that belong to something.
func (s *site) instancePage(a arguments, belongs func(map[string]any) bool) any {
	kind, filter := a.text("type"), a.object("filter")
	from, to := filter.span("range", s.now, 24*time.Hour)
	items := kept(kept(s.instancesOf(kind, from, to), belongs), func(f map[string]any) bool {
		return filter.allows("resourceIds", f["resourceId"]) && filter.allows("regions", f["regionCode"]) &&
			filter.allows("availabilityZones", f["availabilityZone"]) && filter.allows("domainIds", f["domainId"]) &&
			filter.allows("projectIds", f["projectId"]) && filter.allows("enterpriseProjectIds", f["enterpriseProjectId"]) &&
			filter.allows("resourceSpecCodes", f["resourceSpecCode"]) &&
			filter.allows("parentResourceIds", f["parentResourceId"]) && filter.contains("domainNameContains", f["domainName"])
	})
	field, descending, name := orderBy(a, map[string]string{
		"RESOURCE_ID": "resourceId", "DOMAIN_NAME": "domainName", "RESOURCE_SPEC_CODE": "resourceSpecCode",
		"BEGIN_AT": "beginAt", "RECORDED_AT": "recordedAt",
	}, "resourceId", "ASC")
	return s.connection("Instance", kind+" "+name, ordered(items, field, descending), a)
}
