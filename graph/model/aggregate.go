package model

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

// AlarmRegionCount counts the alarms of one region.
type AlarmRegionCount struct {
	// RegionCode is nil for alarms that name no region.
	RegionCode    *string
	Total, Active int
	// BySeverity counts the active ones.
	BySeverity []*AlarmSeverityCount
}

// AlarmDayCount counts the alarms of one day.
type AlarmDayCount struct {
	// Day is midnight UTC of the calendar day.
	Day           time.Time
	Total, Active int
	// BySeverity counts the active ones, TotalBySeverity all.
	BySeverity, TotalBySeverity []*AlarmSeverityCount
}

// mostDays bounds the days that are counted.
const mostDays = 366

// ByDay counts the alarms by the calendar day of their latest occurrence, in an offset from UTC: only days with alarms,
// in order, the latest 366 at most. Alarms without a time are left out.
func (c *AlarmCounts) ByDay(utcOffsetMinutes int) []*AlarmDayCount {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts, counted := c.days[utcOffsetMinutes]
	if !counted {
		if c.days == nil || len(c.days) >= mostOffsets {
			c.days = map[int][]*AlarmDayCount{}
		}
		counts = c.countDays(utcOffsetMinutes)
		c.days[utcOffsetMinutes] = counts
	}
	return counts
}

// mostOffsets is how many offsets from UTC a summary remembers its days of: more than are in use anywhere.
const mostOffsets = 40

func (c *AlarmCounts) countDays(utcOffsetMinutes int) []*AlarmDayCount {
	offset := time.Duration(utcOffsetMinutes) * time.Minute
	days := map[time.Time][]*Alarm{}
	for _, alarm := range c.Counted {
		if alarm.LastOccurredAt != nil {
			day := alarm.LastOccurredAt.UTC().Add(offset).Truncate(24 * time.Hour)
			days[day] = append(days[day], alarm)
		}
	}
	ordered := slices.SortedFunc(maps.Keys(days), time.Time.Compare)
	ordered = ordered[max(0, len(ordered)-mostDays):]
	counts := make([]*AlarmDayCount, len(ordered))
	for i, day := range ordered {
		active := slices.DeleteFunc(slices.Clone(days[day]), func(a *Alarm) bool { return !a.Active() })
		counts[i] = &AlarmDayCount{
			Day: day, Total: len(days[day]), Active: len(active),
			BySeverity: CountSeverities(active), TotalBySeverity: CountSeverities(days[day]),
		}
	}
	return counts
}

// CountSeverities counts alarms by severity: critical first, each severity once, and a last entry with nil for unknown
// ones where there are any.
func CountSeverities(alarms []*Alarm) []*AlarmSeverityCount {
	counts := make([]*AlarmSeverityCount, 0, len(AllAlarmSeverity)+1)
	for _, severity := range AllAlarmSeverity {
		counts = append(counts, &AlarmSeverityCount{Severity: &severity})
	}
	unknown := 0
	for _, alarm := range alarms {
		if alarm.Severity == nil {
			unknown++
			continue
		}
		counts[slices.Index(AllAlarmSeverity, *alarm.Severity)].Count++
	}
	if unknown > 0 {
		counts = append(counts, &AlarmSeverityCount{Count: unknown})
	}
	return counts
}

// CapacityTotal is the capacity of one kind of service in one unit, summed over regions, zones and models.
type CapacityTotal struct {
	Type CloudServiceType
	// Unit is nil for rows whose unit is not known.
	Unit *CapacityUnit
	Sum  *CapacitySum
	// The parts are in order, that of rows without a value last.
	ByRegion     []*CapacityRegionTotal
	ByZone       []*CapacityZoneTotal
	ByMetricType []*CapacityModelTotal
}

// CapacityRegionTotal is the part of a CapacityTotal in one region.
type CapacityRegionTotal struct {
	// RegionCode is nil for rows that name no region, and the region as sent where that is no code and no known name.
	RegionCode *string
	// Named reports that RegionCode is such a text: it is no region.
	Named bool
	Sum   *CapacitySum
}

// CapacityZoneTotal is the part of a CapacityTotal in one zone; nil for rows without a known one.
type CapacityZoneTotal struct {
	Zone *CapacityZone
	Sum  *CapacitySum
}

// CapacityModelTotal is the part of a CapacityTotal of one model; nil for rows without one.
type CapacityModelTotal struct {
	MetricType *string
	Sum        *CapacitySum
}

