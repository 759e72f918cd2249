package command

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/telemetry"
)

// sampledBytes is how many allocated bytes the profile of /debug/pprof has one sample of: Go's own.
const sampledBytes = 512 << 10

// serve runs the gateway until ctx ends.
func serve(ctx context.Context, c call) error {
	flags := newFlags("serve")
	path := configFlag(flags)
	checked := flags.Bool("check", false, "try what opsgraph check tries, and do not start when something fails")
	if err := parse(flags, c); err != nil {
		return err
	}
	caught := catchHangups() // before anything is read: what is written during the start is read again after it
	cfg, err := config.Load(*path, c.environ)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	reloads := newReloader(*path, c.environ, cfg)
	// The reader of the log may end: then lines are lost, and the gateway goes on.
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, syscall.SIGPIPE)
	defer signal.Stop(broken)
	if cfg.Admin.Pprof {
		runtime.MemProfileRate = sampledBytes // the program begins without
	}
	if cfg.Limits.Memory > 0 {
		debug.SetMemoryLimit(cfg.Limits.Memory)
	}
	defer paceCollector(debug.SetMemoryLimit(-1), c.environ)() // a negative limit is only read
	metrics := telemetry.NewMetrics(version())
	level := new(slog.LevelVar)
	logger, end, err := newLogger(c.stderr, cfg.Log, level, metrics)
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	defer end()
	if *checked || cfg.Server.CheckAtStart {
		if err := checkAtStart(ctx, cfg, logger); err != nil {
			return err
		}
	}
	for _, outcome := range reloadOutcomes() {
		metrics.ReloadKnown(outcome)
	}
	reloads.level, reloads.logger, reloads.metrics = level, logger, metrics
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
	reloads.gateway = g
	defer caught.follow(reloads.hangup, cfg.Server.ReloadEvery, reloads.look)()
	if err := g.Serve(ctx); err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	return announced
}

// flushTime bounds how long the end of the process waits for a reader of its log.
const flushTime = 2 * time.Second

// PrintError writes why the process ends. It gives up after a while, so that a stuck reader does not keep the process.
func PrintError(w io.Writer, err error) {
	lines := telemetry.NewLines(w, nil, nil)
	fmt.Fprintln(lines, "opsgraph:", err)
	flush(lines)
}

// flush writes the waiting lines, for a bounded time.
func flush(lines *telemetry.Lines) {
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	_ = lines.Close(ctx) // the remaining lines are lost
}

// newLogger makes a logger that never waits for the reader of its lines; level is set to the configured one, and may
// change later. end writes the waiting lines, for a bounded time.
func newLogger(
	w io.Writer, cfg config.Log, level *slog.LevelVar, metrics *telemetry.Metrics,
) (logger *slog.Logger, end func(), err error) {
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		return nil, nil, fmt.Errorf("level %q: %w", cfg.Level, err)
	}
	lines := telemetry.NewLines(w, metrics.LogLineDropped, func(w io.Writer, lost int64) {
		if direct, err := telemetry.NewLogger(w, cfg.Level, cfg.Format); err == nil { // the same form as other lines
			direct.Warn("log lines dropped", slog.Int64("lines", lost))
		}
	})
	if logger, err = telemetry.NewLoggerAt(lines, level, cfg.Format); err != nil {
		flush(lines)
		return nil, nil, err
	}
	return logger, func() { flush(lines) }, nil
}
