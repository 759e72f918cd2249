package refusal

// MaxCount ends counting: fragments that spread each other twice double the count at each step.
const MaxCount = 1 << 30

// AddCounts adds two counts.
func AddCounts(a, b int) int { return min(a+b, MaxCount) }
