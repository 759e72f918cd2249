package model

import "time"

// HostRanking is hosts in the order of one figure of their servers, greatest first.
type HostRanking struct {
	Hosts []*HostUtilization
	// Ranked counts the hosts that have a figure, LeftOut the others.
	Ranked, LeftOut int
	// Window is how long before their reading samples count.
	Window time.Duration
	// OldestObservedAt is the oldest time of all that are ranked; nil when none is.
	OldestObservedAt *time.Time
}

// First is the ranking with its first hosts alone.
func (r HostRanking) First(first int) *HostRanking {
	r.Hosts = r.Hosts[:min(len(r.Hosts), max(0, first))]
	return &r
}

// HostUtilization is one host of a ranking.
type HostUtilization struct {
	Rank  int
	Host  *Host
	Value float64
	Unit  string
	// ObservedAt is when the host's latest sample was taken.
	ObservedAt time.Time
	Samples    int
}

// BoardName is what management boards call a metric: the documents show the first name, the others are Redfish's.
func (m HostUtilizationMetric) BoardName() string {
	switch m {
	case HostUtilizationMetricCPU:
		return "CPUUsagePercent"
	case HostUtilizationMetricMemory:
		return "MemoryUsagePercent"
	case HostUtilizationMetricPower:
		return "PowerConsumedWatts"
	case HostUtilizationMetricInletTemperature:
		return "InletTemperatureCelsius"
	default:
		return ""
	}
}

// Unit is the unit that the name of a metric says.
func (m HostUtilizationMetric) Unit() string {
	switch m {
	case HostUtilizationMetricPower:
		return "W"
	case HostUtilizationMetricInletTemperature:
		return "°C"
	case HostUtilizationMetricCPU, HostUtilizationMetricMemory:
		return "%"
	default:
		return ""
	}
}
