package oracle

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

var (
	// unitOrder and levelOrder are the values of CapacityUnit and AllocationLevel, in the order of the schema.
	unitOrder = []string{
		"VMS", "SERVERS", "TERABYTES", "CORES", "ADDRESSES", "INSTANCES", "HOSTS", "CONNECTIONS", "GATEWAYS",
	}
	levelOrder = []string{"OK", "NEARLY_FULL", "FULL", "UNKNOWN"}
)

// share is a number of an argument.
func (a arguments) share(name string) float64 {
	switch n := a[name].(type) {
	case float64:
		return n
	case int64:
		return float64(n)
	case json.Number:
		f, err := n.Float64()
		if err != nil {
			panic(err) // made by this package
		}
		return f
	default:
		panic("no number")
	}
}

// typed is a measurement with the type that was asked for.
type typed struct {
	measurement
	kind string
}

// allocationCell is what a cell is of, and its rows.
type allocationCell struct {
	of   map[string]any // by dimension; what is not asked for is missing
	unit any
	kind any // as shown
	rows []typed
}

// allocationTable sums the latest figures into cells.
func (s *site) allocationTable(a arguments) any {
	by, _ := a.texts("by")
	var rows []typed
	for _, kind := range serviceTypes {
		if capacityTypes[kind] != "" && a.allows("types", kind) {
			for _, m := range counted(s.latestServiceRows(kind)) {
				rows = append(rows, typed{m, kind})
			}
		}
	}
	cells := cellsOf(rows, by, a)
	counts, shown := map[string]int{}, []any{}
	var oldest any
	for _, cell := range cells {
		sum := capacitySum(untyped(cell.rows))
		level := levelOf(sum.fields["allocation"], a)
		counts[level]++
		if at := sum.fields["oldestObservedAt"]; oldest == nil || at.(time.Time).Before(oldest.(time.Time)) {
			oldest = at
		}
		if a.allows("levels", level) {
			shown = append(shown, s.cellThing(cell, sum, level, by, a))
		}
	}
	list := make([]any, len(levelOrder))
	for i, level := range levelOrder {
		list[i] = &thing{"AllocationLevelCount", map[string]any{"level": level, "count": counts[level]}}
	}
	return &thing{"AllocationTable", map[string]any{"cells": shown, "counts": list, "oldestObservedAt": oldest}}
}

func untyped(rows []typed) []measurement {
	plain := make([]measurement, len(rows))
	for i, row := range rows {
		plain[i] = row.measurement
	}
	return plain
}

func levelOf(allocated any, a arguments) string {
	part, known := allocated.(about)
	switch {
	case !known:
		return "UNKNOWN"
	case float64(part) >= a.share("full"):
		return "FULL"
	case float64(part) >= a.share("nearlyFull"):
		return "NEARLY_FULL"
	default:
		return "OK"
	}
}

func (s *site) cellThing(cell *allocationCell, sum *thing, level string, by []string, a arguments) *thing {
	fields := map[string]any{
		"type": cell.kind, "unit": cell.unit, "regionCode": cell.of["REGION"], "zone": cell.of["ZONE"],
		"metricType": cell.of["METRIC_TYPE"], "sum": sum, "level": level,
		"region": lazy(func(arguments) any {
			code, _ := cell.of["REGION"].(string)
			return maybe(s.region(code))
		}),
		"forecast": lazy(func(arguments) any { return s.forecast(cell, by, a) }),
	}
	return &thing{"AllocationCell", fields}
}

// cellsOf puts rows into cells, in their order.
func cellsOf(rows []typed, by []string, a arguments) []*allocationCell {
	cells := map[string]*allocationCell{}
	for _, row := range rows {
		f := row.node.fields
		if !a.allows("regions", row.named) || !a.allows("zones", f["zone"]) {
			continue
		}
		values := map[string]any{"TYPE": row.kind, "REGION": row.named, "ZONE": f["zone"], "METRIC_TYPE": f["metricType"]}
		maps.DeleteFunc(values, func(dimension string, _ any) bool { return !slices.Contains(by, dimension) })
		cell := &allocationCell{of: values, unit: f["unit"], kind: values["TYPE"]}
		if f["unit"] == nil {
			cell.kind = row.kind
		}
		name := shown([]any{values, cell.unit, cell.kind})
		if cells[name] == nil {
			cells[name] = cell
		}
		cells[name].rows = append(cells[name].rows, row)
	}
	return slices.SortedFunc(maps.Values(cells), func(x, y *allocationCell) int {
		for _, dimension := range by {
			c := order(x.of[dimension], y.of[dimension], false)
			if dimension == "TYPE" {
				c = inOrder(serviceTypes, x.kind, y.kind)
			}
			if c != 0 {
				return c
			}
		}
		return cmp.Or(inOrder(unitOrder, x.unit, y.unit), inOrder(serviceTypes, x.kind, y.kind))
	})
}

