package capacity

import (
	"math"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
)

const (
	// fewestDays is how many days a slope needs: with less, two odd days decide it.
	fewestDays = 7
	// farthestDays is how far ahead a month's growth says anything.
	farthestDays = 365
	// resizedBy is the part by which a total changes that was resized; resizedFor is for how many days, before and after,
	// it must not be as it was on the other side.
	resizedBy  = 0.05
	resizedFor = 3
	// lowSlope and highSlope are the quantiles of the slopes that bound the growth.
	lowSlope, highSlope = 0.1, 0.9
)

// Day is what a cell has on a day.
type Day struct {
	// Number counts days, At is when the day begins.
	Number int
	At     time.Time
	// Allocated and Available are sums of whole days, neither of them negative.
	Allocated, Available float64
}

func (d Day) total() float64 { return d.Allocated + d.Available }

// Forecast works out what days in order lead to; nil without days.
func Forecast(days []Day) *model.CapacityForecast {
	if len(days) == 0 {
		return nil
	}
	f := &model.CapacityForecast{Points: make([]model.MetricPoint, len(days))}
	for i, day := range days {
		f.Points[i] = model.MetricPoint{At: day.At, Value: day.Allocated}
	}
	counting := days[resized(days):]
	last := counting[len(counting)-1]
	f.Days, f.From, f.To = len(counting), counting[0].At, last.At
	if len(counting) >= fewestDays {
		slopes := slopesOf(counting)
		perDay := quantile(slopes, 0.5)
		f.PerDay = &perDay
		f.FullInDays = last.fullIn(perDay)
		f.FullInDaysFrom = last.fullIn(quantile(slopes, highSlope))
		f.FullInDaysTo = last.fullIn(quantile(slopes, lowSlope))
	}
	f.Outlook = outlook(f, last, len(counting) < len(days))
	return f
}

func outlook(f *model.CapacityForecast, last Day, isResized bool) model.CapacityOutlook {
	switch {
	case isResized:
		return model.CapacityOutlookResized
	case f.PerDay == nil:
		return model.CapacityOutlookTooLittleHistory
	case *f.PerDay > 0 && f.FullInDays != nil && *f.FullInDays <= farthestDays:
		return model.CapacityOutlookGrowing
	case *f.PerDay < 0 && last.Allocated/-*f.PerDay <= farthestDays:
		return model.CapacityOutlookShrinking
	default:
		return model.CapacityOutlookSteady
	}
}

// fullIn is in how many days nothing is left of the day's available quantity; nil when it never is, and where nothing
// can be allocated.
func (d Day) fullIn(perDay float64) *float64 {
	switch {
	case d.total() <= 0:
		return nil
	case d.Available <= 0:
		return new(0.0)
	case perDay <= 0:
		return nil
	}
	in := d.Available / perDay
	if math.IsInf(in, 0) {
		return nil
	}
	return &in
}

// resized is the place of the first day after the latest change of the total that stayed; 0 when there was none. A
// single day with another total, and the way back from it, are no change.
func resized(days []Day) int {
	for i := len(days) - 1; i > 0; i-- {
		before, after := days[i-1], days[i]
		if !steps(before, after) {
			continue
		}
		wentBack := slices.ContainsFunc(days[i+1:min(len(days), i+1+resizedFor)],
			func(d Day) bool { return !steps(before, d) })
		cameFrom := slices.ContainsFunc(days[max(0, i-1-resizedFor):i-1],
			func(d Day) bool { return !steps(d, after) })
		if !wentBack && !cameFrom {
			return i
		}
	}
	return 0
}

// steps reports whether the total of the later day differs from that of the earlier one by more than a part of it.
func steps(earlier, later Day) bool {
	return math.Abs(later.total()-earlier.total()) > resizedBy*earlier.total()
}

// slopesOf are the slopes of what is allocated between every two days, in order.
func slopesOf(days []Day) []float64 {
	slopes := make([]float64, 0, len(days)*(len(days)-1)/2)
	for i, from := range days {
		for _, to := range days[i+1:] {
			slopes = append(slopes, (to.Allocated-from.Allocated)/float64(to.Number-from.Number))
		}
	}
	slices.Sort(slopes)
	return slopes
}

// quantile is that of values in order, which lies between two of them as it lies between their places; that of a half
// is the median.
func quantile(values []float64, part float64) float64 {
	at := part * float64(len(values)-1)
	low := int(at)
	if low == len(values)-1 || values[low] == values[low+1] {
		return values[low]
	}
	rest := at - float64(low)
	return values[low]*(1-rest) + values[low+1]*rest
}
