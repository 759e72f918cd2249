package gateway

// saturated is where counting ends: fragments that spread each other twice double the count at each step.
const saturated = 1 << 30

// saturatingAdd adds two counts.
func saturatingAdd(a, b int) int { return min(a+b, saturated) }
