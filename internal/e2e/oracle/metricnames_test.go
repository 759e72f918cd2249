package oracle

import (
	"cmp"
	"encoding/json"
	"os"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// metricKind is where a kind of metrics is read, how a row names one, and the example that the documents give.
type metricKind struct {
	name, path, example string
	read                func(r row) (key, name string, unit any)
}

func metricKinds() []metricKind {
	return []metricKind{
		{"HOST", "/v1/host/metricdata", "listHostMetricData", func(r row) (string, string, any) {
			parts := []string{word(r["monitor_item"]), word(r["data_item"]), word(r["operator"])}
			return strings.ToLower(strings.Join(parts, ".")), word(r["metrics_name"]), unitOf(r["unit"])
		}},
		{"BOARD", "/v1/host/performancedata", "listHostPerformanceData", func(r row) (string, string, any) {
			for _, ranked := range rankedBy { // the name says the unit
				if ranked[0] == word(r["metric"]) {
					return ranked[0], ranked[0], ranked[1]
				}
			}
			return word(r["metric"]), word(r["metric"]), nil
		}},
		{"VIRTUAL_MACHINE", "/v1/ecs/performance", "listEcsPerformance", func(r row) (string, string, any) {
			return word(r["METRIC_NAME"]), word(r["METRIC_NAME"]), unitOf(r["METRIC_UNIT"])
		}},
		{"NETWORK_DEVICE", "/v1/network-device/metric-data", "", func(r row) (string, string, any) {
			return word(r["metric"]), word(r["metric"]), nil
		}},
	}
}

// documentedRows are the rows of a document's example; of network devices the codes that the document lists.
func (s *site) documentedRows(kind metricKind) []row {
	if kind.example == "" {
		var rows []row
		for _, code := range []string{"59", "60", "14", "18", "101", "102", "61", "52"} {
			rows = append(rows, row{"metric": code})
		}
		return rows
	}
	var answer struct{ List []row }
	text, err := os.ReadFile(kit.ModuleRoot + "/upstream/simulator/reference/examples/" + kind.example + ".json")
	if err == nil {
		err = json.Unmarshal(text, &answer)
	}
	if err != nil || len(answer.List) == 0 {
		s.up.tb.Fatalf("%s: %d rows, %v", kind.example, len(answer.List), err)
	}
	return answer.List
}

// metricNames are the documents' metrics and those of the rows that questions before this one were about.
func (s *site) metricNames(a arguments) any {
	list := []any{}
	for _, kind := range metricKinds() {
		if wanted := a.text("kind"); wanted != "" && wanted != kind.name {
			continue
		}
		metrics := map[string]map[string]any{}
		note := func(rows []row, how string) {
			for _, r := range rows {
				key, name, unit := kind.read(r)
				if metrics[key] == nil {
					metrics[key] = map[string]any{
						"kind": kind.name, "key": key, "name": name, "unit": unit, "documented": false, "seen": false, "description": nil,
					}
				}
				metrics[key][how] = true
			}
		}
		note(s.documentedRows(kind), "documented")
		for path, rows := range s.samples {
			if strings.HasPrefix(path, kind.path) {
				note(rows, "seen")
			}
		}
		keys := slices.SortedFunc(slices.Values(sortedKeys(metrics)), func(a, b string) int {
			left, right := strings.ToLower(a), strings.ToLower(b)
			if kind.name == "NETWORK_DEVICE" {
				return cmp.Or(cmp.Compare(len(left), len(right)), strings.Compare(left, right))
			}
			return strings.Compare(left, right)
		})
		for _, key := range keys {
			if kind.name != "NETWORK_DEVICE" && metrics[key]["documented"] == true || kind.name == "BOARD" {
				metrics[key]["description"] = unknown{} // in the gateway's own words
			}
			list = append(list, &thing{"MetricName", metrics[key]})
		}
	}
	return list
}

// metricNames asks for all names, and for those of each kind.
func (c *checker) metricNames() {
	c.ask(`{ metricNames `+c.fields("MetricName")+` }`, "")
	for _, kind := range metricKinds() {
		c.ask(`{ metricNames(kind: `+kind.name+`) { key seen } }`, "")
	}
}
