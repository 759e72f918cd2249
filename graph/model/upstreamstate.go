package model

import (
	"slices"
	"time"
)

// Upstream is the state of the upstreams as the gateway knows it.
type Upstream struct {
	// Since is when this replica started to count.
	Since time.Time
	// Demo reports whether the embedded simulator plays all systems.
	Demo bool
	// All are the operations, by system and name.
	All []*UpstreamOperation
	// Quotas are by name.
	Quotas []*UpstreamQuota
}

// Operations returns those of some systems and names; nil selects all, an empty list none.
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

// UpstreamOperation is one operation of a system, with its state on this replica.
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
	// CacheHitRatio is nil when the caches were not used, or do not keep the operation's answers.
	CacheHitRatio          *float64
	CacheHits, CacheMisses int
}

// UpstreamQuota is one quota as the caller sees it.
type UpstreamQuota struct {
	Name   string
	Limit  int
	Window time.Duration
	Left   int
	// EffectiveLimit is how many calls the gateway sends in a window now.
	EffectiveLimit float64
	// NextAt is when more calls can be sent; nil when no call is in the window.
	NextAt      *time.Time
	Waiting     int
	Coordinated bool
}

// LatencyQuantiles say how long calls took, in milliseconds.
type LatencyQuantiles struct {
	Window                     time.Duration
	Calls                      int
	P50Ms, P90Ms, P99Ms, MaxMs float64
}
