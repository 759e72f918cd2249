// Package top shows what gateways do now, from what they tell at the operators' address: /metrics and /readyz. It knows
// the names of metrics and nothing of the gateway itself.
package top

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Sample is what one replica told at one moment.
type Sample struct {
	// At is when it was asked.
	At time.Time
	// State is that of /readyz: ready, degraded or draining; Version that which runs.
	State   string
	Version string
	// Reasons are those of /readyz.
	Reasons []string

	families map[string]*dto.MetricFamily
}

const (
	// mostMetrics and mostState bound what is read of one answer, in bytes.
	mostMetrics = 16 << 20
	mostState   = 1 << 20
)

var errStatus = errors.New("answered with another status")

// Scrape asks a replica by the address of its operators, such as http://127.0.0.1:8081.
func Scrape(ctx context.Context, client *http.Client, address string, now time.Time) (*Sample, error) {
	s := &Sample{At: now}
	states := []int{http.StatusOK, http.StatusServiceUnavailable}
	err := get(ctx, client, address+"/readyz", states, func(r io.Reader) error {
		var told struct {
			Status  string   `json:"status"`
			Version string   `json:"version"`
			Reasons []string `json:"reasons"`
		}
		if err := json.NewDecoder(io.LimitReader(r, mostState)).Decode(&told); err != nil {
			return fmt.Errorf("state of a replica: %w", err)
		}
		s.State, s.Version, s.Reasons = told.Status, told.Version, told.Reasons
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = get(ctx, client, address+"/metrics", []int{http.StatusOK}, func(r io.Reader) error {
		parser := expfmt.NewTextParser(model.UTF8Validation)
		var err error
		if s.families, err = parser.TextToMetricFamilies(io.LimitReader(r, mostMetrics)); err != nil {
			return fmt.Errorf("metrics of a replica: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// get reads the answer at an address, which must have one of the statuses.
func get(ctx context.Context, client *http.Client, address string, statuses []int, read func(io.Reader) error) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask a replica: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("ask a replica: %w", err)
	}
	defer response.Body.Close()
	if slices.Contains(statuses, response.StatusCode) {
		return read(response.Body)
	}
	return fmt.Errorf("%s: %w: %d", address, errStatus, response.StatusCode)
}

// series are the values of a metric that fit labels: a label that is not named may have any value.
func (s *Sample) series(name string, labels map[string]string, visit func(labels map[string]string, m *dto.Metric)) {
	family := s.families[name]
	for _, m := range family.GetMetric() {
		have := make(map[string]string, len(m.GetLabel()))
		for _, pair := range m.GetLabel() {
			have[pair.GetName()] = pair.GetValue()
		}
		fits := true
		for label, want := range labels {
			fits = fits && have[label] == want
		}
		if fits {
			visit(have, m)
		}
	}
}

// sum adds up the counters and gauges that fit; told is false where there are none.
func (s *Sample) sum(name string, labels map[string]string) (sum float64, told bool) {
	s.series(name, labels, func(_ map[string]string, m *dto.Metric) {
		sum += valueOf(m)
		told = true
	})
	return sum, told
}

// by adds them up by one label.
func (s *Sample) by(name, label string) map[string]float64 {
	sums := map[string]float64{}
	s.series(name, nil, func(have map[string]string, m *dto.Metric) { sums[have[label]] += valueOf(m) })
	return sums
}

func valueOf(m *dto.Metric) float64 {
	switch {
	case m.Counter != nil:
		return m.Counter.GetValue()
	case m.Gauge != nil:
		return m.Gauge.GetValue()
	default:
		return m.Untyped.GetValue()
	}
}

// buckets are the counts of a histogram by upper bound, all fitting series together.
func (s *Sample) buckets(name string, labels map[string]string) map[float64]float64 {
	counts := map[float64]float64{}
	s.series(name, labels, func(_ map[string]string, m *dto.Metric) {
		for _, bucket := range m.GetHistogram().GetBucket() {
			counts[bucket.GetUpperBound()] += float64(bucket.GetCumulativeCount())
		}
	})
	return counts
}