// inOrder compares by a list; nil comes last.
func inOrder(list []string, x, y any) int {
	at := func(v any) int {
		if s, ok := v.(string); ok {
			return slices.Index(list, s)
		}
		return len(list)
	}
	return cmp.Compare(at(x), at(y))
}

// history are all rows of the last 31 whole days of UTC+8 of a type.
func (s *site) history(kind string) []typed {
	if s.histories[kind] == nil {
		at := s.now.In(eastEight)
		from := time.Date(at.Year(), at.Month(), at.Day()-30, 0, 0, 0, 0, eastEight)
		for _, m := range s.serviceRows(kind, from, s.now) {
			s.histories[kind] = append(s.histories[kind], typed{m, kind})
		}
	}
	return s.histories[kind]
}

// dayFigures are what a cell, or one of its models and zones, has on a day.
type dayFigures struct{ allocated, available float64 }

func (d dayFigures) total() float64 { return d.allocated + d.available }

// forecast is what the history of a cell leads to.
func (s *site) forecast(cell *allocationCell, by []string, a arguments) any {
	var kinds []string
	for _, row := range cell.rows {
		if !slices.Contains(kinds, row.kind) {
			kinds = append(kinds, row.kind)
		}
	}
	var rows []typed
	for _, kind := range kinds {
		rows = append(rows, s.history(kind)...)
	}
	pools := map[string]map[time.Time]dayFigures{}
	for _, other := range cellsOf(rows, by, a) {
		if shown([]any{other.of, other.unit, other.kind}) != shown([]any{cell.of, cell.unit, cell.kind}) {
			continue
		}
		for _, row := range other.rows {
			f := row.node.fields
			allocated, one := f["allocated"].(float64)
			available, both := f["available"].(float64)
			if !one || !both {
				continue
			}
			name := row.kind + "|" + row.pool
			if pools[name] == nil {
				pools[name] = map[time.Time]dayFigures{}
			}
			local := row.at.In(eastEight)
			day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, eastEight)
			pools[name][day] = dayFigures{allocated, available}
		}
	}
	days, sums := daySums(pools)
	if len(days) == 0 {
		return nil
	}
	return forecastThing(days, sums)
}

// daySums are the days that count, and their sums.
func daySums(pools map[string]map[time.Time]dayFigures) ([]time.Time, map[time.Time]dayFigures) {
	known := map[time.Time]bool{}
	for _, pool := range pools {
		for day := range pool {
			known[day] = true
		}
	}
	days := slices.SortedFunc(maps.Keys(known), time.Time.Compare)
	lacking, sums := map[time.Time]bool{}, map[time.Time]dayFigures{}
	for _, name := range sortedKeys(pools) {
		there := stay(days, pools[name])
		if 2*len(pools[name]) <= len(there) {
			continue
		}
		for _, day := range there {
			f, has := pools[name][day]
			lacking[day] = lacking[day] || !has
			sums[day] = dayFigures{sums[day].allocated + f.allocated, sums[day].available + f.available}
		}
	}
	days = slices.DeleteFunc(days, func(day time.Time) bool {
		sum, counts := sums[day]
		return !counts || lacking[day] || sum.allocated < 0 || sum.available < 0
	})
	return days, sums
}

// stay are the days on which a model and zone should have a row: from its first to its last, and the two days at either
// end of all.
func stay(days []time.Time, pool map[time.Time]dayFigures) []time.Time {
	of := slices.SortedFunc(maps.Keys(pool), time.Time.Compare)
	first, last := of[0], of[len(of)-1]
	if first.Sub(days[0]) <= 48*time.Hour {
		first = days[0]
	}
	if days[len(days)-1].Sub(last) <= 48*time.Hour {
		last = days[len(days)-1]
	}
	return slices.DeleteFunc(slices.Clone(days), func(day time.Time) bool { return day.Before(first) || day.After(last) })
}

