package upstreams_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/internal/upstreams"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// Attempts that find no connection count in the metric, and not in that of durations.
func TestFound_C8_AttemptsWithoutAConnectionAreMetrics(t *testing.T) {
	cfg, err := config.Load("", []string{
		"OPSGRAPH_ESM_URL=http://127.0.0.1:1", "OPSGRAPH_ESM_APPCODE=code", "OPSGRAPH_ESM_DOMAIN_ID=domain",
		"OPSGRAPH_IAM_URL=http://127.0.0.1:1", "OPSGRAPH_IAM_USERNAME=user", "OPSGRAPH_IAM_PASSWORD=password",
		"OPSGRAPH_IAM_DOMAIN_NAME=account", "OPSGRAPH_IAM_PROJECT_ID=project",
	})
	if err != nil {
		t.Fatal(err)
	}
	metrics := telemetry.NewMetrics("test")
	clients, err := upstreams.New(upstreams.Options{
		Config: cfg, Metrics: metrics, Logger: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(clients.Close)
	now := time.Now()
	if err := clients.ESM.CheckCredentials(t.Context(), esm.Window{From: now.Add(-time.Hour), To: now}); err == nil {
		t.Fatal("no error")
	}
	answer := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	text := answer.Body.String()
	want := `opsgraph_upstream_attempts_total{kind="unavailable",operation="createToken",system="iam"} 1`
	if !strings.Contains(text, want) {
		t.Errorf("no %s", want)
	}
	if strings.Contains(text, "opsgraph_upstream_duration_seconds_count") {
		t.Error("an attempt that was not sent has a duration")
	}
	if failing := clients.Monitor.Failing(); len(failing) != 0 {
		t.Errorf("one attempt is no outage: %v", failing)
	}
}
