package model_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
)

func at(second int) time.Time { return time.Unix(1726819200+int64(second), 0).UTC() }

func TestNewMetricSeriesOrdersAndSums(t *testing.T) {
	series := model.NewMetricSeries(model.MetricSeries{Name: "cpu_usage"}, []model.MetricPoint{
		{At: at(120), Value: 88}, {At: at(0), Value: 10}, {At: at(60), Value: 1}, {At: at(60), Value: 12},
	})
	want := []model.MetricPoint{{At: at(0), Value: 10}, {At: at(60), Value: 12}, {At: at(120), Value: 88}}
	if diff := cmp.Diff(want, series.Samples); diff != "" {
		t.Errorf("samples (-want +got):\n%s", diff)
	}
	if series.Count() != 3 || *series.Min != 10 || *series.Max != 88 || *series.Last != 88 ||
		!series.LastAt.Equal(at(120)) {
		t.Errorf("figures: count %d min %v max %v last %v at %v", series.Count(), *series.Min, *series.Max, *series.Last,
			series.LastAt)
	}
	if math.Abs(*series.Avg-110.0/3) > 1e-9 {
		t.Errorf("avg = %v, want %v", *series.Avg, 110.0/3)
	}
}

func TestNewMetricSeriesKnowsNothingOfNothing(t *testing.T) {
	series := model.NewMetricSeries(model.MetricSeries{Name: "empty"}, nil)
	if series.Min != nil || series.Max != nil || series.Avg != nil || series.Last != nil || series.LastAt != nil {
		t.Errorf("figures of no sample: %+v", series)
	}
	if got := series.Points(4); len(got) != 0 {
		t.Errorf("points of no sample: %v", got)
	}
}

func TestAverageOfHugeValuesStaysFinite(t *testing.T) {
	series := model.NewMetricSeries(model.MetricSeries{}, []model.MetricPoint{
		{At: at(0), Value: math.MaxFloat64}, {At: at(1), Value: math.MaxFloat64}, {At: at(2), Value: -math.MaxFloat64},
	})
	if math.IsInf(*series.Avg, 0) || math.IsNaN(*series.Avg) {
		t.Errorf("avg = %v", *series.Avg)
	}
}

// For any samples and number of points: never more points, each a sample, in time order, with the first, the last, the
// smallest and the greatest of all samples.
func TestPointsKeepPeaks(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		samples := make([]model.MetricPoint, 1+dice.IntN(3000))
		second := 0
		for i := range samples {
			second += 1 + dice.IntN(1+dice.IntN(5000))
			samples[i] = model.MetricPoint{At: at(second), Value: 40 + dice.Float64()}
		}
		samples[dice.IntN(len(samples))].Value = 99
		samples[dice.IntN(len(samples))].Value = -1
		series := model.NewMetricSeries(model.MetricSeries{}, slices.Clone(samples))
		most := 4 + dice.IntN(400)
		points := series.Points(most)
		if len(points) > most {
			t.Fatalf("%d points of %d samples, asked for %d at most", len(points), len(samples), most)
		}
		if len(samples) <= most && len(points) != len(samples) {
			t.Fatalf("%d points of %d samples that fit into %d", len(points), len(samples), most)
		}
		next := 0
		for _, point := range points {
			found := slices.Index(samples[next:], point)
			if found < 0 {
				t.Fatalf("point %v is no sample after the last one", point)
			}
			next += found + 1
		}
		if points[0] != samples[0] || points[len(points)-1] != samples[len(samples)-1] {
			t.Fatal("the first or the last sample is lost")
		}
		thinned := model.NewMetricSeries(model.MetricSeries{}, slices.Clone(points))
		if *thinned.Min != *series.Min || *thinned.Max != *series.Max {
			t.Fatalf("peaks lost: %v to %v of %v to %v", *thinned.Min, *thinned.Max, *series.Min, *series.Max)
		}
	}
}

func TestPointsKeepThePeakOfEveryPart(t *testing.T) {
	samples := make([]model.MetricPoint, 1000)
	for i := range samples {
		samples[i] = model.MetricPoint{At: at(i), Value: 1}
	}
	for peak := 50; peak < 1000; peak += 100 {
		samples[peak].Value = 100
	}
	peaks := 0
	for _, point := range model.NewMetricSeries(model.MetricSeries{}, samples).Points(40) {
		if point.Value == 100 {
			peaks++
		}
	}
	if peaks != 10 {
		t.Errorf("%d of 10 peaks survive in 40 points", peaks)
	}
}

func BenchmarkPoints(b *testing.B) {
	samples := make([]model.MetricPoint, 4320) // three days of minutes
	for i := range samples {
		samples[i] = model.MetricPoint{At: at(60 * i), Value: float64(i % 97)}
	}
	series := model.NewMetricSeries(model.MetricSeries{}, samples)
	for b.Loop() {
		series.Points(300)
	}
}
