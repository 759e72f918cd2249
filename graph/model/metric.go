package model

import (
	"math"
	"slices"
	"time"
)

// MetricSeries has the samples of one metric of one thing in a window. NewMetricSeries makes one.
type MetricSeries struct {
	Name string
	// Key is unique in one answer: for hosts <item>.<data item>.<aggregation> in lower case, else the name or code.
	Key  string
	Unit *string
	// Item, DataItem and Aggregation are of host metrics only.
	Item, DataItem, Aggregation *string
	// RegionCode is as sent. The others are of machine metrics only.
	RegionCode, Service, Namespace, SourceService, SourceType, SourceTag, Tenant *string
	// Samples are in time order, no two of the same time.
	Samples []MetricPoint
	// Min, Max, Avg, Last and LastAt are of all samples; nil without samples.
	Min, Max, Avg, Last *float64
	LastAt              *time.Time
	// Truncated is set when the upstream's list was cut at the page limit.
	Truncated bool

	valueless []time.Time // when there was a sample without a value
}

// MetricPoint is one sample.
type MetricPoint struct {
	At    time.Time
	Value float64
}

// NewMetricSeries completes a series: it sorts the samples by time, keeps the last one of the same time, and computes
// the statistics. Samples without a value (NaN) are left out. It takes over the samples' slice.
func NewMetricSeries(series MetricSeries, samples []MetricPoint) *MetricSeries {
	samples = slices.DeleteFunc(samples, func(sample MetricPoint) bool {
		if math.IsNaN(sample.Value) {
			series.valueless = append(series.valueless, sample.At)
			return true
		}
		return false
	})
	slices.SortStableFunc(samples, func(a, b MetricPoint) int { return a.At.Compare(b.At) })
	kept := samples[:0]
	for _, sample := range samples {
		if len(kept) > 0 && kept[len(kept)-1].At.Equal(sample.At) {
			kept[len(kept)-1] = sample
			continue
		}
		kept = append(kept, sample)
	}
	return series.of(kept)
}

// of is the series with these samples, which are in time order, and their statistics.
func (s MetricSeries) of(kept []MetricPoint) *MetricSeries {
	s.Samples = kept
	s.Min, s.Max, s.Avg, s.Last, s.LastAt = nil, nil, nil, nil, nil
	if len(kept) == 0 {
		return &s
	}
	least, greatest, mean := kept[0].Value, kept[0].Value, 0.0
	for i, sample := range kept {
		least, greatest = min(least, sample.Value), max(greatest, sample.Value)
		mean += sample.Value/float64(i+1) - mean/float64(i+1)
	}
	latest := kept[len(kept)-1]
	s.Min, s.Max, s.Avg, s.Last, s.LastAt = &least, &greatest, &mean, &latest.Value, &latest.At
	return &s
}

// Within returns the series with its samples from one moment on and before another, and the statistics of these: the
// series itself when that is all of them, nil when all that was sent with a time is elsewhere.
func (s *MetricSeries) Within(from, to time.Time) *MetricSeries {
	before := func(sample MetricPoint, moment time.Time) int { return sample.At.Compare(moment) }
	first, _ := slices.BinarySearchFunc(s.Samples, from, before)
	end, _ := slices.BinarySearchFunc(s.Samples, to, before)
	end = max(first, end)
	known := len(s.Samples) + len(s.valueless)
	switch {
	case end == first && known > 0 && !slices.ContainsFunc(s.valueless, func(at time.Time) bool {
		return !at.Before(from) && at.Before(to)
	}):
		return nil
	case end-first == len(s.Samples):
		return s
	default:
		return s.of(s.Samples[first:end:end])
	}
}

// Count returns the number of all samples.
func (s *MetricSeries) Count() int { return len(s.Samples) }

// pointsOfPart is how many samples of each part are kept: the first, the last, the smallest and the greatest.
const pointsOfPart = 4

// Points returns the samples, at most maxPoints (at least 4) of them. It thins them by M4 (Jugel and others, 2014),
// which unlike LTTB and averages loses no peak: it cuts the span into parts of equal length, and keeps the first, the
// last, the smallest and the greatest sample of each.
func (s *MetricSeries) Points(maxPoints int) []MetricPoint {
	if len(s.Samples) <= maxPoints {
		return s.Samples
	}
	parts := max(1, maxPoints/pointsOfPart)
	start := s.Samples[0].At
	width := s.Samples[len(s.Samples)-1].At.Sub(start)/time.Duration(parts) + 1
	points := make([]MetricPoint, 0, parts*pointsOfPart)
	for from := 0; from < len(s.Samples); {
		part := s.Samples[from].At.Sub(start) / width
		to := from + 1
		for to < len(s.Samples) && s.Samples[to].At.Sub(start)/width == part {
			to++
		}
		points = appendExtremes(points, s.Samples[from:to])
		from = to
	}
	return points
}

// appendExtremes appends the first, smallest, greatest and last of some samples, in time order, each once.
func appendExtremes(points, samples []MetricPoint) []MetricPoint {
	least, greatest := 0, 0
	for i, sample := range samples {
		if sample.Value < samples[least].Value {
			least = i
		}
		if sample.Value > samples[greatest].Value {
			greatest = i
		}
	}
	for _, i := range slices.Compact([]int{0, min(least, greatest), max(least, greatest), len(samples) - 1}) {
		points = append(points, samples[i])
	}
	return points
}

// ServerPosition has the place and the use of a server: the latest row of listHostPerformanceData.
type ServerPosition struct {
	Model            *string
	Usage            *string
	RegionCode       *string
	AvailabilityZone *string
	DataCenter       *string
	Room             *string
	Rack             *string
	Slot             *int
	ObservedAt       *time.Time
}
