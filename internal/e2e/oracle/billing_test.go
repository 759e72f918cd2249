package oracle

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

var (
	billedStatuses = map[string]string{
		"1": "NORMAL", "2": "GRACE_PERIOD", "3": "FROZEN", "4": "CHANGING", "5": "CLOSING", "6": "CLOSED",
	}
	// serviceCodes are the service codes that the documents name; the others go by their last word.
	serviceCodes = map[string]string{
		"hws.service.type.ec2": "ECS", "hws.service.type.obs": "OBS", "hws.service.type.ebs": "EVS",
	}
)

// billedPage hands the filter to the upstream, which takes one value of each.
func (s *site) billedPage(a arguments) any {
	customer, filter := a.text("customerId"), a.object("filter")
	query := map[string]any{"customer_id": customer}
	for name, key := range map[string]string{
		"region": "region_code", "serviceTypeCode": "service_type_code", "effectiveFrom": "effective_time_begin",
		"effectiveTo": "effective_time_end", "indirectPartnerId": "indirect_partner_id",
	} {
		if value := filter.text(name); value != "" {
			query[key] = value
		}
	}
	for number, status := range billedStatuses {
		if filter.text("status") == status {
			query["status"] = json.Number(number)
		}
	}
	ids, given := filter.texts("resourceIds")
	if given {
		query["resource_ids"] = ids
	}
	var items []item
	if !given || len(ids) > 0 { // an empty list widens the upstream's query (QUIRKS 102)
		items = s.billedItems(customer, query)
	}
	return s.connection("PayPerUseResource", "billed "+customer, items, a)
}

func (s *site) billedItems(customer string, query map[string]any) []item {
	var items []item
	for _, r := range s.up.billed(query) {
		id := word(r["resource_id"])
		if slices.ContainsFunc(items, func(i item) bool { return i.id == id }) {
			continue
		}
		items = append(items, item{id, s.billedThing(customer, id, r)})
	}
	return ordered(items, "resourceId", false)
}

// billedInstance is the entry of an instance at its customer; customers that are not the partner's have none to read.
func (s *site) billedInstance(customer, id string) any {
	if customer == "" {
		return nil
	}
	if _, read := s.billed[customer]; !read {
		s.billed[customer] = s.billedItems(customer, map[string]any{"customer_id": customer})
	}
	return maybe(only(s.billed[customer], func(f map[string]any) bool { return f["resourceId"] == id }))
}

func (s *site) billedThing(customer, id string, r row) *thing {
	var info struct{ SpecSize json.Number }
	var size any
	if json.Unmarshal([]byte(word(r["resource_info"])), &info) == nil && info.SpecSize != "" {
		size = info.SpecSize.String()
	}
	region, service := word(r["region_code"]), word(r["service_type_code"])
	kind := serviceCodes[service]
	last := strings.ToUpper(service[strings.LastIndexByte(service, '.')+1:])
	if kind == "" && slices.Contains(instanceTypes, last) {
		kind = last
	}
	fields := map[string]any{
		"id": opaque{"PayPerUseResource", customer + " " + id}, "customerId": customer, "resourceId": text(r["resource_id"]),
		"name": text(r["resource_name"]), "regionCode": text(r["region_code"]),
		"availabilityZone": text(r["availability_zone_code"]), "serviceTypeCode": text(r["service_type_code"]),
		"serviceTypeName": text(r["service_type_name"]), "resourceTypeCode": text(r["resource_type_code"]),
		"resourceTypeName": text(r["resource_type_name"]), "resourceSpecCode": text(r["resource_spec_code"]),
		"specSize": size, "resourceInfo": text(r["resource_info"]), "specDescription": text(r["product_spec_desc"]),
		"status": enum(billedStatuses, r["status"]), "statusText": text(r["status"]),
		"effectiveAt": local(r["effective_time"], time.RFC3339Nano, time.UTC),
		"expiresAt":   local(r["expire_time"], time.RFC3339Nano, time.UTC),
	}
	fields["region"] = lazy(func(arguments) any { return maybe(s.region(region)) })
	fields["instance"] = lazy(func(arguments) any {
		switch {
		case kind != "":
			return maybe(s.instance(kind, id))
		case strings.HasSuffix(service, "gaussdb"), strings.HasSuffix(service, "modelarts"):
			return unknown{} // whether these last words name a type is not stated
		}
		return nil
	})
	return &thing{"PayPerUseResource", fields}
}
