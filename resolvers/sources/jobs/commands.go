package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/registry"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	// commandRemembered is how long a command's key and its outcome are known.
	commandRemembered = 24 * time.Hour
	// commandLasts is longer than any command takes; one without an outcome by then never has one.
	commandLasts = 30 * time.Second
	// commandPoll is how often a repeated command looks whether the first one has ended.
	commandPoll = 100 * time.Millisecond

	kindCommand = "command"
)

// The ways in which a repeated command can't be answered with the first one's job.
var (
	// ErrKeyReused reports that an idempotency key came with another input.
	ErrKeyReused = errors.New("the idempotency key was used with another input")
	// ErrOutcomeUnknown reports that the first command may or may not have been carried out: its answer never came.
	ErrOutcomeUnknown = errors.New("an earlier command with this key was sent and its answer never came")
	// ErrKeyUnchecked reports that what is known of the key can't be read or written now; nothing was sent.
	ErrKeyUnchecked = errors.New("the idempotency key can't be checked now")
)

// commandRecord is what is known of a command with an idempotency key.
type commandRecord struct {
	Input   string    `json:"input"`
	Since   time.Time `json:"since"`
	JobID   string    `json:"jobId,omitempty"`
	Unknown bool      `json:"unknown,omitempty"`
}

// once runs a command at most once for each key: a repeated one gets the job id of the first. No key always runs it.
func once(
	ctx context.Context, known *registry.Registry, key string, input any, run func(context.Context) (string, error),
) (string, error) {
	if key == "" {
		return run(ctx)
	}
	text, err := json.Marshal(input)
	if err != nil {
		return "", fmt.Errorf("encode command input: %w", err)
	}
	sum := sha256.Sum256(text)
	record := commandRecord{Input: hex.EncodeToString(sum[:]), Since: known.Now()}
	claim, err := json.Marshal(record)
	if err != nil {
		return "", fmt.Errorf("encode command: %w", err)
	}
	for {
		held, mine, err := known.PutIfAbsent(ctx, kindCommand, key, claim, commandRemembered)
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrKeyUnchecked, err)
		}
		if mine {
			return runClaimed(ctx, known, key, record, run)
		}
		var first commandRecord
		if err := json.Unmarshal(held, &first); err != nil {
			return "", fmt.Errorf("read command: %w", err)
		}
		switch {
		case first.Input != record.Input:
			return "", ErrKeyReused
		case first.JobID != "":
			return first.JobID, nil
		case first.Unknown, known.Now().Sub(first.Since) > commandLasts: // or its replica died before it noted the outcome
			return "", ErrOutcomeUnknown
		}
		if err := dataset.Pause(ctx, commandPoll); err != nil {
			return "", fmt.Errorf("wait for the first command: %w", err)
		}
	}
}

// runClaimed runs the command that holds the key and notes how it ended. The note must not be lost with the caller.
func runClaimed(
	ctx context.Context, known *registry.Registry, key string, record commandRecord,
	run func(context.Context) (string, error),
) (string, error) {
	jobID, err := run(ctx)
	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	switch {
	case err == nil:
		record.JobID = jobID
	case mayHaveRun(err):
		record.Unknown = true
	default:
		if removed := known.Remove(detached, kindCommand, key); removed != nil {
			return "", errors.Join(err, removed)
		}
		return "", err
	}
	note, encoded := json.Marshal(record)
	if encoded != nil {
		return jobID, errors.Join(err, encoded)
	}
	// The job runs whether or not the note could be made; without it a repeated command waits and fails, which starts
	// nothing twice.
	if noted := known.Put(detached, kindCommand, key, note, commandRemembered); noted != nil && err != nil {
		return "", errors.Join(err, noted)
	}
	return jobID, err
}

// mayHaveRun reports whether a command that failed may have reached the upstream all the same.
func mayHaveRun(err error) bool {
	failure, ok := errors.AsType[*rest.Error](err)
	if !ok {
		return false
	}
	switch failure.Kind {
	case rest.Timeout, rest.BadResponse, rest.Canceled, rest.TooLarge:
		return true
	case rest.Unavailable:
		return !errors.Is(err, rest.ErrCircuitOpen)
	default:
		return false
	}
}
