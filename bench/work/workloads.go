// Package work has what servers are asked for, and measures how many answers a second they give.
package work

import (
	"encoding/json"
	"fmt"

	"github.com/opsgraph/opsgraph/bench/site"
)

// Workload is what is asked again and again: one body, or several in turn.
type Workload struct {
	// Name is short, Title what it is for readers.
	Name, Title string
	Bodies      []string
}

// Documents of the workloads. Peers are asked the same ones.
const (
	// Overview is the second query of the README.
	Overview = `{ regions { code name
    hosts(first: 5) { totalCount nodes { hostId name memoryGib processors { model cores }
      virtualMachines(first: 10) { nodes { name } } } }
    cloudServices(types: [ECS_VM, EVS]) { type
      capacity { zone metricType unit total allocated available allocation observedAt }
      alarms(first: 5, filter: {cleared: false}) { totalCount nodes { name severity lastOccurredAt } } }
    alarmSummary { active bySeverity { severity count } } } }`
	// Dashboard has all capacities and 250 alarms.
	Dashboard = `{ cloudServices { type region { code name }
      capacity { zone metricType unit total allocated available allocation observedAt } }
    alarms(first: 250) { totalCount nodes { csn name severity cleared lastOccurredAt region { code } } } }`
	// Hosts is a page of hosts with their alarms.
	Hosts = `query Hosts($first: Int!, $after: String) { hosts(first: $first, after: $after) { totalCount
    nodes { hostId name serialNumber memoryGib rack availabilityZone kernel processors { model cores threads }
      region { code name } alarms(first: 3) { totalCount nodes { csn name severity cleared lastOccurredAt } } } } }`
	// Typename asks for nothing of the upstream.
	Typename = `{ __typename }`
	// Crowd is the page of hosts that costs much; the number of hosts goes into it.
	Crowd = `{ hosts(first: %d) { totalCount nodes { hostId name serialNumber memoryGib rack kernel availabilityZone
    processors { model cores threads } region { code name }
    alarms(first: 20) { totalCount nodes { csn name severity cleared lastOccurredAt } } } } }`
)

// hostPage is the body of one page of hosts. Both variables are always given: not every peer allows that one is not.
func hostPage(first int, after string) string {
	variables := map[string]any{"first": first, "after": nil}
	if after != "" {
		variables["after"] = after
	}
	return site.Request(Hosts, variables)
}

// Variables of the workload with different ones: so many lengths of a page at so many places of the list.
const (
	lengths  = 10
	places   = 16
	stepSize = 9 // hosts between two places: the last page of 50 ends within 200
)

// Workloads are those of the table of rates; url is of a gateway that tells the cursors.
func Workloads(url string) ([]Workload, error) {
	pages, err := Pages(url)
	if err != nil {
		return nil, err
	}
	return []Workload{
		{"overview", "README's second query", []string{site.Request(Overview, nil)}},
		{"dashboard", "capacity and 250 alarms", []string{site.Request(Dashboard, nil)}},
		{"hosts", "50 hosts with alarms", []string{hostPage(50, "")}},
		{"variables", "the same, 160 sets of variables", pages},
		{"typename", "`{ __typename }`", []string{site.Request(Typename, nil)}},
	}, nil
}

// Pages makes the bodies of 160 pages that all differ.
func Pages(url string) ([]string, error) {
	cursors := []string{""}
	for place := 1; place < places; place++ {
		body := site.Request(fmt.Sprintf(`{ hosts(first: %d) { pageInfo { endCursor } } }`, place*stepSize), nil)
		data, _, err := site.Data(url, body)
		if err != nil {
			return nil, err
		}
		var page struct {
			Hosts struct {
				PageInfo struct{ EndCursor string }
			}
		}
		if err := json.Unmarshal(data, &page); err != nil {
			return nil, fmt.Errorf("cursors: %w", err)
		}
		cursors = append(cursors, page.Hosts.PageInfo.EndCursor)
	}
	var bodies []string
	for n := range lengths * places {
		bodies = append(bodies, hostPage(50-n%lengths, cursors[n/lengths]))
	}
	return bodies, nil
}
