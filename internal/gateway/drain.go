package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/internal/listen"
)

// operatorsEnd is how long answers to operators get to end: they see the drain until it is over.
const operatorsEnd = time.Second

// serveUntil runs the servers, and drains them when ctx ends. Requests under way keep their context until the time-out.
func (g *replica) serveUntil(ctx context.Context, users, operators net.Listener) error {
	requests, cancelRequests := context.WithCancel(context.WithoutCancel(ctx))
	defer cancelRequests()
	limits := g.serverLimits()
	limits.H2C = g.cfg.Server.H2C
	server := listen.NewServer(g.Handler(), limits, g.logger)
	server.BaseContext = func(net.Listener) context.Context { return requests }
	servers, listeners := []*listen.Server{server}, []net.Listener{g.listener(server, users)}
	if operators != nil {
		servers, listeners = append(servers, g.newAdminServer()), append(listeners, operators)
	}
	failed := make(chan error, len(servers))
	for i, server := range servers {
		go func() { failed <- server.Serve(listeners[i]) }()
	}
	waiting := len(servers)
	delay := g.cfg.Server.DrainDelay
	var errs []error
	select {
	case <-ctx.Done():
	case err := <-failed:
		errs = append(errs, fmt.Errorf("serve: %w", err))
		waiting--
		delay = 0
	}
	ctx = context.WithoutCancel(ctx)
	errs = append(errs, g.drain(ctx, server, delay, cancelRequests))
	for _, server := range servers[1:] {
		errs = append(errs, endOperators(ctx, server))
	}
	for range waiting {
		if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, fmt.Errorf("serve: %w", err))
		}
	}
	return errors.Join(errs...)
}

// drain ends the users' server without losing a request. For a delay it only reports that it drains, so that load
// balancers send nothing more; then the address is closed, and requests, and beside them WebSockets and event streams,
// get times of their own to end. What has not ended then is cut, with a line in the log: it is no failure of the
// process that a client does not read.
func (g *replica) drain(ctx context.Context, server *listen.Server, delay time.Duration, cancelRequests func()) error {
	g.draining.Store(true)
	server.Drain()
	g.logger.InfoContext(ctx, "draining", slog.Duration("delay", delay),
		slog.Duration("timeout", g.cfg.Server.DrainTimeout), slog.Duration("streams", g.cfg.Server.DrainStreams))
	if delay > 0 {
		<-time.After(delay)
	}
	var streams sync.WaitGroup
	streams.Go(func() { g.endLive(ctx) })
	defer streams.Wait()
	limited, cancel := context.WithTimeout(ctx, g.cfg.Server.DrainTimeout)
	defer cancel()
	err := server.Stop(limited)
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	g.logger.WarnContext(ctx, "requests cut off: they did not end in time, or their readers did not read")
	cancelRequests()
	return server.Close()
}

// endLive ends WebSockets and event streams, which end with no request.
func (g *replica) endLive(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, min(g.cfg.Server.DrainStreams, g.cfg.Server.DrainTimeout))
	defer cancel()
	if err := g.live.End(ctx); err != nil {
		g.logger.WarnContext(ctx, "websockets and event streams cut off: their readers did not read",
			slog.Any("error", err))
	}
}

// endOperators ends the operators' server.
func endOperators(ctx context.Context, server *listen.Server) error {
	ctx, cancel := context.WithTimeout(ctx, operatorsEnd)
	defer cancel()
	if err := server.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}
