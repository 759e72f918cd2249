package model_test

import (
	"math"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
)

// TestFound_A1_SeriesWithin: the end is excluded, the figures are of what is left, and a series of which nothing was
// sent in the span is none of it.
func TestFound_A1_SeriesWithin(t *testing.T) {
	series := model.NewMetricSeries(model.MetricSeries{Name: "cpu"}, []model.MetricPoint{
		{At: at(0), Value: 1}, {At: at(60), Value: 9}, {At: at(120), Value: 4}, {At: at(180), Value: math.NaN()},
	})
	cut := series.Within(at(0), at(120))
	if cut.Count() != 2 || *cut.Max != 9 || *cut.Last != 9 || *cut.Avg != 5 || !cut.LastAt.Equal(at(60)) {
		t.Errorf("of two samples: %+v", cut)
	}
	if series.Count() != 3 || *series.Last != 4 {
		t.Errorf("cutting changes the series: %+v", series)
	}
	if len(cut.Points(4)) != 2 {
		t.Errorf("points beyond the end: %v", cut.Points(4))
	}
	for _, test := range []struct {
		from, to time.Time
		count    int // -1: no series
	}{
		{at(0), at(121), 3},
		{at(1), at(60), -1},
		{at(1), at(61), 1},
		{at(200), at(300), -1},
		{at(-9), at(0), -1},
		{at(150), at(200), 0}, // the sample without a value
	} {
		got := -1
		if cut := series.Within(test.from, test.to); cut != nil {
			got = cut.Count()
		}
		if got != test.count {
			t.Errorf("from %v to %v: %d samples, want %d", test.from, test.to, got, test.count)
		}
	}
}

func TestFound_C15_AllocatedShare(t *testing.T) {
	tiny := math.SmallestNonzeroFloat64
	for _, test := range []struct{ allocated, available, want float64 }{
		{1e308, 1e308, 0.5},
		{math.MaxFloat64, 0, 1},
		{0, math.MaxFloat64, 0},
		{1.5e308, 0.5e308, 0.75},
		{tiny, 0, 1},
		{0, 0, -1},
		{-1, 2, -1},
		{2, -1, -1},
	} {
		got := -1.0
		if share := model.AllocatedShare(&test.allocated, &test.available); share != nil {
			got = *share
		}
		if got != test.want {
			t.Errorf("%v of %v: %v, want %v", test.allocated, test.available, got, test.want)
		}
	}
}

func TestFound_C15_SumsBeyondAFloatAreNull(t *testing.T) {
	var sum model.CapacitySum
	for _, total := range []float64{math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64} {
		sum.Add(&model.ServiceCapacity{Quantities: model.Quantities{Total: &total, Used: new(1.0)}})
	}
	if !sum.Close() || sum.Total != nil || *sum.Used != 3 {
		t.Errorf("total %v, used %v", sum.Total, sum.Used)
	}
	if sum.Close() {
		t.Error("a sum is too large twice")
	}
}
