package metrics

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// What is remembered of names, as the schema says.
const (
	namedTenants = 256
	mostNamed    = 200
	longestName  = 128
)

// Names knows what metrics are called: by the documents, and of each tenant by the answers that this process has read.
// It is safe for concurrent use.
type Names struct {
	network map[string]string

	mu   sync.Mutex
	seen dataset.ByScope[map[model.MetricKind]map[string]named] // by key in lower case
}

// named is a metric as an answer names it. Unit is empty where it has none.
type named struct{ key, name, unit string }

func newNames(cfg dataset.Config) (*Names, error) {
	seen, err := dataset.NewByScope[map[model.MetricKind]map[string]named](namedTenants)
	if err != nil {
		return nil, fmt.Errorf("memory of metric names: %w", err)
	}
	return &Names{network: cfg.NetworkMetricNames, seen: seen}, nil
}

// note remembers metrics of one kind that an answer to a tenant names. Which of several names or units of one key is
// kept depends on no order: the first by the alphabet.
func (n *Names) note(scope string, kind model.MetricKind, all []named) {
	if len(all) == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	kinds, known := n.seen.Value(scope)
	if !known {
		kinds = map[model.MetricKind]map[string]named{}
		n.seen.Put(scope, kinds)
	}
	if kinds[kind] == nil {
		kinds[kind] = map[string]named{}
	}
	for _, one := range all {
		if one.key == "" || max(len(one.key), len(one.name), len(one.unit)) > longestName {
			continue
		}
		folded := strings.ToLower(one.key)
		before, known := kinds[kind][folded]
		switch {
		case known:
			one = named{min(before.key, one.key), min(before.name, one.name), firstUnit(before.unit, one.unit)}
		case len(kinds[kind]) >= mostNamed:
			continue
		}
		kinds[kind][folded] = one
	}
}

// firstUnit is the first of two units by the alphabet; an empty one is none.
func firstUnit(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return min(a, b)
}

// List holds the metrics that the documents name and those of answers to a tenant, of one kind or, when nil, of all: by
// kind and key, codes as numbers.
func (n *Names) List(scope string, kind *model.MetricKind) []*model.MetricName {
	list := []*model.MetricName{}
	n.mu.Lock()
	defer n.mu.Unlock()
	kinds, _ := n.seen.Value(scope)
	for _, of := range model.AllMetricKind {
		if kind != nil && *kind != of {
			continue
		}
		byKey := map[string]*model.MetricName{}
		for _, metric := range documentedNames(of) {
			byKey[strings.ToLower(metric.Key)] = metric
		}
		for folded, one := range kinds[of] {
			metric := byKey[folded]
			if metric == nil {
				metric = &model.MetricName{Kind: of}
				byKey[folded] = metric
			}
			metric.Key, metric.Name, metric.Seen = one.key, one.name, true
			metric.Unit = cmp.Or(dataset.SomeOrNil(one.unit), metric.Unit)
		}
		for _, metric := range byKey {
			n.explain(metric)
		}
		list = append(list, slices.SortedFunc(maps.Values(byKey), metricOrder)...)
	}
	return list
}

// metricOrder is by key, of network devices by code as a number.
func metricOrder(a, b *model.MetricName) int {
	if a.Kind == model.MetricKindNetworkDevice {
		return strings.Compare(codeKey(a.Key), codeKey(b.Key))
	}
	return strings.Compare(strings.ToLower(a.Key), strings.ToLower(b.Key))
}

// documentedNames are the metrics of a kind that the upstream's documents name: in lists of codes, or in the examples.
func documentedNames(kind model.MetricKind) []*model.MetricName {
	percent := "%"
	switch kind {
	case model.MetricKindHost:
		return []*model.MetricName{{Kind: kind, Key: "memory.usage.avg", Name: "Memory", Unit: &percent, Documented: true}}
	case model.MetricKindBoard:
		name := model.HostUtilizationMetricCPU.BoardName()
		return []*model.MetricName{{Kind: kind, Key: name, Name: name, Documented: true}}
	case model.MetricKindVirtualMachine:
		return []*model.MetricName{{Kind: kind, Key: "cpu_usage", Name: "cpu_usage", Unit: &percent, Documented: true}}
	case model.MetricKindNetworkDevice:
		var codes []*model.MetricName
		for _, metric := range model.AllNetworkMetric {
			codes = append(codes, &model.MetricName{Kind: kind, Key: metric.Code(), Name: metric.Code(), Documented: true})
		}
		return codes
	default:
		return nil
	}
}

// explain adds to a metric what is known of its name: what it measures, the unit that boards have in it, and what a
// code is configured to be called.
func (n *Names) explain(metric *model.MetricName) {
	says := func(description string) { metric.Description = &description }
	switch metric.Kind {
	case model.MetricKindHost:
		if strings.EqualFold(metric.Key, "memory.usage.avg") {
			says("Use of the memory, mean of the time of a sample.")
		}
	case model.MetricKindVirtualMachine:
		if strings.EqualFold(metric.Key, "cpu_usage") {
			says("Use of the processors.")
		}
	case model.MetricKindBoard:
		if i := rankedAt(metric.Key); i >= 0 {
			ranked := model.AllHostUtilizationMetric[i]
			says(boardMeasures(ranked))
			metric.Unit = dataset.SomeOrNil(ranked.Unit())
		}
	case model.MetricKindNetworkDevice:
		metric.Name = cmp.Or(n.network[metric.Key], metric.Name)
	}
}

// boardMeasures is what a metric of boards measures, as its name says.
func boardMeasures(metric model.HostUtilizationMetric) string {
	switch metric {
	case model.HostUtilizationMetricCPU:
		return "Use of the processors."
	case model.HostUtilizationMetricMemory:
		return "Use of the memory."
	case model.HostUtilizationMetricPower:
		return "Power that is drawn."
	case model.HostUtilizationMetricInletTemperature:
		return "Temperature of the air that comes in."
	default:
		return ""
	}
}
