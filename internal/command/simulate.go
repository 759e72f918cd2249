package command

import (
	"context"
	"fmt"
	"net"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// simulate runs the simulated upstream alone, until ctx ends. Its site comes from flags only, because the configuration
// is that of the gateway.
func simulate(ctx context.Context, c call) error {
	defaults := config.Defaults().Simulator
	flags := newFlags("simulate")
	listen := flags.String("listen", defaults.Listen,
		"`address` of all five systems and of the control paths; port 0 takes a free one")
	seed := flags.Uint64("seed", defaults.Seed, "`number` that chooses the site")
	regions := flags.Int("regions", defaults.Regions, "`number` of regions")
	hosts := flags.Int("hosts", defaults.Hosts, "`number` of hosts")
	latency := flags.String("latency", defaults.Latency,
		"`documented|none`: whether answers take as long as the documents say")
	quota := flags.String("quota", defaults.Quota,
		"`documented|off`: whether calls beyond the documented rates are refused")
	life := flags.Bool("life", false, "let the site change by itself: short alarms come and go, capacity moves")
	dataset := flags.String("dataset", defaults.Dataset,
		"`generated|documented`: a site made from the seed, or the examples of the reference")
	if err := parse(flags, c); err != nil {
		return err
	}
	logger, err := telemetry.NewLogger(c.stderr, "info", "text")
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	note := func() { logger.InfoContext(ctx, "SIGHUP: there is nothing to read again") }
	defer catchHangups().follow(note, 0, nil)()
	site, err := simulator.New(simulator.Config{
		Seed: *seed, Regions: *regions, Hosts: *hosts,
		Latency: simulator.Latency(*latency), Quota: simulator.Quota(*quota), Dataset: simulator.Dataset(*dataset),
		Life: *life, Logger: logger,
	})
	if err != nil {
		return fmt.Errorf("%w: %w", err, ErrUsage)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *listen)
	if err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	_, err = fmt.Fprintf(c.stdout, "opsgraph simulate plays the upstream on http://%s\n", listener.Addr())
	if err != nil {
		return fmt.Errorf("announce the address: %w", err)
	}
	return simulator.Serve(ctx, listener, site)
}
