// Package figures makes numbers of rounds comparable, holds them against targets, and writes them for readers.
package figures

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Rounds are the measurements of one thing, one a round. The unit is the caller's.
type Rounds []float64

// Median is the middle one, the mean of the middle two where their number is even, NaN where there is none.
func (r Rounds) Median() float64 {
	if len(r) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(r))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// Spread is how far the rounds lie apart: the largest less the smallest, over the median.
func (r Rounds) Spread() float64 {
	if len(r) == 0 {
		return math.NaN()
	}
	return (slices.Max(r) - slices.Min(r)) / r.Median()
}

// Over divides round by round, so that what disturbed a whole round cancels out. Rounds that only one has are left out.
func (r Rounds) Over(other Rounds) Rounds {
	ratios := make(Rounds, 0, len(r))
	for i := range min(len(r), len(other)) {
		if other[i] != 0 {
			ratios = append(ratios, r[i]/other[i])
		}
	}
	return ratios
}

// Quantile is the time below which the share q of all lies; zero where there is none. It sorts the times.
func Quantile(took []time.Duration, q float64) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(int(math.Ceil(q*float64(len(took))))-1, len(took)-1)]
}

// Number writes a figure with about three digits, as readers want it.
func Number(f float64) string {
	switch size := math.Abs(f); {
	case math.IsNaN(f):
		return "-"
	case size >= 100:
		return fmt.Sprintf("%.0f", f)
	case size >= 10:
		return fmt.Sprintf("%.1f", f)
	case size >= 1:
		return fmt.Sprintf("%.2f", f)
	default:
		return fmt.Sprintf("%.3f", f)
	}
}

// Percent writes a share.
func Percent(f float64) string {
	if math.IsNaN(f) {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", 100*f)
}
