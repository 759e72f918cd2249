package jobs

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/registry"
)

const (
	kindCommand = "command"
	// freeFor is how long a key that is free again says so. It outlives any claim that Redis carries out late.
	freeFor = time.Minute
)

// keys are the idempotency keys of commands, in the registry.
type keys struct{ known *registry.Registry }

// record is what is known of a command with an idempotency key.
type record struct {
	Input string `json:"input"`
	// Claim is of this command alone, so that its sender recognises the claim when Redis answers late.
	Claim   string `json:"claim,omitempty"`
	JobID   string `json:"jobId,omitempty"`
	Unknown bool   `json:"unknown,omitempty"`
	// Free means that the command was certainly not carried out: the next one may take the key.
	Free bool `json:"free,omitempty"`
}

// newRecord makes the claim of a command.
func newRecord(input any) (record, error) {
	text, err := json.Marshal(input)
	if err != nil {
		return record{}, fmt.Errorf("encode command input: %w", err)
	}
	sum := sha256.Sum256(text)
	return record{Input: hex.EncodeToString(sum[:]), Claim: rand.Text()}, nil
}

// take claims a key that is unused or free, and returns what the key holds then.
func (k keys) take(ctx context.Context, key string, claim record) (record, error) {
	value, err := json.Marshal(claim)
	if err != nil {
		return record{}, fmt.Errorf("encode command: %w", err)
	}
	// A claim whose caller leaves meanwhile may be written all the same: its end must be known.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	held, _, err := k.known.PutIfAbsent(ctx, kindCommand, key, value, commandRemembered)
	if err != nil {
		return k.own(ctx, key, value, claim, err)
	}
	first, err := read(held)
	if err != nil || !first.Free {
		return first, err
	}
	taken, err := k.known.Replace(ctx, kindCommand, key, held, value, commandRemembered)
	switch {
	case err != nil:
		return k.own(ctx, key, value, claim, err)
	case taken:
		return claim, nil
	default:
		return first, nil
	}
}

// own looks whether a claim was written although its answer did not come. Otherwise it returns the cause.
func (k keys) own(ctx context.Context, key string, value []byte, claim record, cause error) (record, error) {
	held, ok, err := k.known.Value(ctx, kindCommand, key)
	if err != nil || !ok || !bytes.Equal(held, value) {
		return record{}, cause
	}
	return claim, nil
}

// givenUp reports whether the command that holds the key should have ended long ago: its replica died before it noted the
// outcome. The age is by the clock of Redis, since those of replicas differ.
func (k keys) givenUp(ctx context.Context, key string) (bool, error) {
	left, err := k.known.Left(ctx, kindCommand, key)
	if err != nil {
		return false, fmt.Errorf("age of the command: %w", err)
	}
	return left > 0 && commandRemembered-left > commandLasts, nil
}

// put notes the outcome of the command that holds the key.
func (k keys) put(ctx context.Context, key string, outcome record) error {
	value, err := json.Marshal(outcome)
	if err != nil {
		return fmt.Errorf("encode command: %w", err)
	}
	return k.known.Put(ctx, kindCommand, key, value, commandRemembered)
}

// free gives a key back, if the claim holds it or Redis carries the claim out later.
func (k keys) free(ctx context.Context, key string, claim record) error {
	value, err := json.Marshal(claim)
	if err != nil {
		return fmt.Errorf("encode command: %w", err)
	}
	freed, err := json.Marshal(record{Claim: claim.Claim, Free: true})
	if err != nil {
		return fmt.Errorf("encode command: %w", err)
	}
	_, err = k.known.Replace(ctx, kindCommand, key, value, freed, freeFor)
	return err
}

func read(held []byte) (record, error) {
	var first record
	if err := json.Unmarshal(held, &first); err != nil {
		return record{}, fmt.Errorf("read command: %w", err)
	}
	return first, nil
}
