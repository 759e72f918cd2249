package gateway

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/telemetry"
)

// TestPresentFields: whether an answer can be kept is judged by the fields of the query itself, so that no other field
// may be marked as present.
func TestPresentFields(t *testing.T) {
	t.Parallel()
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	var present []string
	for name, definition := range schema.Types {
		for _, field := range definition.Fields {
			if field.Directives.ForName(presentDirective) == nil {
				continue
			}
			if name != schema.Query.Name {
				t.Errorf("%s.%s is marked: only fields of the query are looked at", name, field.Name)
			}
			present = append(present, field.Name)
		}
	}
	slices.Sort(present)
	want := []string{"aspReportJob", "jobs", "metricNames", "upstream", "usageExportJob"}
	if !slices.Equal(present, want) {
		t.Errorf("present states are %v, want %v", present, want)
	}
}

// TestEnterKept_warm: a kept answer counts as warm. One that waited for the execution of an equal query does not: that
// may have waited for an upstream.
func TestEnterKept_warm(t *testing.T) {
	t.Parallel()
	cfg := config.Defaults()
	cfg.Simulator.Listen, cfg.Simulator.Hosts = "127.0.0.1:0", 3
	g, err := open(t.Context(), cfg, Dependencies{
		Logger: slog.New(slog.DiscardHandler), Metrics: telemetry.NewMetrics(""),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = g.Close() }() // nothing is under way
	for _, step := range []struct{ how, warm string }{
		{httpapi.GivenText, "1"}, {httpapi.GivenShared, "1"}, {httpapi.GivenQuery, "2"},
	} {
		leave, refused := g.present().enterKept(t.Context())
		if refused != nil {
			t.Fatal(refused)
		}
		leave(httpapi.Given{Response: &graphql.Response{}, How: step.how})
		page := httptest.NewRecorder()
		g.metrics.Handler().ServeHTTP(page, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
		if want := "opsgraph_warm_duration_seconds_count " + step.warm + "\n"; !strings.Contains(page.Body.String(), want) {
			t.Errorf("after one that was given by %s the metrics lack %q", step.how, want)
		}
	}
}
