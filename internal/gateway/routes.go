package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/gateway/exports"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
)

// newExportFiles makes what answers the files of exports.
func (g *edition) newExportFiles(transport *httpapi.Transport) http.Handler {
	return exports.New(exports.Options{
		Transport: transport, Place: g.callers.Place, Running: g.exports, Exports: g.sources.UsageExports,
		Loaders: func(ctx context.Context) *loaders.Set { return loaders.New(ctx, g.sources, g.loaderOptions(ctx)) },
		Present: resolvers.Presenter(g.logger, g.now), Logger: g.logger,
		RequestTimeout: g.cfg.Limits.RequestTimeout, WriteTimeout: g.cfg.Limits.WriteTimeout,
	})
}

// route answers all but /graphql: the schema, the files of exports, the states of the process, and the pages.
func (g *edition) route(transport *httpapi.Transport) func(http.Handler) http.Handler {
	const exportFile = "/exports/{id}/file"
	files := g.observed(exportFile)(g.tracing.Request(exportFile, nil)(g.newExportFiles(transport)))
	return func(graphQL http.Handler) http.Handler {
		routes := http.NewServeMux()
		routes.Handle(graphQLPath, graphQL)
		routes.Handle(exportFile, files)
		if g.cfg.Server.Introspection {
			routes.Handle("GET /schema.graphql", g.observed("/schema.graphql")(httpapi.NewSchema([]byte(graph.SDL()))))
		}
		routes.HandleFunc("GET /healthz", g.serveHealth)
		routes.HandleFunc("GET /readyz", g.serveReadiness)
		g.browsers.Add(routes, g.observed)
		return httpapi.NameMistakes(routes, g.browsers)
	}
}

const graphQLPath = "/graphql"

// newAdminServer makes the server of the operators' address.
func (g *replica) newAdminServer() *listen.Server {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /healthz", g.serveHealth)
	routes.HandleFunc("GET /readyz", g.serveReadiness)
	routes.Handle("GET /metrics", g.metrics.Handler())
	if g.purger != nil {
		routes.Handle("POST "+purgePath, g.purger)
	}
	limits := g.serverLimits()
	if g.cfg.Admin.Pprof {
		routes.HandleFunc("GET /debug/pprof/", pprof.Index)
		routes.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		routes.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
		routes.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		limits.WriteTimeout = 2 * time.Minute // a profile is taken over a time that is asked for
	}
	known := httpapi.CheckTarget(listen.HostSent)(g.allowHosts(g.cfg.Admin.OnlyLoopback())(routes))
	return listen.NewServer(httpapi.WithRequestID(g.recover(known)), limits, g.logger)
}

func (g *replica) serverLimits() listen.Limits {
	l := g.cfg.Limits
	return listen.Limits{
		ReadHeaderTimeout: l.ReadHeaderTimeout, ReadTimeout: l.ReadTimeout, WriteTimeout: l.WriteTimeout,
		IdleTimeout: l.IdleTimeout, HeaderBytes: l.HeaderBytes, Headers: l.Headers, Streams: l.Streams,
	}
}

// observed counts the requests of a route.
func (g *replica) observed(route string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			done := g.metrics.HTTPStarted(r.Method, route)
			started := g.now()
			recorder := httpapi.RecordStatus(w)
			defer func() { done(recorder.Status(), g.now().Sub(started)) }()
			next.ServeHTTP(recorder, r)
		})
	}
}

// serveHealth reports that the process is alive.
func (g *replica) serveHealth(w http.ResponseWriter, _ *http.Request) {
	g.writeState(w, http.StatusOK, map[string]any{"status": "ok"})
}

// serveReadiness reports whether the gateway can serve, and what is wrong. A Redis that is lost or refuses commands, or
// an upstream that does not answer, degrades the gateway only.
func (g *replica) serveReadiness(w http.ResponseWriter, _ *http.Request) {
	state := map[string]any{"status": "ready", "version": g.version}
	reasons := []string{}
	if g.demo != nil {
		state["demo"] = true
		reasons = append(reasons, "demo: the embedded simulator plays the upstream")
	}
	if degraded := g.degraded(); len(degraded) > 0 {
		state["status"] = "degraded"
		reasons = append(reasons, degraded...)
	}
	status := http.StatusOK
	if g.draining.Load() {
		status = http.StatusServiceUnavailable
		state["status"] = "draining"
	}
	state["reasons"] = reasons
	g.writeState(w, status, state)
}

// degraded says what does not work as it should while the gateway serves.
func (g *replica) degraded() []string {
	reasons := g.stores.Degraded()
	if g.refused.Load() {
		reasons = append(reasons, "degraded: the configuration as it is now was refused, and the one before it is in "+
			"force: the log says why")
	}
	if g.upstreams.Quota.Lost() {
		reasons = append(reasons, "degraded: the quota is not shared with other replicas, each spends its local share only")
	}
	for _, trouble := range g.upstreams.Troubles() {
		reasons = append(reasons, "degraded: "+trouble)
	}
	for _, failure := range g.upstreams.Monitor.Failing() {
		reasons = append(reasons, fmt.Sprintf("degraded: calls to %s get no answer, the last one was %s: %s",
			failure.System, failure.Operation, failure.Kind))
	}
	return reasons
}

func (g *replica) writeState(w http.ResponseWriter, status int, state map[string]any) {
	body, err := json.Marshal(state)
	if err != nil {
		g.logger.Error("state not encoded", slog.Any("error", err))
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a client that went away needs no state
}
