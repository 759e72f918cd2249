package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// demo is the embedded upstream of a gateway for which none was configured.
type demo struct {
	address string
	regions []simulator.Region
	end     context.CancelFunc
	ended   chan error
}

// startDemo binds the simulator's address and serves it until stop.
func startDemo(ctx context.Context, cfg config.Config, logger *slog.Logger) (*demo, error) {
	listener, err := listen.On(ctx, cfg.Simulator.Listen, "OPSGRAPH_SIMULATOR_LISTEN")
	if err != nil {
		return nil, fmt.Errorf("embedded simulator: %w", err)
	}
	sim, err := simulator.New(simulator.Config{
		Seed:    cfg.Simulator.Seed,
		Regions: cfg.Simulator.Regions,
		Hosts:   cfg.Simulator.Hosts,
		Latency: simulator.Latency(cfg.Simulator.Latency),
		Quota:   simulator.Quota(cfg.Simulator.Quota),
		Life:    cfg.Simulator.Life,
		Dataset: simulator.Dataset(cfg.Simulator.Dataset),
		Logger:  logger,
	})
	if err != nil {
		return nil, fmt.Errorf("embedded simulator: %w", errors.Join(err, listener.Close()))
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	d := &demo{address: listener.Addr().String(), regions: sim.Regions(), end: end, ended: make(chan error, 1)}
	go func() { d.ended <- simulator.Serve(life, listener, sim) }()
	logger.WarnContext(ctx, "no upstream is configured: the embedded simulator plays all systems with invented data",
		slog.String("simulator", "http://"+d.address))
	return d, nil
}

// configure points every system at the simulator with its demo credentials; regions that are not configured get the
// site's names.
func (d *demo) configure(cfg config.Config) config.Config {
	address := config.URL("http://" + d.address)
	cfg.ESM = config.ESM{URL: address, AppCode: simulator.DemoAppCode, DomainID: simulator.DemoHCSODomain}
	cfg.IAM = config.IAM{
		URL: address, Username: simulator.DemoUser, Password: simulator.DemoPassword,
		DomainName: simulator.DemoDomain, ProjectID: simulator.DemoProject,
	}
	cfg.GaussDB.URL, cfg.Workspace.URL, cfg.BSS.URL = address, address, address
	if cfg.Regions == nil && cfg.Simulator.Dataset != string(simulator.DatasetDocumented) {
		for _, region := range d.regions {
			cfg.Regions = append(cfg.Regions, config.Region{Code: region.Code, Name: region.Name, NameEN: region.NameEn})
		}
	}
	return cfg
}

func (d *demo) stop() error {
	d.end()
	if err := <-d.ended; err != nil {
		return fmt.Errorf("embedded simulator: %w", err)
	}
	return nil
}
