package command

import (
	"context"
	"errors"
	"fmt"
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
	logger, err := telemetry.NewLogger(c.stderr, cfg.Log.Level, cfg.Log.Format)
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	scheme := "http"
	if cfg.Server.TLSCertificateFile != "" {
		scheme = "https"
	}
	var announced error
	g, err := gateway.New(ctx, cfg, gateway.Dependencies{
		Logger:  logger,
		Metrics: telemetry.NewMetrics(version()),
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
