package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	// commandRemembered is how long a command's key and its outcome are known.
	commandRemembered = 24 * time.Hour
	// commandDeadline bounds a command that goes on without its caller.
	commandDeadline = 20 * time.Second
	// commandLasts is longer than any command takes; one without an outcome by then never has one.
	commandLasts = 30 * time.Second
	// commandPoll is how often a repeated command looks whether the first one has ended.
	commandPoll = 100 * time.Millisecond
	// closeWithin is how long commands under way may go on when the gateway ends.
	closeWithin = 5 * time.Second
)

// The ways in which a repeated command can't be answered with the first one's job.
var (
	// ErrKeyReused reports that an idempotency key came with another input.
	ErrKeyReused = errors.New("the idempotency key was used with another input")
	// ErrOutcomeUnknown reports that the first command may or may not have been carried out: its answer never came.
	ErrOutcomeUnknown = errors.New("an earlier command with this key was sent and its answer never came")
	// ErrKeyUnchecked reports that what is known of the key can't be read or written now; nothing was sent for this caller.
	ErrKeyUnchecked = errors.New("the idempotency key can't be checked now")
	// ErrUnderWay reports that the command goes on while its caller can't wait any longer.
	ErrUnderWay = errors.New("the command is under way")
)

// Commands runs the commands of all kinds of jobs. One with an idempotency key runs once, for all replicas, and goes on
// when its caller leaves, so that a repeat gets its job. Close it.
type Commands struct {
	keys   keys
	logger *slog.Logger

	ctx     context.Context // ends the commands under way
	stop    context.CancelFunc
	closing chan struct{} // closed when Close begins

	mu       sync.Mutex // orders begin against Close
	closed   bool
	underWay sync.WaitGroup
}

// NewCommands makes what runs commands.
func NewCommands(cfg dataset.Config) *Commands {
	ctx, stop := context.WithCancel(context.Background())
	return &Commands{
		keys: keys{cfg.Commands}, logger: cfg.Logger, ctx: ctx, stop: stop, closing: make(chan struct{}),
	}
}

// Close lets the commands under way end, for 5 s at most, ends the others, and waits. A later one fails.
func (c *Commands) Close() {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		close(c.closing)
	}
	c.mu.Unlock()
	late := time.AfterFunc(closeWithin, c.stop)
	defer late.Stop()
	c.underWay.Wait()
	c.stop()
}

// background starts work that Close waits for. It returns false once Close has begun.
func (c *Commands) background(work func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.underWay.Go(work)
	return true
}

// once runs a command at most once for each key: a repeated one gets the job id of the first. No key always runs it.
func (c *Commands) once(
	ctx context.Context, key string, input any, run func(context.Context) (string, error),
) (string, error) {
	if key == "" {
		jobID, err := run(ctx)
		c.report(ctx, err)
		return jobID, err
	}
	claim, err := newRecord(input)
	if err != nil {
		return "", err
	}
	var old record // seems to be of a command that never ends
	for {
		if err := ctx.Err(); err != nil {
			return "", fmt.Errorf("claim the key: %w", err)
		}
		held, err := c.claim(ctx, key, claim)
		switch {
		case err != nil:
			return "", err
		case held.Claim == claim.Claim:
			return c.begin(ctx, key, claim, run)
		case held.Free: // until another caller took it
		case held.Input != claim.Input:
			return "", ErrKeyReused
		case held.JobID != "":
			return held.JobID, nil
		case held.Unknown, held == old:
			return "", ErrOutcomeUnknown
		}
		givenUp, err := c.keys.givenUp(ctx, key)
		switch {
		case err != nil && ctx.Err() == nil:
			return "", fmt.Errorf("%w: %w", ErrKeyUnchecked, err)
		case givenUp && !held.Free:
			old = held // look again: the age may be that of what replaced it meanwhile
			continue
		}
		if err := dataset.Pause(ctx, commandPoll); err != nil {
			return "", fmt.Errorf("wait for the first command: %w", underWay(err))
		}
	}
}

