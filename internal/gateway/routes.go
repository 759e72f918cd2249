package gateway

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/telemetry"
)

// newHandler is what the address of users answers: request id -> recover -> security headers -> CORS -> routes, of which /graphql is
// compressed.
func (g *Gateway) newHandler() (http.Handler, error) {
	graphQL, err := g.newGraphQL()
	if err != nil {
		return nil, err
	}
	packed, err := compress(graphQL)
	if err != nil {
		return nil, err
	}
	routes := http.NewServeMux()
	routes.Handle("/graphql", g.observed("/graphql", packed))
	routes.Handle("GET /schema.graphql", g.observed("/schema.graphql", serveSchema([]byte(graph.SDL()))))
	routes.HandleFunc("GET /healthz", g.serveHealth)
	routes.HandleFunc("GET /readyz", g.serveReadiness)
	if g.cfg.Server.Playground {
		if err := addPlayground(routes, g.pages, g.observed); err != nil {
			return nil, err
		}
	}
	opened := allowOrigins(g.cfg.Server.AllowedOrigins, routes)
	secured := setSecurityHeaders(g.certificate != nil, opened)
	return WithRequestID(logRequestID(RecoverHTTP(g.logger, secured))), nil
}

// newAdminServer is what the address of operators answers.
func (g *Gateway) newAdminServer() *http.Server {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /healthz", g.serveHealth)
	routes.HandleFunc("GET /readyz", g.serveReadiness)
	routes.Handle("GET /metrics", g.metrics.Handler())
	limits := g.serverLimits()
	if g.cfg.Admin.Pprof {
		routes.HandleFunc("GET /debug/pprof/", pprof.Index)
		routes.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		routes.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
		routes.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		limits.WriteTimeout = 2 * time.Minute // a profile is taken over a time that is asked for
	}
	return NewHTTPServer(WithRequestID(RecoverHTTP(g.logger, routes)), limits, g.logger)
}

func (g *Gateway) serverLimits() ServerLimits {
	l := g.cfg.Limits
	return ServerLimits{
		ReadHeaderTimeout: l.ReadHeaderTimeout, ReadTimeout: l.ReadTimeout, WriteTimeout: l.WriteTimeout,
		IdleTimeout: l.IdleTimeout, HeaderBytes: l.HeaderBytes, Headers: l.Headers,
	}
}

// observed counts the requests of a route.
func (g *Gateway) observed(route string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		done := g.metrics.HTTPStarted(r.Method, route)
		started := g.now()
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		defer func() { done(recorder.status, g.now().Sub(started)) }()
		next.ServeHTTP(recorder, r)
	})
}

// statusRecorder remembers the status of an answer.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer below.
func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// logRequestID puts the id of the request into every log record of the request.
func logRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(telemetry.WithRequestID(r.Context(), RequestID(r.Context()))))
	})
}

// admit is the door of every request: it reads what the headers ask for and who asks. The context that it gives carries both.
func (g *Gateway) admit(r *http.Request) (context.Context, *gqlerror.Error) {
	ctx, refusal := g.admitBy(r, g.callers.admit)
	if refusal == nil {
		refusal = g.memory.refusal() // last: who it is has been found out, which a refusal for now must not hide
	}
	if refusal != nil {
		return nil, refusal
	}
	return ctx, nil
}

// readmit is the door again, of a connection that stays.
func (g *Gateway) readmit(r *http.Request) (context.Context, *gqlerror.Error) {
	return g.admitBy(r, g.callers.readmit)
}

func (g *Gateway) admitBy(
	r *http.Request, identify func(*http.Request) (context.Context, *gqlerror.Error),
) (context.Context, *gqlerror.Error) {
	var options requestOptions
	if text := r.Header.Get(headerMaxAge); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 0 || seconds > 7*24*60*60 {
			return nil, refuse(CodeBadRequest, "The header %s is a whole number of seconds, 0 to 604800; %q was given.", headerMaxAge, text)
		}
		options.maxAge = max(time.Duration(seconds)*time.Second, time.Nanosecond)
	}
	var refusal *gqlerror.Error
	if options.explain, options.plan, refusal = wantsExplanation(r); refusal != nil {
		return nil, refusal
	}
	ctx, refusal := identify(r)
	if refusal != nil {
		return nil, refusal
	}
	return context.WithValue(ctx, requestOptionsKey{}, options), nil
}

// serveSchema gives the schema out, which is written once: anybody may ask.
func serveSchema(sdl []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/graphql; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(sdl) // a client that went away needs no schema
	})
}

// serveHealth tells that the process is alive.
func (g *Gateway) serveHealth(w http.ResponseWriter, _ *http.Request) {
	g.writeState(w, http.StatusOK, map[string]any{"status": "ok"})
}

// serveReadiness tells whether the gateway can serve, and what is not as it should be. A lost Redis degrades, it does not stop.
func (g *Gateway) serveReadiness(w http.ResponseWriter, _ *http.Request) {
	state := map[string]any{"status": "ready", "version": g.version}
	reasons := []string{}
	if g.demo != nil {
		state["demo"] = true
		reasons = append(reasons, "demo: the embedded simulator plays the upstream")
	}
	if g.stores.cache != nil && !g.stores.cache.Healthy() {
		reasons = append(reasons, "degraded: the cache's redis does not answer")
	}
	if g.stores.coordination != nil && g.stores.coordination != g.stores.cache && !g.stores.coordination.Healthy() {
		reasons = append(reasons, "degraded: the coordination redis does not answer")
	}
	status := http.StatusOK
	if g.draining.Load() {
		status = http.StatusServiceUnavailable
		state["status"] = "draining"
	}
	state["reasons"] = reasons
	g.writeState(w, status, state)
}

func (g *Gateway) writeState(w http.ResponseWriter, status int, state map[string]any) {
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
