package model

import "time"

// AllocationDivision says how rows of capacity are put into the cells of a table.
type AllocationDivision struct {
	// By are the dimensions that cells differ in, each once.
	By []AllocationDimension
	// Regions and Zones are those whose rows count; nil means all.
	Regions []string
	Zones   []CapacityZone
}

// AllocationTable is the allocation of capacity by some dimensions.
type AllocationTable struct {
	// Cells are those of the asked levels, in order.
	Cells []*AllocationCell
	// Counts has each level once; it counts all cells, and OldestObservedAt is of all.
	Counts           []*AllocationLevelCount
	OldestObservedAt *time.Time
}

// AllocationCell is the capacity of one combination of dimensions, in one unit. What its division does not ask for is
// nil.
type AllocationCell struct {
	// Type is set without having been asked for where Unit is not known.
	Type *CloudServiceType
	// Unit is nil for rows whose unit is not known.
	Unit *CapacityUnit
	// RegionCode is nil for rows that name no region, and the region as sent where that is no code and no known name.
	RegionCode *string
	// Named reports that RegionCode is such a text: it is no region.
	Named      bool
	Zone       *CapacityZone
	MetricType *string
	Sum        *CapacitySum
	Level      AllocationLevel

	// Of is the division that the cell is of, and Types are the kinds of service that have rows in it, in order.
	Of    *AllocationDivision
	Types []CloudServiceType
}

// LevelOf is the level of an allocated share by two thresholds; nil is a share that is not known.
func LevelOf(allocation *float64, nearlyFull, full float64) AllocationLevel {
	switch {
	case allocation == nil:
		return AllocationLevelUnknown
	case *allocation >= full:
		return AllocationLevelFull
	case *allocation >= nearlyFull:
		return AllocationLevelNearlyFull
	default:
		return AllocationLevelOk
	}
}

// AllocationLevelCount is the number of cells of one level.
type AllocationLevelCount struct {
	Level AllocationLevel
	Count int
}

// CapacityForecast is what the last days of a cell lead to.
type CapacityForecast struct {
	Outlook CapacityOutlook
	// FullInDays counts from To; the others are its bounds. Nil means never, or not known.
	FullInDays, FullInDaysFrom, FullInDaysTo *float64
	// PerDay is the growth of what is allocated; nil for too few days.
	PerDay *float64
	// Days count from From to To; Points are of all whole days.
	Days     int
	From, To time.Time
	Points   []MetricPoint
}

// Merge adds the rows of another sum; neither is closed.
func (s *CapacitySum) Merge(other *CapacitySum) {
	s.Allocated, s.Available = plus(s.Allocated, other.Allocated), plus(s.Available, other.Available)
	s.Total, s.Used, s.Free = plus(s.Total, other.Total), plus(s.Used, other.Used), plus(s.Free, other.Free)
	s.Rows, s.RowsLeftOut = s.Rows+other.Rows, s.RowsLeftOut+other.RowsLeftOut
	if at := other.OldestObservedAt; at != nil && (s.OldestObservedAt == nil || at.Before(*s.OldestObservedAt)) {
		s.OldestObservedAt = at
	}
}
