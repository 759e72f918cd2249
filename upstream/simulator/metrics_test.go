package simulator_test

import (
	"strconv"
	"testing"
	"time"
)

func TestWhatASampleReachedIsNotBelowItsMean(t *testing.T) {
	u := start(t, nil)
	window := span(noon.Add(-24*time.Hour), noon)
	pairs := 0
	for _, host := range u.all("/v1/host/detail", lastDays(1), 500)[:10] {
		means, peaks := map[string]float64{}, map[string]float64{}
		for _, sample := range u.all("/v1/host/metricdata", with(window, "host_id", host.text("HOST_ID")), 1000) {
			value, err := strconv.ParseFloat(sample.text("value"), 64)
			if err != nil {
				continue // a reading that was not made
			}
			key := sample.text("monitor_item") + sample.text("data_item") + sample.text("time_stamp")
			switch sample.text("operator") {
			case "AVG":
				means[key] = value
			case "MAX":
				peaks[key] = value
			}
		}
		for key, peak := range peaks {
			mean, measured := means[key]
			if !measured {
				continue
			}
			pairs++
			if peak < mean || peak > 100 {
				t.Errorf("%s of host %s reached %v, with a mean of %v", key, host.text("HOST_ID"), peak, mean)
			}
		}
	}
	if pairs < 5000 { // 10 hosts, 288 samples, two metrics, few of them left out
		t.Errorf("%d pairs compared", pairs)
	}
}
