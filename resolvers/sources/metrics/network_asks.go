package metrics

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the metrics of network devices, of pages with so many rows. devices is how many there are;
// -1 when not known.
func (n *Network) Asks(pageRows int, devices func(asks.Question) int) asks.Operation {
	return asks.Operation{PageRows: pageRows, Arguments: n.ask, Parent: func(q asks.Question) asks.Answer {
		span, err := n.OneDevice.Window(q.Arguments.Within("range"), q.Now)
		if err != nil || span.Empty() || q.Arguments.NamesNone("metrics") {
			return asks.Answer{}
		}
		keys := asks.NewKeys("of devices "+asks.SpanPart(span.From, span.To), "")
		keys.Calls, keys.Expected = q.CallsOfSpan(span.From, span.To)
		keys.Ceiling = devices(q)
		return keys.OfParents(q)
	}}
}

func (n *Network) ask(q asks.Question) asks.Answer {
	key := NetworkKey{Address: q.Arguments.Text("managementIp")}
	limit := n.AllDevices
	if key.Address != "" {
		limit = n.OneDevice
	}
	if metric := q.Arguments.Text("metric"); metric != "" {
		key.Metric = model.NetworkMetric(metric).Code()
	}
	var err error
	if key.Span, err = limit.Window(q.Arguments.Within("range"), q.Now); err != nil || key.Empty() {
		return asks.Answer{}
	}
	list := asks.List{
		Part:       asks.SpanPart(key.From, key.To) + " " + key.Address + " " + key.Metric,
		Parameters: asks.SpanParameters(key.From, key.To), Certain: q.Certain,
	}
	for name, value := range map[string]string{"management_ip": key.Address, "metric": key.Metric} {
		if value != "" {
			list.Parameters[name] = value
		}
	}
	if q.Minutes > 0 {
		list.Pages, _ = q.CallsOfSpan(key.From, key.To)
	}
	_, list.Sight = n.Windows.Look(q.Scope, key)
	return list.Answer()
}
