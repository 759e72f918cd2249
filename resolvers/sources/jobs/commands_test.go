package jobs_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// command is one that counts how often it runs.
type command struct {
	mu   sync.Mutex
	runs int
	err  error
	take time.Duration
}

func (c *command) run(ctx context.Context) (string, error) {
	c.mu.Lock()
	c.runs++
	err := c.err
	c.mu.Unlock()
	select {
	case <-time.After(c.take):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if err != nil {
		return "", err
	}
	return "job-1", nil
}

// commands makes what runs commands, over a registry of its own.
func commands(t *testing.T) *jobs.Commands {
	t.Helper()
	all := jobs.NewCommands(dataset.Config{}.WithDefaults())
	t.Cleanup(all.Close)
	return all
}

func TestOnce(t *testing.T) {
	known, c := commands(t), &command{}
	once := func(key, input string) (string, error) { return known.Once(t.Context(), key, input, c.run) }
	for _, test := range []struct {
		name, key, input, want string
		err                    error
		runs                   int
	}{
		{"first", "key", "input", "job-1", nil, 1},
		{"again", "key", "input", "job-1", nil, 1},
		{"another input", "key", "other", "", jobs.ErrKeyReused, 1},
		{"another key", "key-2", "input", "job-1", nil, 2},
		{"no key", "", "input", "job-1", nil, 3},
		{"no key again", "", "input", "job-1", nil, 4},
	} {
		got, err := once(test.key, test.input)
		if got != test.want || !errors.Is(err, test.err) || c.runs != test.runs {
			t.Errorf("%s: %q, %v after %d runs, want %q, %v after %d", test.name, got, err, c.runs, test.want, test.err,
				test.runs)
		}
	}
}

func TestOnceAtTheSameMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		known, c := commands(t), &command{take: 3 * time.Second}
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() {
				if got, err := known.Once(t.Context(), "key", "input", c.run); got != "job-1" || err != nil {
					t.Errorf("got %q, %v", got, err)
				}
			})
		}
		wait.Wait()
		if c.runs != 1 {
			t.Errorf("the command ran %d times", c.runs)
		}
	})
}

func TestOnceGivesUpWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		known, c := commands(t), &command{take: time.Minute}
		var wait sync.WaitGroup
		wait.Go(func() { _, _ = known.Once(t.Context(), "key", "input", c.run) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := known.Once(ctx, "key", "input", c.run); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		wait.Wait()
		if c.runs != 1 {
			t.Errorf("the command ran %d times", c.runs)
		}
	})
}

func TestOnceAfterAFailure(t *testing.T) {
	endpoint := rest.Spec{System: "esm", Operation: "createMeterQueryJob", Method: "POST"}
	for _, test := range []struct {
		name string
		err  error
		want error // of a repeated command; nil when it may run again
	}{
		{"refused input", endpoint.Fail(rest.Rejected, nil), nil},
		{"our quota", endpoint.Fail(rest.QuotaExhausted, nil), nil},
		{"the upstream's rate", endpoint.Fail(rest.RateLimited, nil), nil},
		{"no right", endpoint.Fail(rest.Forbidden, nil), nil},
		{"not configured", endpoint.Fail(rest.NotConfigured, nil), nil},
		{"an error of ours", errors.New("input is odd"), nil},
		{"no answer in time", endpoint.Fail(rest.Timeout, nil), jobs.ErrOutcomeUnknown},
		{"an answer that can't be read", endpoint.Fail(rest.BadResponse, nil), jobs.ErrOutcomeUnknown},
		{"a broken connection", endpoint.Fail(rest.Unavailable, errors.New("reset")), jobs.ErrOutcomeUnknown},
		{"a call that was ended", endpoint.Fail(rest.Canceled, nil), jobs.ErrOutcomeUnknown},
		{"an answer too large", endpoint.Fail(rest.TooLarge, nil), jobs.ErrOutcomeUnknown},
		{"time that ran out", context.DeadlineExceeded, jobs.ErrOutcomeUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			known, c := commands(t), &command{err: test.err}
			if _, err := known.Once(t.Context(), "key", "input", c.run); !errors.Is(err, test.err) {
				t.Fatalf("first: %v", err)
			}
			c.err = nil
			got, err := known.Once(t.Context(), "key", "input", c.run)
			if !errors.Is(err, test.want) || (test.want == nil) != (got == "job-1") {
				t.Errorf("again: %q, %v, want %v", got, err, test.want)
			}
		})
	}
}
