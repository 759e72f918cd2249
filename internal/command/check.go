package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
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
	checks, err := checkAll(ctx, cfg)
	if err != nil {
		return err
	}
	failed := 0
	for _, found := range checks {
		if _, err := fmt.Fprintf(c.stdout, "%-4s  %s: %s\n", found.Outcome, found.Part, found.Words); err != nil {
			return err
		}
		if found.Outcome == checkFailed {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("check: %w: %d of %d lines", errCheck, failed, len(checks))
	}
	return nil
}

// checkFailed is the outcome of a part that does not work.
const checkFailed = "fail"

// checkAll tries all parts, within checkTime.
func checkAll(ctx context.Context, cfg config.Config) ([]gateway.PartCheck, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	checks, err := gateway.Check(ctx, cfg, time.Now)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errConfiguration, err)
	}
	return checks, nil
}

// checkAtStart refuses a start while something does not work, and says what.
func checkAtStart(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	checks, err := checkAll(ctx, cfg)
	if err != nil {
		return err
	}
	var failed []string
	for _, found := range checks {
		if found.Outcome == checkFailed {
			failed = append(failed, found.Part+": "+found.Words)
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("not started, as a check at start was asked for and %w: %s", errCheck, strings.Join(failed, "; "))
	}
	logger.InfoContext(ctx, "checked before the start", slog.Int("parts", len(checks)))
	return nil
}
