package tracing

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

const (
	parentTrace     = "4bf92f3577b34da6a3ce929d0e0e4736"
	parentSpan      = "00f067aa0ba902b7"
	sampledParent   = "00-" + parentTrace + "-" + parentSpan + "-01"
	unsampledParent = "00-" + parentTrace + "-" + parentSpan + "-00"
	countHosts      = `{ hosts(first: 2) { totalCount } }`
)

// TestContext_callers: a request goes on with the trace that its caller names, and is traced if that is. What is no
// trace is as if it had not come.
func TestContext_callers(t *testing.T) {
	t.Parallel()
	own := func(s *span) bool { return s.parent == "" && s.trace != parentTrace }
	theirs := func(s *span) bool { return s.parent == parentSpan && s.trace == parentTrace }
	tests := map[string]struct {
		environ []string
		header  []string // traceparent
		want    func(root *span) bool
	}{
		"sampled by the caller":       {[]string{"OPSGRAPH_TRACING_RATIO=0"}, []string{sampledParent}, theirs},
		"not sampled by the caller":   {nil, []string{unsampledParent}, nil},
		"neither by caller nor ratio": {[]string{"OPSGRAPH_TRACING_RATIO=0"}, nil, nil},
		"by the ratio":                {nil, nil, own},
		"no version":                  {nil, []string{"x" + sampledParent[1:]}, own},
		"no trace":                    {nil, []string{"00-00000000000000000000000000000000-" + parentSpan + "-01"}, own},
		"cut":                         {nil, []string{sampledParent[:40]}, own},
		"two parents":                 {nil, []string{sampledParent, sampledParent}, own},
		"not followed, sampled":       {[]string{"OPSGRAPH_TRACING_FOLLOW_CALLERS=false"}, []string{unsampledParent}, own},
		"not followed, ratio says none": {
			[]string{"OPSGRAPH_TRACING_FOLLOW_CALLERS=false", "OPSGRAPH_TRACING_RATIO=0"}, []string{sampledParent}, nil,
		},
	}
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 2, Regions: 2})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := receive(t)
			r := w.StartGateway(t, "", c.environ(test.environ...)...)
			ask(t, r, countHosts, http.Header{"Traceparent": test.header})
			r.Close()
			all := c.all()
			if test.want == nil {
				if len(all) > 0 {
					t.Errorf("it sends %v", namesOf(all))
				}
				return
			}
			root := tree(all).one(t, request)
			if !test.want(root) {
				t.Errorf("trace %s, parent %q", root.trace, root.parent)
			}
			if strings.HasPrefix(name, "not followed") && !root.linked(parentTrace) {
				t.Error("it is not linked to the caller's trace")
			}
		})
	}
}

// TestContext_upstreams: the upstream is told of a trace only where that is configured, and then of the attempt itself.
func TestContext_upstreams(t *testing.T) {
	t.Parallel()
	told := func(told bool) {
		c, w := receive(t), kit.NewWorld(t, kit.WorldSettings{Hosts: 2, Regions: 2})
		environ := c.environ()
		if told {
			environ = append(environ, "OPSGRAPH_TRACING_UPSTREAMS=true")
		}
		r := w.StartGateway(t, "", environ...)
		ask(t, r, countHosts, http.Header{
			"Traceparent": {sampledParent}, "Tracestate": {"vendor=of-the-caller"}, "Baggage": {"user=of-the-caller"},
		})
		r.Close()
		calls := tree(c.all()).named("GET /rest/")
		for i, header := range w.SentHeaders() {
			parent := header.Get("Traceparent")
			if header.Get("Tracestate") != "" || header.Get("Baggage") != "" {
				t.Errorf("%s has texts of the caller: %v", w.Arrived()[i], header)
			}
			if !told {
				if parent != "" {
					t.Errorf("%s tells the upstream of %s", w.Arrived()[i], parent)
				}
				continue
			}
			if strings.HasPrefix(w.Arrived()[i], "GET /rest/") && !slices.ContainsFunc(calls, func(s *span) bool {
				return parent == "00-"+parentTrace+"-"+s.id+"-01"
			}) {
				t.Errorf("%s has the parent %q, which is no attempt", w.Arrived()[i], parent)
			}
		}
		if len(calls) == 0 {
			t.Error("no call in the trace")
		}
	}
	told(false)
	told(true)
}

