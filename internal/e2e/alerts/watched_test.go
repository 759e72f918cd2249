// Package alerts holds the rules of deploy/prometheus and the dashboards of deploy/grafana against gateways that run:
// what these give when they are scraped, healthy and under each fault, is what promtool judges the rules by.
package alerts

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/command"
	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// asProcess makes the test's own program the gateway: for what counts processes.
const asProcess = "ALERTS_AS_PROCESS"

func TestMain(m *testing.M) {
	if os.Getenv(asProcess) != "" { //nolint:forbidigo // what makes this process the program, before there is a run to hand it to
		os.Exit(runProgram())
	}
	os.Exit(m.Run())
}

// runProgram does what main does, and returns its exit code.
func runProgram() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	err := command.Run(ctx, nil, os.Environ(), os.Stdout, os.Stderr) //nolint:forbidigo // as server.go does
	return command.ExitCode(err)
}

// watched is a gateway that serves, and is scraped at its operators' address.
type watched struct {
	w                *kit.World
	users, operators string
	client           *http.Client
	stop             func()
}

var operatorsAddress = regexp.MustCompile(`msg=serving .*admin_address=(\S+)`)

// watch runs a gateway on an upstream until the test ends, by the upstream's clock. lines take its log; nil: the test
// alone.
func watch(t *testing.T, w *kit.World, lines func(*telemetry.Metrics) *slog.Logger, environ []string) *watched {
	t.Helper()
	all := append(w.Environment(), "OPSGRAPH_ADMIN_LISTEN=127.0.0.1:0", "OPSGRAPH_UPSTREAM_TIMEOUT=20s",
		"OPSGRAPH_QUOTA_MINUTE_LIMIT=100000", "OPSGRAPH_METRICS_CLIENTS=reports,reports@2")
	cfg, err := config.Load("", append(all, environ...))
	if err != nil {
		t.Fatal(err)
	}
	metrics, log := telemetry.NewMetrics("test"), &testkit.Log{}
	logger := log.Logger()
	if lines != nil {
		logger = slog.New(both{log.Logger().Handler(), lines(metrics).Handler()})
	}
	now := w.Clock.Now
	if w.GatewayNow != nil {
		now = w.GatewayNow
	}
	bound := make(chan string, 1)
	g, err := gateway.New(t.Context(), cfg, gateway.Dependencies{
		Logger: logger, Metrics: metrics, Version: "test", Now: now,
		Listening: func(address string) { bound <- address },
	})
	if err != nil {
		t.Fatal(err)
	}
	life, end := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- g.Serve(life) }()
	stop := sync.OnceFunc(func() {
		end()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(stop)
	o := &watched{
		w: w, stop: stop, users: "http://" + <-bound,
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second},
	}
	o.operators = "http://" + operatorsAddress.FindStringSubmatch(log.String())[1]
	return o
}

// both is a handler of log lines that hands them to two.
type both struct{ one, other slog.Handler }

func (b both) Enabled(ctx context.Context, level slog.Level) bool {
	return b.one.Enabled(ctx, level) || b.other.Enabled(ctx, level)
}

func (b both) Handle(ctx context.Context, r slog.Record) error {
	_ = b.one.Handle(ctx, r.Clone()) // it writes to memory
	return b.other.Handle(ctx, r)
}

func (b both) WithAttrs(attrs []slog.Attr) slog.Handler {
	return both{b.one.WithAttrs(attrs), b.other.WithAttrs(attrs)}
}

func (b both) WithGroup(name string) slog.Handler {
	return both{b.one.WithGroup(name), b.other.WithGroup(name)}
}

// ask sends documents, one after another, and reads their answers, whatever they are.
func (o *watched) ask(t *testing.T, documents ...string) {
	t.Helper()
	for _, document := range documents {
		response, err := o.send(t.Context(), t, document)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close() // what came of it is in the metrics
	}
}

func (o *watched) send(ctx context.Context, t *testing.T, document string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, o.users+"/graphql",
		strings.NewReader(kit.RequestBody(t, document, "")))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("apollographql-client-name", "reports")
	request.Header.Set("apollographql-client-version", "2")
	return o.client.Do(request)
}

// begin sends a document, whose answer nobody waits for until the test ends.
func (o *watched) begin(t *testing.T, document string) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	asking.Go(func() {
		if response, err := o.send(ctx, t, document); err == nil {
			_ = response.Body.Close() // nobody reads it
		}
	})
	t.Cleanup(asking.Wait)
	t.Cleanup(leave)
}

// scrape is one reading of a target: the value of each series by its whole name.
type scrape map[string]float64

// scrapeOf reads /metrics of an operators' address as Prometheus does: up tells whether there was an answer.
func scrapeOf(t *testing.T, client *http.Client, operators, instance string) scrape {
	t.Helper()
	target := `job="opsgraph",instance="` + instance + `"}`
	down := scrape{"up{" + target: 0}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, operators+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		return down
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return down
	}
	seen := scrape{"up{" + target: 1}
	for line := range strings.Lines(string(text)) {
		at := strings.LastIndexByte(line, ' ')
		if strings.HasPrefix(line, "#") || at < 0 {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(line[at:]), 64)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		name, labels, _ := strings.Cut(line[:at], "{")
		if labels = strings.TrimSuffix(labels, "}"); labels != "" {
			labels = strings.TrimSuffix(labels, ",") + ","
		}
		seen[name+"{"+labels+target] = value
	}
	return seen
}
