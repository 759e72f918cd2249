package model_test

import (
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
)

func TestNetworkMetricCodes(t *testing.T) {
	for _, code := range []string{"59", "60", "14", "18", "101", "102", "61", "52"} {
		if metric := model.NetworkMetricOf(code); metric == nil || metric.Code() != code {
			t.Errorf("code %s became %v", code, metric)
		}
	}
	if len(model.AllNetworkMetric) != 8 {
		t.Errorf("%d metrics, want the 8 documented ones", len(model.AllNetworkMetric))
	}
	for _, code := range []string{"", "7", "CODE_14", "014"} {
		if metric := model.NetworkMetricOf(code); metric != nil {
			t.Errorf("code %q became %v", code, *metric)
		}
	}
}