// claim takes a key, unless another command has it, and returns what the key holds then. A claim that can't be seen is
// withdrawn, since nothing is sent under it.
func (c *Commands) claim(ctx context.Context, key string, claim record) (record, error) {
	held, err := c.keys.take(ctx, key, claim)
	if err == nil {
		return held, nil
	}
	c.settle(ctx, func(ctx context.Context) error { return c.keys.free(ctx, key, claim) })
	return record{}, fmt.Errorf("%w: %w", ErrKeyUnchecked, err)
}

// begin carries out the command that holds the key, and waits for it as long as the caller does.
func (c *Commands) begin(
	ctx context.Context, key string, claim record, run func(context.Context) (string, error),
) (string, error) {
	type outcome struct {
		jobID string
		err   error
	}
	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandDeadline)
	if deadline, ok := ctx.Deadline(); ok {
		detached = rest.WithPatience(detached, deadline) // a caller who waits learns in time that there is no quota
	}
	done := make(chan outcome, 1)
	begun := c.background(func() {
		defer cancel()
		defer context.AfterFunc(c.ctx, cancel)()
		jobID, err := carryOut(detached, run)
		c.report(detached, err)
		c.note(detached, key, claim, jobID, err)
		done <- outcome{jobID, err}
	})
	if !begun {
		cancel()
		return "", errors.Join(cache.ErrClosed, c.keys.free(ctx, key, claim))
	}
	select {
	case o := <-done:
		return o.jobID, o.err
	case <-ctx.Done():
		return "", underWay(ctx.Err())
	}
}

// underWay is the error of a caller who waits no longer; it keeps that of its context.
func underWay(err error) error { return fmt.Errorf("%w: %w", ErrUnderWay, err) }

// carryOut runs a command. A panic is an error of it, and not the end of the process.
func carryOut(ctx context.Context, run func(context.Context) (string, error)) (jobID string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &cache.PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return run(ctx)
}

// note writes down how a command ended, by which a repeated one is answered: a job, an unknown outcome, or a key that
// is free again.
func (c *Commands) note(ctx context.Context, key string, claim record, jobID string, err error) {
	switch {
	case err == nil:
		claim.JobID = jobID
	case mayHaveRun(err):
		claim.Unknown = true
	default:
		c.settle(ctx, func(ctx context.Context) error { return c.keys.free(ctx, key, claim) })
		return
	}
	c.settle(ctx, func(ctx context.Context) error { return c.keys.put(ctx, key, claim) })
}

// settle writes something down: at once, and where Redis does not take it, again in the background, until a command
// without an outcome counts as one that never has one.
func (c *Commands) settle(ctx context.Context, write func(context.Context) error) {
	ctx = context.WithoutCancel(ctx)
	limited := func() error {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		return write(ctx)
	}
	if limited() == nil {
		return
	}
	c.background(func() {
		ends := time.Now().Add(commandLasts)
		for time.Now().Before(ends) {
			select {
			case <-time.After(commandPoll):
			case <-c.closing:
				ends = time.Time{} // the last try
			}
			if limited() == nil {
				return
			}
		}
		c.logger.WarnContext(ctx, "outcome of a command not written down")
	})
}

// report logs a command that the upstream did not carry out, unless its input is to blame.
func (c *Commands) report(ctx context.Context, err error) {
	if panicked, ok := errors.AsType[*cache.PanicError](err); ok {
		c.logger.ErrorContext(ctx, "command failed", slog.Any("error", err), slog.String("stack", string(panicked.Stack)))
		return
	}
	failure, ok := errors.AsType[*rest.Error](err)
	if !ok || failure.Kind == rest.NotFound || failure.Kind == rest.Rejected && !failure.GatewayCredentials {
		return
	}
	c.logger.LogAttrs(ctx, dataset.LevelOf(err), "command failed", slog.Any("error", err))
}

// mayHaveRun reports whether a command that failed may have been carried out all the same.
func mayHaveRun(err error) bool {
	if failure, ok := errors.AsType[*rest.Error](err); ok {
		return failure.MayHaveRun
	}
	_, panicked := errors.AsType[*cache.PanicError](err)
	return panicked || rest.KindOf(err) != rest.None
}
