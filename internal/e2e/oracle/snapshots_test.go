package oracle

import (
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// snapshots are the lists that the questions of the test have caused, by operation.
func (s *site) snapshots() any {
	list := []any{}
	for _, l := range s.lists {
		list = append(list, &thing{"UpstreamSnapshot", map[string]any{
			"operation": l.operation, "parameters": verbatim{l.parameters}, "records": l.rows, "fetchedAt": s.now,
			"state": "FRESH", "freshFor": unknown{}, // up to a tenth less than a setting
			"refreshing": false, "lastError": nil, "lastTriedAt": s.now,
		}})
	}
	return list
}

// heldList is a list that was read whole, with the rows that the upstream has of it.
type heldList struct {
	operation  string
	parameters map[string]any
	rows       int
}

// TestSnapshots asks for lists one by one, and each time which of them are held. The clock stands still.
func TestSnapshots(t *testing.T) {
	c := newChecker(t, kit.NewWorld(t, kit.WorldSettings{Seed: 3, Hosts: 25, Regions: 3, Quota: "off", Clock: at}))
	all := `{ upstream { snapshots ` + c.fields("UpstreamSnapshot") + ` } }`
	c.ask(all, "")
	for _, list := range []struct {
		document string
		heldList
	}{ // in the order of operations
		{`{ devices { totalCount } }`, heldList{"listDeviceAssets", map[string]any{}, len(c.site.devices)}},
		{`{ loadBalancerClusters { totalCount } }`, heldList{"listElbv3Capacity", map[string]any{}, len(c.site.clusters)}},
		{`{ hosts { totalCount } }`, heldList{"listHostDetails", map[string]any{}, len(c.site.hosts)}},
	} {
		c.ask(list.document, "")
		c.site.lists = append(c.site.lists, list.heldList)
		c.ask(all, "")
	}
	kit.Report(t, "oracle snapshots", "%d values of %d queries are what the documents say", c.seen.values, c.asked)
}
