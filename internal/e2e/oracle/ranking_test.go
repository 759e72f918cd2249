package oracle

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// rankedBy are the board's words for what hosts are ranked by, and the units that these say.
var rankedBy = map[string][2]string{
	"CPU": {"CPUUsagePercent", "%"}, "MEMORY": {"MemoryUsagePercent", "%"}, "POWER": {"PowerConsumedWatts", "W"},
	"INLET_TEMPERATURE": {"InletTemperatureCelsius", "°C"},
}

// busiestHosts ranks the hosts by the samples of all servers of the last hour and the minute by which the upstream may
// lag, from a whole minute on.
func (s *site) busiestHosts(a arguments) any {
	metric, length := rankedBy[a.text("metric")], time.Hour+time.Minute
	from := s.now.Truncate(time.Minute).Add(time.Minute).Add(-length)
	if s.now.Equal(s.now.Truncate(time.Minute)) {
		from = s.now.Add(-length)
	}
	ofServer := map[string][]row{}
	for _, r := range s.samplesOf("/v1/host/performancedata", from, s.now) {
		if word(r["metric"]) == metric[0] {
			ofServer[word(r["sn"])] = append(ofServer[word(r["sn"])], r)
		}
	}
	var ranked []*thing
	var oldest any
	leftOut := 0
	for _, i := range kept(s.hosts, hostAccepts(a.object("filter"))) {
		serial, _ := i.node.fields["serialNumber"].(string)
		all := gather(ofServer[serial], from, s.now.Add(time.Minute), func(r row) (series, any, any) {
			return series{name: metric[0], key: metric[0]}, serverTime(r), number(r["Value"])
		})
		if serial == "" || len(all) == 0 || len(all[0].samples) == 0 {
			leftOut++
			continue
		}
		of := all[0].thing().fields
		value := of[map[string]string{"LATEST": "last", "AVERAGE": "avg", "PEAK": "max"}[a.text("by")]]
		if order(oldest, of["lastAt"], false) > 0 {
			oldest = of["lastAt"]
		}
		ranked = append(ranked, &thing{"HostUtilization", map[string]any{
			"host": i.node, "value": value, "unit": metric[1], "observedAt": of["lastAt"], "samples": len(all[0].samples),
		}})
	}
	slices.SortFunc(ranked, func(a, b *thing) int {
		return cmp.Or(cmp.Compare(float(b.fields["value"]), float(a.fields["value"])),
			strings.Compare(a.fields["host"].(*thing).fields["hostId"].(string), b.fields["host"].(*thing).fields["hostId"].(string)))
	})
	for i, one := range ranked {
		one.fields["rank"] = i + 1
	}
	first, _ := a.count("first")
	return &thing{"HostRanking", map[string]any{
		"hosts": anyList(ranked[:min(first, len(ranked))]), "ranked": len(ranked), "leftOut": leftOut,
		"window": "PT1H1M", "oldestObservedAt": oldest,
	}}
}

func float(v any) float64 {
	if sum, ok := v.(about); ok {
		return float64(sum)
	}
	return v.(float64)
}

// rankings asks for all rankings, and for those of some hosts.
func (c *checker) rankings() {
	for _, metric := range sortedKeys(rankedBy) {
		for _, by := range []string{"LATEST", "AVERAGE", "PEAK"} {
			c.ask(`{ busiestHosts(metric: `+metric+`, by: `+by+`, first: 500) { ranked leftOut window oldestObservedAt
				hosts { rank value unit observedAt samples host { hostId name } } } }`, "")
		}
	}
	c.ask(`{ busiestHosts { ranked hosts { rank host { id } } } }`, "")
	for _, filter := range c.filters("HostFilter", c.site.hosts, map[string]string{
		"regions": "regionCode", "clusters": "cluster", "racks": "rack", "serialNumbers": "serialNumber", "textContains": "name",
	}) {
		c.ask(`{ busiestHosts(filter: `+filter+`, first: 3) { ranked leftOut oldestObservedAt hosts { rank value host { hostId } } } }`,
			"")
	}
}