// CapacitySum sums rows of capacity. The zero value is an empty sum; Add adds a row, and Close ends the adding.
type CapacitySum struct {
	// Allocated and Available sum the rows that have both, the others those that have them; nil without such rows, and
	// where the sum is more than a Float holds.
	Allocated, Available, Total, Used, Free *float64
	Rows                                    int
	// RowsLeftOut counts the rows that Allocated and Available leave out.
	RowsLeftOut      int
	OldestObservedAt *time.Time
}

// Add adds the known quantities of a row.
func (s *CapacitySum) Add(row *ServiceCapacity) {
	s.Rows++
	if row.Allocated != nil && row.Available != nil {
		s.Allocated, s.Available = plus(s.Allocated, row.Allocated), plus(s.Available, row.Available)
	} else {
		s.RowsLeftOut++
	}
	s.Total, s.Used, s.Free = plus(s.Total, row.Total), plus(s.Used, row.Used), plus(s.Free, row.Free)
	if row.ObservedAt != nil && (s.OldestObservedAt == nil || row.ObservedAt.Before(*s.OldestObservedAt)) {
		s.OldestObservedAt = row.ObservedAt
	}
}

// Close makes sums nil that are more than a Float holds, and reports whether there are any.
func (s *CapacitySum) Close() (tooLarge bool) {
	for _, sum := range []**float64{&s.Allocated, &s.Available, &s.Total, &s.Used, &s.Free} {
		if *sum != nil && (math.IsInf(**sum, 0) || math.IsNaN(**sum)) {
			*sum, tooLarge = nil, true
		}
	}
	return tooLarge
}

// Allocation is the allocated share of the sums: see [AllocatedShare].
func (s *CapacitySum) Allocation() *float64 { return AllocatedShare(s.Allocated, s.Available) }

// AllocatedShare is allocated / (allocated + available), 0 to 1; nil unless both are known, neither is negative, and
// their sum is positive.
func AllocatedShare(allocated, available *float64) *float64 {
	if allocated == nil || available == nil || *allocated < 0 || *available < 0 {
		return nil
	}
	sum, share := *allocated+*available, *allocated
	if math.IsInf(sum, 0) { // halves have the same share
		sum, share = *allocated/2+*available/2, share/2
	}
	if sum <= 0 {
		return nil
	}
	share /= sum
	return &share
}

// plus returns the sum of the known operands, without a pointer to value, which may change later.
func plus(sum, value *float64) *float64 {
	if value == nil {
		return sum
	}
	total := *value
	if sum != nil {
		total += *sum
	}
	return &total
}

// HostSummary counts hosts. The lists are complete; the fields of the schema shorten them.
type HostSummary struct {
	Total              int
	MemoryGib          float64
	HostsWithoutMemory int
	// ByRegion is in code order.
	ByRegion []*HostCount
	// The others are in the order of SortHostCounts.
	Clusters, Models, AvailabilityZones, ByCPUArchitecture, Racks []*HostCount
}

// HostCount is the number of hosts that share a value.
type HostCount struct {
	// Value is nil for hosts without one.
	Value *string
	// RegionCode is nil unless the count is by availability zone or by rack.
	RegionCode *string
	Count      int
	MemoryGib  float64
}

// ByCluster returns the first clusters, most hosts first.
func (s *HostSummary) ByCluster(first int) []*HostCount { return firstCounts(s.Clusters, first) }

// ByModel returns the first processor models, most hosts first.
func (s *HostSummary) ByModel(first int) []*HostCount { return firstCounts(s.Models, first) }

// ByAvailabilityZone returns the first zones, most hosts first.
func (s *HostSummary) ByAvailabilityZone(first int) []*HostCount {
	return firstCounts(s.AvailabilityZones, first)
}

// ByRack returns the first racks, most hosts first.
func (s *HostSummary) ByRack(first int) []*HostCount { return firstCounts(s.Racks, first) }

func firstCounts(counts []*HostCount, first int) []*HostCount {
	return counts[:min(len(counts), max(0, first))]
}

// SortHostCounts puts most hosts first, equal counts by region and value, and hosts without a value last.
func SortHostCounts(counts []*HostCount) {
	slices.SortFunc(counts, func(a, b *HostCount) int {
		if (a.Value == nil) != (b.Value == nil) {
			if a.Value == nil {
				return 1
			}
			return -1
		}
		return cmp.Or(
			cmp.Compare(b.Count, a.Count), compareTexts(a.RegionCode, b.RegionCode), compareTexts(a.Value, b.Value),
		)
	})
}

// compareTexts orders texts, nil first.
func compareTexts(a, b *string) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	default:
		return cmp.Compare(*a, *b)
	}
}
