package simulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

const (
	mostBody        = 1 << 20
	mostHeader      = 64 << 10 // a token alone may have several kilobytes
	drainFor        = time.Second
	readHeaderLimit = 10 * time.Second
)

// Serve answers on ln until ctx ends, then lets calls in flight finish for one second at most, and closes ln. The error
// is that of the listener; nil after an end by ctx.
func Serve(ctx context.Context, ln net.Listener, s *Simulator) error {
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	server := &http.Server{
		Handler:           s,
		BaseContext:       func(net.Listener) context.Context { return base },
		ReadHeaderTimeout: readHeaderLimit,
		MaxHeaderBytes:    mostHeader,
		ErrorLog:          slog.NewLogLogger(s.cfg.Logger.Handler(), slog.LevelWarn),
	}
	drained := make(chan error, 1)
	unhook := context.AfterFunc(ctx, func() { drained <- drain(base, server, stop) })
	err := server.Serve(ln)
	if unhook() { // Serve ended by itself
		return errors.Join(fmt.Errorf("simulator: serve: %w", err), server.Close())
	}
	return <-drained
}

// drain waits for calls in flight, and cuts off those that take longer.
func drain(base context.Context, server *http.Server, stop func()) error {
	limit, done := context.WithTimeout(base, drainFor)
	defer done()
	if server.Shutdown(limit) == nil {
		return nil
	}
	stop()
	if err := server.Close(); err != nil {
		return fmt.Errorf("simulator: close: %w", err)
	}
	return nil
}

// routes registers every operation, and an answer in ESM's form for all other paths.
func (s *Simulator) routes() {
	s.answers = map[string]func(*call) (answer, error){}
	for _, op := range s.operations() {
		s.answers[op.id] = op.answer
		s.names[op.id] = true
		s.mux.HandleFunc(op.method+" "+op.path, func(w http.ResponseWriter, r *http.Request) { s.serve(&op, w, r) })
	}
	s.mux.HandleFunc("/", s.serveUnknown)
}

// ServeHTTP answers one call of any of the five systems, or of the control paths under /_simulator/.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, controlPrefix):
		s.control(w, r)
	case r.Method == http.MethodHead || path.Clean(r.URL.Path) != r.URL.Path:
		s.serveUnknown(w, r) // ServeMux would answer HEAD as GET, and redirect an unclean path
	default:
		s.mux.ServeHTTP(w, r)
	}
}

func (s *Simulator) serveUnknown(w http.ResponseWriter, r *http.Request) {
	c := &call{sim: s, op: &operation{id: "unknown"}, req: r, now: s.now()}
	c.write(w, answer{}, notFound())
}

// serve takes a call through the steps of an API gateway, in their order: credentials, quota, faults, then the
// operation itself, which checks its parameters first.
func (s *Simulator) serve(op *operation, w http.ResponseWriter, r *http.Request) {
	c := &call{sim: s, op: op, req: r, now: s.now()}
	if err := c.authenticate(); err != nil {
		c.write(w, answer{}, err)
		return
	}
	retryAfter, ok := time.Duration(0), true
	if s.cfg.Quota == QuotaDocumented {
		retryAfter, ok = s.quota.admit(op, c.now)
	}
	s.calls.arrived(op, c.now, !ok)
	if !ok {
		c.write(w, answer{}, refuseQuota(op, wholeSeconds(retryAfter)))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if err != nil {
		c.write(w, answer{}, badParameter(op.system, "The request body is too large or incomplete"))
		return
	}
	c.body = body
	if wait(r.Context(), s.latency(op)) != nil || c.faultsBefore(w) {
		return
	}
	c.sim = s.of(c.token.account)
	a, err := c.sim.answers[op.id](c)
	c.writeFaulty(w, a, err)
}

// wholeSeconds rounds up to at least one second, as Retry-After holds no fractions.
func wholeSeconds(d time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(d.Seconds()))))
}

// write sends the answer, or the refusal that err is.
func (c *call) write(w http.ResponseWriter, a answer, err error) {
	id := randomID()
	if err != nil {
		a = c.refused(err, id)
	}
	if a.code() == http.StatusNoContent || a.code() == http.StatusNotModified { // neither has a body
		a.body = nil
	} else {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	c.head(w, a, id)
	w.WriteHeader(a.code())
	_, err = w.Write(a.body)
	c.sim.cfg.Logger.DebugContext(c.req.Context(), "upstream call answered",
		slog.String("operation", c.op.id), slog.Int("status", a.code()), slog.Int("bytes", len(a.body)),
		slog.Bool("client_gone", err != nil))
}

// head sets the headers of the answer.
func (c *call) head(w http.ResponseWriter, a answer, id string) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	if c.op.system == systemESM { // QUIRKS 92
		header.Set("Content-Type", "application/json;charset=UTF8")
	}
	header.Set("Date", c.now.UTC().Format(http.TimeFormat))
	header.Set("X-Request-Id", id)
	maps.Copy(header, a.header)
}

func (a answer) code() int { return cmp.Or(a.status, http.StatusOK) }

// refused turns an error into its answer. Any error but a refusal is ESM's "uncaught exception".
func (c *call) refused(err error, id string) answer {
	var r *refusal
	if !errors.As(err, &r) {
		r = &refusal{status: http.StatusInternalServerError, code: "AS.0500", message: err.Error()}
	}
	a := answer{status: r.status, header: http.Header{}, body: r.body(c.op.system, id)}
	for name, value := range r.header {
		a.header.Set(name, value)
	}
	return a
}
