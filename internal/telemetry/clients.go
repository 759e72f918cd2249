package telemetry

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	// clientOther stands for every name and version that is not configured, clientNone for none.
	clientOther = "other"
	clientNone  = "none"
)

// clients are the requests by client. Callers may send any name: those that are configured are told apart, all others
// are one, so that nobody makes the number of series grow.
type clients struct {
	requests *prometheus.CounterVec
	known    map[string]map[string]bool // versions by name
	hot      children[[2]string, prometheus.Counter]
}

// Clients has clients told apart that a list names, each as name or as name@version. It is called before the first
// request; without it every name counts as other.
func (m *Metrics) Clients(list []string) {
	if m == nil {
		return
	}
	m.clients.known = map[string]map[string]bool{}
	for _, entry := range list {
		name, version, has := strings.Cut(entry, "@")
		if m.clients.known[name] == nil {
			m.clients.known[name] = map[string]bool{}
		}
		if has {
			m.clients.known[name][version] = true
		}
	}
}

// addClients makes the metric of clients.
func (m *Metrics) addClients() {
	m.clients.requests = m.counter("opsgraph_client_requests_total",
		"Admitted requests and WebSockets by the name and version that the client gives itself: those of metrics.clients, "+
			"other, or none.", "client", "version")
	m.clients.hot.of = func(l [2]string) prometheus.Counter {
		return m.clients.requests.WithLabelValues(l[0], l[1])
	}
}

// ClientRequest notes a request of a client that gives itself a name and a version; either may be empty.
func (m *Metrics) ClientRequest(name, version string) {
	if m == nil {
		return
	}
	versions, known := m.clients.known[name]
	switch {
	case name == "":
		name, version = clientNone, clientNone
	case !known:
		name, version = clientOther, clientOther
	case version == "":
		version = clientNone
	case !versions[version]:
		version = clientOther
	}
	m.clients.hot.find([2]string{name, version}).Inc()
}
