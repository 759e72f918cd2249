package command

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/gateway"
)

// onHangup calls do for each SIGHUP, which would end the process, until stop is called. Later ones are ignored: what
// comes while the process ends must not change how it ends.
func onHangup(do func()) (stop func()) {
	signals, ended := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	var loop sync.WaitGroup
	loop.Go(func() {
		for {
			select {
			case <-signals:
				do()
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

// reloader reads the configuration again for a gateway that serves.
type reloader struct {
	path    string
	environ []string
	current config.Config
	level   *slog.LevelVar // of the log
	logger  *slog.Logger
	gateway atomic.Pointer[gateway.Gateway] // nil until it is made
}

// reload takes over what can change while the gateway serves, and logs what needs a restart. With a faulty
// configuration everything stays.
func (r *reloader) reload() {
	ctx := context.Background()
	g := r.gateway.Load()
	if g == nil {
		return // the start reads everything
	}
	cfg, err := config.Load(r.path, r.environ)
	if err != nil {
		r.logger.ErrorContext(ctx, "configuration not read again: the old one stays", slog.Any("error", err))
		return
	}
	if err := g.Reload(cfg); err != nil {
		r.logger.ErrorContext(ctx, "not read again: the old one stays", slog.Any("error", err))
	}
	if err := r.level.UnmarshalText([]byte(cfg.Log.Level)); err != nil {
		r.logger.ErrorContext(ctx, "log level not changed", slog.Any("error", err)) // not reachable: it was validated
	}
	taken := append(gateway.Reloaded(), "log.level")
	applied, waiting := []string{}, []string{}
	for _, key := range config.Changes(r.current, cfg) {
		if slices.Contains(taken, key) {
			applied = append(applied, key)
		} else {
			waiting = append(waiting, key)
		}
	}
	r.current.IAM.Password, r.current.Log.Level = cfg.IAM.Password, cfg.Log.Level
	r.logger.LogAttrs(ctx, r.importance(waiting), "configuration read again",
		slog.Any("changed", applied), slog.Any("need_a_restart", waiting))
}

// importance is that of the line about a reload: someone who changed a key expects it in force.
func (r *reloader) importance(waiting []string) slog.Level {
	if len(waiting) > 0 {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}
