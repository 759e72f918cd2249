package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/telemetry"
)

// serve runs the gateway until ctx ends.
func serve(ctx context.Context, c call) error {
	flags := newFlags("serve")
	path := configFlag(flags)
	if err := parse(flags, c); err != nil {
		return helpIsFine(err)
	}
	cfg, err := config.Load(*path, c.environ)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	// Who reads the log may end: lines are lost then, and the gateway stays.
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, syscall.SIGPIPE)
	defer signal.Stop(broken)
	if cfg.Limits.Memory > 0 {
		debug.SetMemoryLimit(cfg.Limits.Memory)
	}
	metrics := telemetry.NewMetrics(version())
	logger, end, err := newLogger(c.stderr, cfg.Log, metrics)
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	defer end()
	scheme := "http"
	if cfg.Server.TLSCertificateFile != "" {
		scheme = "https"
	}
	var announced error
	g, err := gateway.New(ctx, cfg, gateway.Dependencies{
		Logger:  logger,
		Metrics: metrics,
		Version: version(),
		Now:     time.Now,
		Listening: func(address string) {
			_, announced = fmt.Fprintf(c.stdout, "opsgraph %s serves %s://%s/graphql\n", version(), scheme, address)
		},
	})
	if err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	if err := g.Serve(ctx); err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	return announced
}

// helpIsFine makes no error of help that was asked for.
func helpIsFine(err error) error {
	if errors.Is(err, errHelp) {
		return nil
	}
	return err
}

// flushTime bounds how long the end of the process waits for who reads its log.
const flushTime = 2 * time.Second

// Tell writes why the process ends, if somebody takes that within a bound: a reader that is stuck must not keep the
// process.
func Tell(w io.Writer, err error) {
	lines := telemetry.NewLines(w, nil, nil)
	fmt.Fprintln(lines, "opsgraph:", err)
	flush(lines)
}

// flush writes what waits, within a bound.
func flush(lines *telemetry.Lines) {
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	_ = lines.Close(ctx) // what nobody takes by then is lost, and there is nobody to tell
}

// newLogger makes a logger that no reader of its lines can hold up. end writes what waits, within a bound.
func newLogger(w io.Writer, cfg config.Log, metrics *telemetry.Metrics) (logger *slog.Logger, end func(), err error) {
	lines := telemetry.NewLines(w, metrics.LogLineDropped, func(w io.Writer, lost int64) {
		if direct, err := telemetry.NewLogger(w, cfg.Level, cfg.Format); err == nil { // as that of the lines, below
			direct.Warn("log lines dropped", slog.Int64("lines", lost))
		}
	})
	if logger, err = telemetry.NewLogger(lines, cfg.Level, cfg.Format); err != nil {
		flush(lines)
		return nil, nil, err
	}
	return logger, func() { flush(lines) }, nil
}
