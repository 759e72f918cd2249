package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/coordination/registry"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// A caller who leaves does not end a command that has a key: the repeat gets its job, and nothing is started twice.
func TestFound_C3_TheRepeatGetsTheJobOfACallerWhoLeft(t *testing.T) {
	known := commands(t)
	begun, answer := make(chan struct{}), make(chan struct{})
	var runs atomic.Int64
	run := func(ctx context.Context) (string, error) {
		runs.Add(1)
		close(begun)
		select {
		case <-answer:
			return "job-1", nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() {
		_, err := known.Once(ctx, "key", "input", run)
		first <- err
	}()
	<-begun
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("first: %v", err)
	}
	patience, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	if _, err := known.Once(patience, "key", "input", run); !errors.Is(err, jobs.ErrUnderWay) {
		t.Errorf("a repeat that can't wait: %v", err)
	}
	close(answer)
	if got, err := known.Once(t.Context(), "key", "input", run); got != "job-1" || err != nil || runs.Load() != 1 {
		t.Errorf("a repeat: %q, %v after %d runs", got, err, runs.Load())
	}
}

// Clocks of replicas that differ by minutes do not make a command that is under way look like one that never ended.
func TestFound_C3_ReplicasWhoseClocksDiffer(t *testing.T) {
	server := redistest.Start(t)
	replica := func(ahead time.Duration) *jobs.Commands {
		connection, err := redis.Open(t.Context(), server.URL(), redis.Options{Timeout: 5 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = connection.Close() })
		now := func() time.Time { return time.Now().Add(ahead) }
		all := jobs.NewCommands(dataset.Config{Commands: registry.New(connection, "test", now)}.WithDefaults())
		t.Cleanup(all.Close)
		return all
	}
	one, two := replica(0), replica(5*time.Minute)
	begun, answer := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		_, err := one.Once(t.Context(), "key", "input", func(context.Context) (string, error) {
			close(begun)
			<-answer
			return "job-1", nil
		})
		first <- err
	}()
	<-begun
	patience, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, err := two.Once(patience, "key", "input", (&command{}).run); !errors.Is(err, jobs.ErrUnderWay) {
		t.Errorf("a repeat that can't wait: %v", err)
	}
	close(answer)
	if got, err := two.Once(t.Context(), "key", "input", (&command{}).run); got != "job-1" || err != nil {
		t.Errorf("a repeat: %q, %v", got, err)
	}
	if err := <-first; err != nil {
		t.Error(err)
	}
}

// A command whose replica died before it noted the outcome may have run: the repeat says so instead of waiting for ever.
func TestFound_C3_AReplicaThatDied(t *testing.T) {
	clock := testkit.NewClock(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC))
	cfg := dataset.Config{Commands: registry.New(nil, "test", clock.Now)}.WithDefaults()
	dying, other := jobs.NewCommands(cfg), jobs.NewCommands(cfg)
	t.Cleanup(other.Close)
	begun, answer := make(chan struct{}), make(chan struct{})
	go func() {
		_, _ = dying.Once(t.Context(), "key", "input", func(context.Context) (string, error) {
			close(begun)
			<-answer
			return "job-1", nil
		})
	}()
	<-begun
	clock.Advance(31 * time.Second)
	if _, err := other.Once(t.Context(), "key", "input", (&command{}).run); !errors.Is(err, jobs.ErrOutcomeUnknown) {
		t.Errorf("a repeat: %v", err)
	}
	close(answer)
	dying.Close()
}

// The gateway's end waits for commands under way, and takes no more.
func TestFound_C3_CommandsUnderWayAtTheEnd(t *testing.T) {
	cfg := dataset.Config{}.WithDefaults()
	ending, after := jobs.NewCommands(cfg), jobs.NewCommands(cfg)
	t.Cleanup(after.Close)
	begun, answer := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, _ = ending.Once(ctx, "key", "input", func(context.Context) (string, error) {
			close(begun)
			<-answer
			return "job-1", nil
		})
	}()
	<-begun
	cancel()
	closed := make(chan struct{})
	go func() {
		ending.Close()
		close(closed)
	}()
	testkit.Eventually(t, "the end takes no notice", func() bool {
		_, err := ending.Once(t.Context(), fmt.Sprint("another ", time.Now()), "input", (&command{}).run)
		return err != nil
	})
	select {
	case <-closed:
		t.Error("closed while a command was under way")
	default:
	}
	close(answer)
	<-closed
	if got, err := after.Once(t.Context(), "key", "input", (&command{}).run); got != "job-1" || err != nil {
		t.Errorf("afterwards: %q, %v", got, err)
	}
}

