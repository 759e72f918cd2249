package config

import (
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Tracing is how traces are made and where they are sent.
type Tracing struct {
	Endpoint      URL           `yaml:"endpoint" env:"OPSGRAPH_TRACING_ENDPOINT" doc:"Receiver of traces: OTLP over HTTP with protobuf, such as http://127.0.0.1:4318; without a path /v1/traces is asked. Empty: no traces."`
	Headers       Secret        `yaml:"headers" env:"OPSGRAPH_TRACING_HEADERS" doc:"Headers that the receiver wants, name=value,…: values are written as in a URL, a comma by its percent code."`
	CAFile        string        `yaml:"ca_file" env:"OPSGRAPH_TRACING_CA_FILE" doc:"Certificates of the authority that signs the receiver's, PEM; read at the start alone. Empty: those that the system trusts."`
	Ratio         float64       `yaml:"ratio" env:"OPSGRAPH_TRACING_RATIO" zero:"ok" max:"1" doc:"Part of the requests that are traced, of those whose callers have not decided it."`
	FollowCallers bool          `yaml:"follow_callers" env:"OPSGRAPH_TRACING_FOLLOW_CALLERS" doc:"Goes on with the trace that a request names in traceparent, and traces it if its caller does; false: each request has a trace of its own, linked to the caller's, and tracing.ratio alone decides."`
	Upstreams     bool          `yaml:"upstreams" env:"OPSGRAPH_TRACING_UPSTREAMS" doc:"Sends traceparent to the upstream systems, so that their traces go on with ours; false: they are sent nothing of it."`
	ServiceName   string        `yaml:"service_name" env:"OPSGRAPH_TRACING_SERVICE_NAME" doc:"Name of the gateway in its traces (service.name), 64 characters at most."`
	Timeout       time.Duration `yaml:"timeout" env:"OPSGRAPH_TRACING_TIMEOUT" doc:"Longest time of one export, with its repeats. No request waits for it."`
	Queue         int           `yaml:"queue" env:"OPSGRAPH_TRACING_QUEUE" max:"65536" doc:"Spans that may wait while a batch of 512 at most is sent; more are dropped and counted."`
}

// longestServiceName bounds the name of the gateway in its traces.
const longestServiceName = 64

// HeaderValues are the headers of an export; ok is false where they cannot be read.
func (t Tracing) HeaderValues() (header http.Header, ok bool) {
	header = http.Header{}
	for entry := range strings.SplitSeq(t.Headers.Reveal(), ",") {
		if strings.TrimSpace(entry) == "" {
			continue
		}
		name, value, found := strings.Cut(entry, "=")
		name = strings.TrimSpace(name)
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if !found || err != nil || !isHeaderName(name) || strings.ContainsFunc(value, isControl) {
			return nil, false
		}
		header.Add(name, value)
	}
	return header, true
}

// isControl reports whether a header cannot hold a character.
func isControl(r rune) bool { return r < ' ' || r > '~' }

// isHeaderName reports whether a name may be set: a token that is not what the export sets itself.
func isHeaderName(name string) bool {
	own := []string{"Content-Type", "Content-Length", "Content-Encoding", "Host", "Transfer-Encoding", "Connection"}
	return name != "" && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-_") == "" &&
		!slices.Contains(own, textproto.CanonicalMIMEHeaderKey(name))
}

func (c Config) checkTracing(faults *faults) {
	t := c.Tracing
	if fault := checkBaseURL(t.Endpoint); t.Endpoint != "" && fault != "" {
		faults.add("tracing.endpoint", "%s", fault)
	}
	if _, ok := t.HeaderValues(); !ok {
		faults.add("tracing.headers", "is not name=value,… of headers that may be set")
	}
	if t.CAFile != "" && !strings.HasPrefix(t.Endpoint.Reveal(), "https://") {
		faults.add("tracing.ca_file", "needs a receiver that is asked by https: %s", names("tracing.endpoint"))
	}
	if t.Headers != "" && t.Endpoint == "" {
		faults.add("tracing.headers", "needs %s", names("tracing.endpoint"))
	}
	if length := len(t.ServiceName); length == 0 || length > longestServiceName ||
		strings.ContainsFunc(t.ServiceName, isControl) {
		faults.add("tracing.service_name", "has no form that can be shown: 1 to %d plain characters", longestServiceName)
	}
}
