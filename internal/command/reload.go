package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/telemetry"
)

// hangups are the SIGHUPs of this process, which end it no more. Several that nobody has followed yet are one.
type hangups chan os.Signal

// catchHangups begins to catch them.
func catchHangups() hangups {
	caught := make(hangups, 1)
	signal.Notify(caught, syscall.SIGHUP)
	return caught
}

// follow calls do for each one since it was caught, and look every so often (0: never), one after another, until stop
// is called. Later signals are ignored: what comes while the process ends must not change how it ends.
func (h hangups) follow(do func(), every time.Duration, look func()) (stop func()) {
	ended := make(chan struct{})
	var due <-chan time.Time
	endTicks := func() {}
	if every > 0 {
		ticker := time.NewTicker(every)
		due, endTicks = ticker.C, ticker.Stop
	}
	var loop sync.WaitGroup
	loop.Go(func() {
		defer endTicks()
		for {
			select {
			case <-h:
				do()
			case <-due:
				look()
			case <-ended:
				return
			}
		}
	})
	return func() {
		signal.Ignore(syscall.SIGHUP)
		close(ended)
		loop.Wait()
	}
}

// The outcomes of a reload, as metrics name them.
const (
	reloadApplied   = "applied"
	reloadUnchanged = "unchanged"
	reloadRefused   = "refused"
)

func reloadOutcomes() []string { return []string{reloadApplied, reloadUnchanged, reloadRefused} }

const (
	// settling is how long the files must stay the same after a signal.
	settling = 50 * time.Millisecond
	// readings is how often files that change while they are read are read again.
	readings = 5
)

// errChanging means that the files are still being written.
var errChanging = errors.New("files of the configuration change while they are read")

// reloader reads the configuration again for a gateway that serves. One goroutine uses it.
type reloader struct {
	path    string
	environ []string
	level   *slog.LevelVar // of the log
	logger  *slog.Logger
	metrics *telemetry.Metrics
	gateway gateway.Gateway

	files []string // of the configuration as it was read last, whether it was taken over or not
	seen  state    // at the last look
	done  state    // as it was read last
	// inForce is what they had when they were last taken over, and empty those that had nothing then.
	inForce state
	empty   map[string]bool
}

// newReloader makes a reloader for a configuration that was read just now.
func newReloader(path string, environ []string, cfg config.Config) *reloader {
	r := &reloader{path: path, environ: environ, files: cfg.Files(path, environ)}
	r.seen = stateOf(r.files)
	r.done, r.inForce, r.empty = r.seen, r.seen, emptyOf(r.files)
	return r
}

// look reads the configuration again where its files differ from what was read last, and are no longer being written:
// two looks have found the same.
func (r *reloader) look() {
	now := stateOf(r.files)
	settled := now == r.seen
	r.seen = now
	if settled && now != r.done {
		r.reload(context.Background())
	}
}

// hangup reads the configuration again, whatever the files were, and has the issuer's keys read again. Signals that
// come meanwhile are one more.
func (r *reloader) hangup() {
	ctx := context.Background()
	for range readings {
		before := stateOf(r.files)
		<-time.After(settling)
		if stateOf(r.files) == before {
			break // else the reading finds out
		}
	}
	r.reload(ctx)
	r.gateway.RenewKeys()
}

// reload takes over the configuration, as a whole or not at all.
func (r *reloader) reload(ctx context.Context) {
	cfg, change, err := r.read(ctx)
	if errors.Is(err, gateway.ErrClosed) {
		return // the process ends
	}
	if err != nil {
		r.refuse(ctx, err)
		return
	}
	change.Apply()
	if err := r.level.UnmarshalText([]byte(cfg.Log.Level)); err != nil {
		r.logger.ErrorContext(ctx, "log level not changed", slog.Any("error", err)) // not reachable: it was validated
	}
	outcome := reloadApplied
	if len(change.Keys) == 0 && r.done == r.inForce {
		outcome = reloadUnchanged
	}
	r.inForce, r.empty = r.done, emptyOf(r.files)
	r.gateway.NoteRefused(false)
	r.metrics.Reload(outcome)
	r.logger.LogAttrs(ctx, slog.LevelInfo, "configuration read again",
		slog.String("outcome", outcome), slog.Any("changed", append([]string{}, change.Keys...)))
}

// read reads and checks the configuration. Nothing is taken over yet.
func (r *reloader) read(ctx context.Context) (config.Config, *gateway.Change, error) {
	for range readings {
		cfg, err := config.Load(r.path, r.environ)
		r.files = cfg.Files(r.path, r.environ)
		before := stateOf(r.files)
		r.seen, r.done = before, before
		if err != nil {
			return cfg, nil, err
		}
		if err := r.refuseEmpty(); err != nil {
			return cfg, nil, err
		}
		again, err := config.Load(r.path, r.environ) // the files that were just looked at
		var change *gateway.Change
		if err == nil {
			change, err = r.gateway.Prepare(ctx, again)
		}
		if stateOf(r.files) == before {
			return again, change, err
		}
		if change != nil {
			change.Discard()
		}
	}
	return config.Config{}, nil, errChanging
}

// errEmpty means that the file has nothing at all: most likely it is being written, or there was no room for it.
var errEmpty = errors.New("is empty: nothing was taken over")

// refuseEmpty refuses a file that has lost all of its content. It would mean that every key has its default.
func (r *reloader) refuseEmpty() error {
	for file := range emptyOf(r.files) {
		if !r.empty[file] {
			return fmt.Errorf("file %s: %w", file, errEmpty)
		}
	}
	return nil
}

// refuse leaves everything as it was.
func (r *reloader) refuse(ctx context.Context, err error) {
	r.gateway.NoteRefused(true)
	r.metrics.Reload(reloadRefused)
	attributes := []slog.Attr{slog.Any("error", err)}
	if fixed, ok := errors.AsType[*gateway.FixedError](err); ok {
		attributes = append(attributes, slog.Any("need_a_restart", fixed.Keys))
	}
	r.logger.LogAttrs(ctx, slog.LevelError, "configuration refused: the old one stays", attributes...)
}
