package peers

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/opsgraph/opsgraph/bench/site"
	"github.com/opsgraph/opsgraph/bench/stand"
)

// Documents by which the records are read from the gateway: all fields that the workloads ask for, and what joins them.
const (
	allRegions = `{ regions { code name alarmSummary { active bySeverity { severity count } } } }`
	allHosts   = `{ hosts(first: 200) { edges { cursor node { hostId name serialNumber memoryGib rack availabilityZone
    kernel regionCode processors { model cores threads } virtualMachines(first: 10) { nodes { name } }
    alarms(first: 20) { nodes { csn name severity cleared lastOccurredAt regionCode } } } } } }`
	allServices = `{ cloudServices { type region { code }
    capacity { zone metricType unit total allocated available allocation observedAt }
    alarms(first: 100, filter: {cleared: false}) { nodes { csn name severity cleared lastOccurredAt regionCode } } } }`
	allAlarms = `{ alarms(first: 500) { totalCount nodes { csn name severity cleared lastOccurredAt regionCode } } }`
)

// nodes is a connection as it is read.
type nodes struct {
	TotalCount int
	Nodes      []stand.Fields
}

// Collect reads the records from a gateway into a file.
func Collect(url, path string) error {
	var records stand.Records
	var answer struct {
		Regions       []stand.Fields
		Hosts         struct{ Edges []edge }
		CloudServices []stand.Fields
		Alarms        nodes
	}
	for _, document := range []string{allRegions, allHosts, allServices, allAlarms} {
		data, _, err := site.Data(url, site.Request(document, nil))
		if err != nil {
			return err
		}
		if err := json.Unmarshal(data, &answer); err != nil {
			return fmt.Errorf("records: %w", err)
		}
	}
	records.Regions, records.Alarms, records.AlarmCount = answer.Regions, answer.Alarms.Nodes, answer.Alarms.TotalCount
	for _, e := range answer.Hosts.Edges {
		host := e.Node
		host["cursor"] = quoted(e.Cursor)
		for _, list := range []string{"virtualMachines", "alarms"} {
			if err := unwrap(host, list); err != nil {
				return err
			}
		}
		records.Hosts = append(records.Hosts, host)
	}
	for i, service := range answer.CloudServices {
		var region struct{ Code string }
		if err := json.Unmarshal(service["region"], &region); err != nil {
			return fmt.Errorf("records: %w", err)
		}
		delete(service, "region")
		service["id"], service["regionCode"] = quoted(fmt.Sprintf("service-%d", i)), quoted(region.Code)
		if err := unwrap(service, "alarms"); err != nil {
			return err
		}
		records.Services = append(records.Services, service)
	}
	text, err := json.Marshal(records)
	if err != nil {
		return fmt.Errorf("records: %w", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("records: %w", err)
	}
	return nil
}

// edge is a host with its cursor.
type edge struct {
	Cursor string
	Node   stand.Fields
}

// unwrap replaces a connection by its nodes.
func unwrap(fields stand.Fields, name string) error {
	var connection struct{ Nodes json.RawMessage }
	if err := json.Unmarshal(fields[name], &connection); err != nil {
		return fmt.Errorf("records: %s: %w", name, err)
	}
	fields[name] = connection.Nodes
	return nil
}

// quoted is text as JSON.
func quoted(text string) json.RawMessage {
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err) // text
	}
	return encoded
}
