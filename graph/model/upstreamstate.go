package model

import (
	"slices"
	"time"
)

// Upstream is what the gateway knows of its upstreams at one moment.
type Upstream struct {
	// Since is when this replica started to count.
	Since time.Time
	// Demo tells whether the embedded simulator plays all systems.
	Demo bool
	// All are the operations, by system and name.
	All []*UpstreamOperation
	// Quotas are by name.
	Quotas []*UpstreamQuota
}

// Operations are those of some systems and names; nil lets every one pass, an empty list none.
func (u *Upstream) Operations(systems []UpstreamSystem, names []string) []*UpstreamOperation {
	operations := make([]*UpstreamOperation, 0, len(u.All))
	for _, operation := range u.All {
		if (systems == nil || slices.Contains(systems, operation.System)) &&
			(names == nil || slices.Contains(names, operation.Name)) {
			operations = append(operations, operation)
		}
	}
	return operations
}

// UpstreamOperation is one operation of a system and how it fares on this replica.
type UpstreamOperation struct {
	System     UpstreamSystem
	Name       string
	Reads      bool
	Configured bool
	// Quota is nil when the upstream states none.
	Quota           *UpstreamQuota
	Circuit         CircuitState
	Calls, Failures int
	// Latency is nil when no call was sent in its window.
	Latency *LatencyQuantiles
	// CacheHitRatio is nil when the caches were not asked, or do not keep the operation's answers.
	CacheHitRatio          *float64
	CacheHits, CacheMisses int
}

// UpstreamQuota is one quota as far as the caller draws on it.
type UpstreamQuota struct {
	Name   string
	Limit  int
	Window time.Duration
	Left   int
	// EffectiveLimit is what the gateway lets out in a window at present.
	EffectiveLimit float64
	// NextAt is when more can go out; nil when no call is in the window.
	NextAt      *time.Time
	Waiting     int
	Coordinated bool
}

// LatencyQuantiles tell how long calls took, in milliseconds.
type LatencyQuantiles struct {
	Window                     time.Duration
	Calls                      int
	P50Ms, P90Ms, P99Ms, MaxMs float64
}