// changed is the place of the first day after the latest change of the total by more than 5 % that stayed.
func changed(days []time.Time, sums map[time.Time]dayFigures) int {
	far := func(before, after int) bool {
		from, to := sums[days[before]].total(), sums[days[after]].total()
		return max(from-to, to-from) > 0.05*from
	}
	latest := 0
	for i := 1; i < len(days); i++ {
		stays := far(i-1, i)
		for n := 1; n <= 3; n++ {
			stays = stays && (i+n >= len(days) || far(i-1, i+n)) && (i-1-n < 0 || far(i-1-n, i))
		}
		if stays {
			latest = i
		}
	}
	return latest
}

func forecastThing(all []time.Time, sums map[time.Time]dayFigures) *thing {
	days := all[changed(all, sums):]
	points := make([]any, len(all))
	for i, day := range all {
		points[i] = &thing{"MetricPoint", map[string]any{"at": day, "value": about(sums[day].allocated)}}
	}
	last := sums[days[len(days)-1]]
	fields := map[string]any{
		"days": len(days), "from": days[0], "to": days[len(days)-1], "points": points, "perDay": nil,
		"fullInDays": nil, "fullInDaysFrom": nil, "fullInDaysTo": nil, "outlook": "TOO_LITTLE_HISTORY",
	}
	if len(days) >= 7 {
		var slopes []float64
		for i, from := range days {
			for _, to := range days[i+1:] {
				slopes = append(slopes, (sums[to].allocated-sums[from].allocated)/(to.Sub(from).Hours()/24))
			}
		}
		slices.Sort(slopes)
		perDay := quantileOf(slopes, 0.5)
		fields["perDay"] = about(perDay)
		fields["fullInDays"] = fullIn(last, perDay)
		fields["fullInDaysFrom"] = fullIn(last, quantileOf(slopes, 0.9))
		fields["fullInDaysTo"] = fullIn(last, quantileOf(slopes, 0.1))
		fields["outlook"] = outlookOf(last, perDay, fields["fullInDays"])
	}
	if len(days) < len(all) {
		fields["outlook"] = "RESIZED"
	}
	return &thing{"CapacityForecast", fields}
}

func outlookOf(last dayFigures, perDay float64, full any) string {
	in, ever := full.(about)
	switch {
	case perDay > 0 && ever && in <= 365:
		return "GROWING"
	case perDay < 0 && last.allocated <= 365*-perDay:
		return "SHRINKING"
	default:
		return "STEADY"
	}
}

// fullIn is in how many days nothing is left.
func fullIn(last dayFigures, perDay float64) any {
	switch {
	case last.total() == 0:
		return nil
	case last.available == 0:
		return about(0)
	case perDay <= 0:
		return nil
	default:
		return about(last.available / perDay)
	}
}

// quantileOf is a quantile: as far between two values as it is between their places.
func quantileOf(sorted []float64, part float64) float64 {
	place := part * float64(len(sorted)-1)
	low := int(place)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (sorted[high]-sorted[low])*(place-float64(low))
}

// allocation asks tables in several cuts, with what they lead to.
func (c *checker) allocation() {
	table := c.fields("AllocationTable")
	c.ask(`{ allocationTable `+table+` }`, "")
	for _, by := range []string{
		"TYPE", "REGION", "ZONE", "METRIC_TYPE", "ZONE, REGION", "METRIC_TYPE, TYPE, ZONE, REGION",
		"REGION, METRIC_TYPE, REGION",
	} {
		c.ask(`{ allocationTable(by: [`+by+`], nearlyFull: 0.4, full: 0.55) `+table+` }`, "")
	}
	region := c.site.regions[0].id
	c.ask(strings.ReplaceAll(`{ one: allocationTable(types: [EVS, DCC, ELB], regions: ["`+region+`"], levels: [OK, UNKNOWN]) TABLE
		pod: allocationTable(by: [ZONE, TYPE], zones: [POD], levels: [FULL], full: 0.5, nearlyFull: 0.5) TABLE
		none: allocationTable(types: [GAUSS]) TABLE empty: allocationTable(levels: [], zones: []) TABLE }`, "TABLE", table), "")
}
