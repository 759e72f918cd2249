package oracle

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

var (
	// capacityTypes are the types that listCloudServiceCapacity knows, with its own words.
	capacityTypes = map[string]string{
		"ECS_VM": "ECS_VM", "BMS": "BMS", "EVS": "EVS", "OBS": "OBS", "EIP": "EIP", "RDS": "RDS", "DCC": "DCC", "DEH": "DeH",
		"SFS": "SFS", "VPN": "VPN",
	}
	// capacityUnits are the units of types whose rows all have one.
	capacityUnits = map[string]string{
		"ECS_VM": "VMS", "BMS": "SERVERS", "EVS": "TERABYTES", "OBS": "TERABYTES", "EIP": "ADDRESSES", "RDS": "INSTANCES",
		"DEH": "HOSTS", "SFS": "TERABYTES",
	}
	// modelUnits are the units of rows whose unit depends on what they count (QUIRKS 25).
	modelUnits = map[string]string{
		"DCC vcpu": "CORES", "DCC memory": "TERABYTES", "DCC host": "HOSTS", "VPN connection": "CONNECTIONS",
		"VPN gateway": "GATEWAYS",
	}
	quantities = []string{"total", "used", "free", "allocated", "available"}
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// capacitySince is the start of the day in UTC+8 two days back (decisions 2).
func (s *site) capacitySince() time.Time {
	at := s.now.In(eastEight)
	return time.Date(at.Year(), at.Month(), at.Day()-2, 0, 0, 0, 0, eastEight)
}

// zoneOf is the zone of a row: every word of a tenant zone is POD (QUIRKS 34).
func zoneOf(v any) any {
	switch zone := strings.ToUpper(word(v)); {
	case zone == "MANAGE":
		return "MANAGE"
	case zone == "POD", strings.HasSuffix(zone, "_POD"):
		return "POD"
	default:
		return nil
	}
}

// modelOf folds what a row counts (QUIRKS 110); CPU of a dedicated cluster is vCPU.
func modelOf(kind string, v any) any {
	model := strings.TrimPrefix(strings.ToLower(word(v)), "dbtype:")
	switch {
	case model == "":
		return nil
	case model == "connetion":
		return "connection"
	case model == "cpu" && kind == "DCC":
		return "vcpu"
	}
	return model
}

func anyWord(words map[string]string, key string) any {
	if v, known := words[key]; known {
		return v
	}
	return nil
}

// allocation is allocated / (allocated + available), where that says something.
func allocation(allocated, available any) any {
	a, known := allocated.(float64)
	b, both := available.(float64)
	if !known || !both || a < 0 || b < 0 || a+b <= 0 {
		return nil
	}
	return about(a / (a + b))
}

// figures are the fields that both kinds of capacity rows have.
func figures(r row) map[string]any {
	available := r["available"]
	if available == nil {
		available = r["avaliable"] //nolint:misspell // as the upstream spells it (QUIRKS 1)
	}
	return map[string]any{
		"zone": zoneOf(r["zone_type"]), "zoneText": text(r["zone_type"]), "metricTypeText": text(r["metric_type"]),
		"total": number(r["total"]), "used": number(r["used"]), "free": number(r["free"]),
		"allocated": number(r["allocated"]), "available": number(available),
		"reportedUsedRatio": number(r["used_ratio"]), "resourceType": text(r["resource_type"]),
		"resourceCount": whole(r["resource_count"]), "observedAt": millis(r["timestamp"]),
		"allocation": allocation(number(r["allocated"]), number(available)),
	}
}

// measurement is a capacity row with what names its pool.
type measurement struct {
	region any // code; nil for rows that name none, or by an unknown name
	named  any // the same, but an unknown name as it was sent
	pool   string
	at     time.Time
	node   *thing
}

func (s *site) measured(kind, id string, r row, fields map[string]any) measurement {
	at, _ := fields["observedAt"].(time.Time)
	region := s.regionCode(r["region"])
	zone, _ := fields["zone"].(string)
	model, _ := fields["metricType"].(string)
	named := region
	if region == nil {
		named = text(r["region"])
	}
	name, _ := named.(string)
	pool := strings.Join([]string{name, zone, model, strings.ToLower(id)}, "|")
	return measurement{region, named, pool, at, &thing{kind, fields}}
}

// serviceRows are the measurements of a type in a window.
func (s *site) serviceRows(kind string, from, to time.Time) []measurement {
	var all []measurement
	parameters := window(from, to, "service_type", capacityTypes[kind])
	for _, r := range s.up.list("/v1/CloudService/capacity", parameters) {
		f := figures(r)
		f["metricType"] = modelOf(kind, r["metric_type"])
		model, _ := f["metricType"].(string)
		f["unit"] = anyWord(capacityUnits, kind)
		if f["unit"] == nil {
			f["unit"] = anyWord(modelUnits, kind+" "+model)
		}
		f["reportedAllocatedRatio"] = number(r["allocated_ratio"])
		f["availabilityZoneId"], f["availabilityZoneName"] = text(r["az_id"]), text(r["az_name"])
		all = append(all, s.measured("ServiceCapacity", word(r["resource_type"]), r, f))
	}
	return all
}

// latest keeps the newest measurement of each pool (QUIRKS 53).
func latest(rows []measurement) []measurement {
	newest := map[string]measurement{}
	for _, m := range rows {
		if have, seen := newest[m.pool]; !seen || have.at.Before(m.at) {
			newest[m.pool] = m
		}
	}
	all := make([]measurement, 0, len(newest))
	for _, pool := range sortedKeys(newest) {
		all = append(all, newest[pool])
	}
	return all
}

func (s *site) latestServiceRows(kind string) []measurement {
	if s.capacity[kind] == nil {
		s.capacity[kind] = latest(s.serviceRows(kind, s.capacitySince(), s.now))
	}
	return s.capacity[kind]
}

// capacityOf is what a service has in a region: the latest figures, or all of a range, its end excluded.
func (s *site) capacityOf(kind, region string, a arguments) any {
	if capacityTypes[kind] == "" {
		return nil
	}
	rows := s.latestServiceRows(kind)
	if a.object("range") != nil {
		from, to := a.span("range", s.now, 0)
		rows = between(s.serviceRows(kind, from.Add(-time.Hour), to.Add(time.Hour)), from, to)
	}
	list := unordered{}
	for _, m := range rows {
		if m.region == region && a.allows("zones", m.node.fields["zone"]) {
			list = append(list, m.node)
		}
	}
	return list
}

func between(rows []measurement, from, to time.Time) []measurement {
	return slices.DeleteFunc(rows, func(m measurement) bool { return m.at.Before(from) || !m.at.Before(to) })
}

// physicalOf is the same for physical pools.
func (s *site) physicalOf(region string, a arguments) any {
	if s.physical == nil {
		s.physical = latest(s.physicalRows(s.capacitySince(), s.now))
	}
	rows := s.physical
	if a.object("range") != nil {
		from, to := a.span("range", s.now, 0)
		rows = between(s.physicalRows(from.Add(-time.Hour), to.Add(time.Hour)), from, to)
	}
	list := unordered{}
	for _, m := range rows {
		f := m.node.fields
		if m.region == region && a.allows("zones", f["zone"]) && a.allows("deviceTypes", f["deviceType"]) {
			list = append(list, m.node)
		}
	}
	return list
}

func (s *site) physicalRows(from, to time.Time) []measurement {
	var all []measurement
	for _, r := range s.up.list("/v1/host-physical/capacity", window(from, to)) {
		f := figures(r)
		kind := cmp.Or(word(r["device_type"]), word(r["service_type"])) // QUIRKS 7
		f["deviceTypeText"], f["deviceType"] = kind, anyWord(map[string]string{"ECS": "COMPUTE", "EVS": "STORAGE"}, kind)
		f["metricType"], f["unit"] = modelOf("", r["metric_type"]), "TERABYTES"
		if f["metricType"] == "vcpu" {
			f["unit"] = "CORES"
		}
		f["regionCode"] = s.regionCode(r["region"])
		all = append(all, s.measured("PhysicalCapacity", kind+word(r["resource_type"]), r, f))
	}
	return all
}

// capacityTotals sums the latest figures by type and unit.
func (s *site) capacityTotals(a arguments) any {
	types, given := a.texts("types")
	if !given {
		types = serviceTypes
	}
	list := unordered{}
	done := map[string]bool{}
	for _, kind := range types {
		if capacityTypes[kind] == "" || done[kind] {
			continue
		}
		done[kind] = true
		var rows []measurement
		for _, m := range counted(s.latestServiceRows(kind)) {
			if a.allows("regions", m.named) && a.allows("zones", m.node.fields["zone"]) {
				rows = append(rows, m)
			}
		}
		for _, unit := range distinct(rows, func(m measurement) any { return m.node.fields["unit"] }) {
			list = append(list, s.capacityTotal(kind, unit, slices.DeleteFunc(slices.Clone(rows), func(m measurement) bool {
				return m.node.fields["unit"] != unit
			})))
		}
	}
	return list
}

// counted leaves out what a name that nothing resolves calls an older measurement: the pool may be there by its code.
func counted(rows []measurement) []measurement {
	var newest time.Time
	for _, m := range rows {
		if m.at.After(newest) {
			newest = m.at
		}
	}
	return slices.DeleteFunc(slices.Clone(rows), func(m measurement) bool {
		return m.region == nil && m.named != nil && m.at.Before(newest)
	})
}

func (s *site) capacityTotal(kind string, unit any, rows []measurement) *thing {
	by := func(name, key string, value func(measurement) any, more func(value any) map[string]any) []any {
		list := []any{}
		for _, v := range distinct(rows, value) {
			fields := map[string]any{key: v, "sum": capacitySum(slices.DeleteFunc(slices.Clone(rows), func(m measurement) bool {
				return value(m) != v
			}))}
			if more != nil {
				maps.Copy(fields, more(v))
			}
			list = append(list, &thing{name, fields})
		}
		return list
	}
	return &thing{"CapacityTotal", map[string]any{
		"type": kind, "unit": unit, "sum": capacitySum(rows),
		"byRegion": by("CapacityRegionTotal", "regionCode", func(m measurement) any { return m.named },
			func(code any) map[string]any {
				name, _ := code.(string)
				return map[string]any{"region": lazy(func(arguments) any { return maybe(s.region(name)) })}
			}),
		"byZone": by("CapacityZoneTotal", "zone", func(m measurement) any { return m.node.fields["zone"] }, nil),
		"byMetricType": by("CapacityModelTotal", "metricType", func(m measurement) any {
			return m.node.fields["metricType"]
		}, nil),
	}}
}

// distinct are the values of rows in order, nil last.
func distinct(rows []measurement, value func(measurement) any) []any {
	var all []any
	for _, m := range rows {
		if v := value(m); !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b any) int { return order(a, b, false) })
	return all
}

// capacitySum leaves unknown figures out, and what is allocated or available unless both are known.
func capacitySum(rows []measurement) *thing {
	sums, left, oldest := map[string]any{}, 0, any(nil)
	for _, m := range rows {
		f := m.node.fields
		pair := f["allocated"] != nil && f["available"] != nil
		left += one(!pair)
		for _, name := range quantities {
			value, known := f[name].(float64)
			if !known || !pair && (name == "allocated" || name == "available") {
				continue
			}
			before, _ := sums[name].(about)
			sums[name] = before + about(value)
		}
		if oldest == nil || m.at.Before(oldest.(time.Time)) {
			oldest = m.at
		}
	}
	plain := func(v any) any {
		if sum, ok := v.(about); ok {
			return float64(sum)
		}
		return nil
	}
	sums["allocation"] = allocation(plain(sums["allocated"]), plain(sums["available"]))
	for _, name := range quantities {
		if _, has := sums[name]; !has {
			sums[name] = nil
		}
	}
	sums["rows"], sums["rowsLeftOut"], sums["oldestObservedAt"] = len(rows), left, oldest
	return &thing{"CapacitySum", sums}
}
