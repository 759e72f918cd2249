package config

import (
	"slices"
	"strings"
)

// Metrics says what metrics tell apart.
type Metrics struct {
	Clients []string `yaml:"clients" env:"OPSGRAPH_METRICS_CLIENTS" doc:"Clients that metrics tell apart by the name and version that they give themselves (apollographql-client-name, graphql-client-name, and -version), each as name or name@version; all others are other. 100 at most."`
}

// mostClients bounds the series of clients, longestClient the name and version of one, in bytes.
const (
	mostClients   = 100
	longestClient = 100
)

func (c Config) checkMetrics(faults *faults) {
	if len(c.Metrics.Clients) > mostClients {
		faults.add("metrics.clients", "has %d clients, %d are the most", len(c.Metrics.Clients), mostClients)
	}
	for _, client := range c.Metrics.Clients {
		name, version, has := strings.Cut(client, "@")
		taken := slices.Contains([]string{"other", "none"}, name) || slices.Contains([]string{"other", "none"}, version)
		if name == "" || has && version == "" || taken || len(client) > longestClient {
			faults.add("metrics.clients", "%q is not name or name@version, other than the words other and none", client)
		}
	}
}