// TestContext_secrets: nothing that a caller sends is in what the receiver gets, but the name of its operation; nor are
// the gateway's own credentials, nor the receiver's.
func TestContext_secrets(t *testing.T) {
	t.Parallel()
	c, n := receive(t), kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, c.environ("OPSGRAPH_TRACING_HEADERS=Authorization=Bearer receivers-own%2Csecret,X-Scope=lab")...)
	header := kit.With(n.A.Header(), "Traceparent", sampledParent, "Tracestate", "vendor=state-of-caller",
		"Baggage", "user=baggage-of-caller", "User-Agent", "agent-of-caller", "X-Forwarded-For", "203.0.113.77")
	const document = `query Named($text: String!) { aliased: hosts(first: 3, filter: {textContains: $text}) { totalCount nodes { name } } }`
	got := r.Ask(t, document, `{"text":"variable-of-caller"}`, header)
	refused := r.Ask(t, `{ fieldOfCaller }`, "", header)
	if len(got.Body.Errors) > 0 || len(refused.Body.Errors) == 0 {
		t.Fatalf("%.300s, %.300s", got.Raw, refused.Raw)
	}
	r.Close()
	text := c.text()
	if !strings.Contains(text, "Named") || !strings.Contains(text, hostList) {
		t.Fatalf("the trace lacks the operation: %v", namesOf(c.all()))
	}
	for _, secret := range []string{
		n.A.Token, n.A.Account.DomainID, n.A.Account.ProjectID, simulator.DemoAppCode, simulator.DemoPassword,
		"receivers-own", "state-of-caller", "baggage-of-caller", "agent-of-caller", "203.0.113.77", "variable-of-caller",
		"aliased", "totalCount", "fieldOfCaller", n.A.Hosts[0],
	} {
		if strings.Contains(text, secret) {
			t.Errorf("the receiver gets %q", secret)
		}
	}
	for _, sent := range c.headers {
		if sent.Get("Authorization") != "Bearer receivers-own,secret" || sent.Get("X-Scope") != "lab" {
			t.Errorf("an export has the headers %v", sent)
		}
	}
	if log := r.Log.String(); strings.Contains(log, "receivers-own") {
		t.Error("the log has the receiver's secret")
	}
}

// TestContext_socket: a query over a WebSocket has a trace of its own, linked to the caller's and made if that is.
func TestContext_socket(t *testing.T) {
	t.Parallel()
	c, w := receive(t), kit.NewWorld(t, kit.WorldSettings{Hosts: 2, Regions: 2})
	r := w.StartGateway(t, "", c.environ("OPSGRAPH_TRACING_RATIO=0")...)
	for _, parent := range []string{sampledParent, unsampledParent} {
		header := http.Header{"Traceparent": {parent}}
		//nolint:bodyclose // of an upgrade, which has none
		socket, _, err := kit.DialSocket(t, r.Server.URL+"/graphql", header, "graphql-transport-ws")
		if err != nil {
			t.Fatal(err)
		}
		socket.Send(`{"type":"connection_init"}`)
		socket.Receive()
		socket.Subscribe("a", countHosts)
		if m := socket.Receive(); m.Type != "next" {
			t.Fatalf("got %+v", m)
		}
	}
	r.Close()
	var roots []*span
	for _, s := range c.all() {
		if s.parent == "" {
			roots = append(roots, s)
		}
	}
	if len(roots) != 1 || roots[0].GetName() != "query" || !roots[0].linked(parentTrace) || roots[0].trace == parentTrace {
		t.Errorf("traces begin with %v", namesOf(roots))
	}
}
