package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/gateway"
)

var (
	// errConfiguration is wrapped by the error of a check whose configuration can't be used.
	errConfiguration = errors.New("configuration")
	// errCheck is wrapped by the error of a check that found something wrong.
	errCheck = errors.New("something does not work")
)

// checkTime bounds a check as a whole.
const checkTime = time.Minute

// check tries everything that the configuration names once and prints a line for each part: ok, fail or skip.
func check(ctx context.Context, c call) error {
	flags := newFlags("check")
	path := configFlag(flags)
	if err := parse(flags, c); err != nil {
		return err
	}
	cfg, err := config.Load(*path, c.environ)
	if err != nil {
		return fmt.Errorf("%w: %w", errConfiguration, err)
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	checks, err := gateway.Check(ctx, cfg, time.Now)
	if err != nil {
		return fmt.Errorf("%w: %w", errConfiguration, err)
	}
	failed := 0
	for _, found := range checks {
		if _, err := fmt.Fprintf(c.stdout, "%-4s  %s: %s\n", found.Outcome, found.Part, found.Words); err != nil {
			return err
		}
		if found.Outcome == "fail" {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("check: %w: %d of %d lines", errCheck, failed, len(checks))
	}
	return nil
}
