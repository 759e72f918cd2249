package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/config"
)

func TestNamesAreReadInThreeForms(t *testing.T) {
	want := config.Names{{Code: "14", Name: "CPU"}, {Code: "59", Name: "inbound, bits"}}
	for name, file := range map[string]string{
		"list": "upstream:\n  network_metric_names:\n    - {code: 14, name: CPU}\n    - {code: \"59\", name: \"inbound, bits\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := config.Load(write(t, file), nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Upstream.NetworkMetricNames); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	want[1].Name = "in"
	for name, load := range map[string]func() (config.Config, error){
		"text": func() (config.Config, error) {
			return config.Load(write(t, "upstream:\n  network_metric_names: 14=CPU, 59=in\n"), nil)
		},
		"environment": func() (config.Config, error) {
			return config.Load("", []string{"OPSGRAPH_UPSTREAM_NETWORK_METRIC_NAMES=14=CPU,59=in"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := load()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Upstream.NetworkMetricNames); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(map[string]string{"14": "CPU", "59": "in"}, got.Upstream.NetworkMetricNames.Of()); diff != "" {
				t.Errorf("by code (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNamesFaults(t *testing.T) {
	for value, want := range map[string]string{
		"14": `"14" is not code=name`, "=x": `"=x" is not code=name`, "14=a,14=b": `"14" stands twice`,
	} {
		_, err := config.Load("", []string{"OPSGRAPH_UPSTREAM_NETWORK_METRIC_NAMES=" + value})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", value, err, want)
		}
	}
}

// TestReadingReportsKeepsTheDemo: the switch alone names no system, so the demo still plays all of them.
func TestReadingReportsKeepsTheDemo(t *testing.T) {
	got, err := config.Load("", []string{"OPSGRAPH_GAUSSDB_READ_REPORTS=true"})
	if err != nil || !got.GaussDB.ReadReports || !got.Demo() {
		t.Errorf("read_reports %v, demo %v, error %v", got.GaussDB.ReadReports, got.Demo(), err)
	}
}