// A panic of a command with a key ends neither the process nor the wait of its caller, and leaves the outcome open.
func TestFound_C3_APanic(t *testing.T) {
	known := commands(t)
	_, err := known.Once(t.Context(), "key", "input", func(context.Context) (string, error) { panic("odd") })
	if err == nil {
		t.Error("no error")
	}
	if _, err := known.Once(t.Context(), "key", "input", (&command{}).run); !errors.Is(err, jobs.ErrOutcomeUnknown) {
		t.Errorf("again: %v", err)
	}
}

// overASlowRedis makes what runs commands for two replicas, on a Redis whose answers can be made late.
func overASlowRedis(t *testing.T) (one, two *jobs.Commands, slow func(by time.Duration)) {
	t.Helper()
	server := redistest.Start(t)
	wire := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "wire",
		"127.0.0.1:0", server.Addr)
	if err := wire.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(wire.Stop)
	over := func(address string, timeout time.Duration) *jobs.Commands {
		connection, err := redis.Open(t.Context(), "redis://"+address, redis.Options{
			Timeout: timeout, DialTimeout: 5 * time.Second, RetryAfter: 20 * time.Millisecond,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = connection.Close() })
		commands := jobs.NewCommands(dataset.Config{Commands: registry.New(connection, "test", nil)}.WithDefaults())
		t.Cleanup(commands.Close)
		return commands
	}
	late := false
	return over(wire.Listen, 200*time.Millisecond), over(server.Addr, 5*time.Second), func(by time.Duration) {
		if late {
			if err := wire.Toxics.RemoveToxic(t.Context(), "late"); err != nil {
				t.Fatal(err)
			}
		}
		if late = by > 0; !late {
			return
		}
		toxic := fmt.Sprintf(`{"name":"late","type":"latency","attributes":{"latency":%d}}`, by.Milliseconds())
		if _, err := wire.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
			t.Fatal(err)
		}
	}
}

// Redis carries the claim out and answers late: nothing was sent, and the key is free once Redis answers again, also in
// another replica.
func TestFound_C4_AClaimThatRedisAnswersLate(t *testing.T) {
	for name, other := range map[string]bool{"same replica": false, "another replica": true} {
		t.Run(name, func(t *testing.T) {
			one, two, slow := overASlowRedis(t)
			c := &command{}
			if _, err := one.Once(t.Context(), "warm", "input", c.run); err != nil {
				t.Fatal(err)
			}
			slow(time.Second)
			_, err := one.Once(t.Context(), "key", "input", c.run)
			if !errors.Is(err, jobs.ErrKeyUnchecked) || c.runs != 1 {
				t.Fatalf("while Redis is late: %v after %d runs", err, c.runs)
			}
			slow(0)
			repeat := one
			if other {
				repeat = two
			}
			var got string
			testkit.Eventually(t, "the key is never free again", func() bool {
				got, err = repeat.Once(t.Context(), "key", "input", c.run)
				return !errors.Is(err, jobs.ErrKeyUnchecked)
			})
			if got != "job-1" || err != nil || c.runs != 2 {
				t.Errorf("once it answers: %q, %v after %d runs", got, err, c.runs)
			}
		})
	}
}

// A key that could not be given back while Redis was late is given back when it answers again.
func TestFound_C4_AKeyThatIsFreeLater(t *testing.T) {
	one, two, slow := overASlowRedis(t)
	refused := rest.Spec{System: "esm", Operation: "createMeterQueryJob"}.Fail(rest.RateLimited, nil)
	_, err := one.Once(t.Context(), "key", "input", func(context.Context) (string, error) {
		slow(time.Second)
		return "", refused
	})
	if !errors.Is(err, refused) {
		t.Fatalf("first: %v", err)
	}
	slow(0)
	if got, err := two.Once(t.Context(), "key", "input", (&command{}).run); got != "job-1" || err != nil {
		t.Errorf("again: %q, %v", got, err)
	}
}

// A job whose id could not be written down while Redis was late is known when it answers again.
func TestFound_C4_AJobThatIsWrittenDownLater(t *testing.T) {
	one, two, slow := overASlowRedis(t)
	got, err := one.Once(t.Context(), "key", "input", func(context.Context) (string, error) {
		slow(time.Second)
		return "job-7", nil
	})
	if got != "job-7" || err != nil {
		t.Fatalf("first: %q, %v", got, err)
	}
	slow(0)
	if got, err := two.Once(t.Context(), "key", "input", (&command{}).run); got != "job-7" || err != nil {
		t.Errorf("again: %q, %v", got, err)
	}
}
