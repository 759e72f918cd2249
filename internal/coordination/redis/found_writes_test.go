package redis_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// mayWrite writes KEYS[1] when ARGV[1] is 1, as scripts do that write only what has changed.
var mayWrite = goredis.NewScript(`
if ARGV[1] == '1' then redis.call('SET', KEYS[1], '1', 'PX', 1000) end
return 0`)

// A script that is refused when it writes and succeeds when it has nothing to write does not end the fault. A write
// does, however far the clock has come.
func TestFound_FaultOfWritesEndsWithAWrite(t *testing.T) {
	server := redistest.Start(t)
	admin := redis.Universal(open(t, server.URL(), redis.Options{}))
	configure := func(args ...any) {
		t.Helper()
		if err := admin.Do(t.Context(), args...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for kind, settings := range map[string]struct{ breaks, mends []any }{
		"out_of_memory": {[]any{"CONFIG", "SET", "maxmemory", "1"}, []any{"CONFIG", "SET", "maxmemory", "0"}},
		"no_replicas": {
			[]any{"CONFIG", "SET", "min-replicas-to-write", "1"}, []any{"CONFIG", "SET", "min-replicas-to-write", "0"},
		},
		"read_only": {[]any{"REPLICAOF", "127.0.0.1", "1"}, []any{"REPLICAOF", "NO", "ONE"}},
	} {
		t.Run(kind, func(t *testing.T) {
			w := watch(t, server.URL(), redis.Options{})
			run := func(write string) error {
				return mayWrite.Run(t.Context(), redis.Client(w.Connection), []string{"a"}, write).Err()
			}
			read := func() {
				t.Helper()
				if err := run("0"); err != nil {
					t.Fatal(err)
				}
			}
			configure(settings.breaks...)
			if err := run("1"); err == nil {
				t.Fatal("the script could write")
			}
			for range 3 {
				read()
				if got := w.kinds(); !slices.Equal(got, []string{kind}) {
					t.Fatalf("faults %v after a script that writes nothing, want %s", got, kind)
				}
			}
			if got := w.lines(); got != 1 || strings.Contains(w.log.String(), "takes commands again") {
				t.Errorf("%d lines at level error, want one, and no end:\n%s", got, w.log)
			}
			if got := w.count(kind); got != 4 { // with the three writes that tried it
				t.Errorf("%d errors counted, want 4", got)
			}
			configure(settings.mends...)
			read()
			if got := w.kinds(); len(got) != 0 || !strings.Contains(w.log.String(), "takes commands again") {
				t.Errorf("faults %v when writes are taken again:\n%s", got, w.log)
			}
		})
	}
}

// A fault of writes of which no write tells, since the user may not run it, ends some time after the last refusal.
func TestFound_FaultOfWritesIsForgotten(t *testing.T) {
	server := redistest.Start(t)
	admin := redis.Universal(open(t, server.URL(), redis.Options{}))
	for _, command := range []string{
		"ACL SETUSER gateway on >p ~* +ping +hello +eval +evalsha +hset", "CONFIG SET maxmemory 1",
	} {
		var args []any
		for word := range strings.FieldsSeq(command) {
			args = append(args, word)
		}
		if err := admin.Do(t.Context(), args...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	w := watch(t, "redis://gateway:p@"+server.Addr, redis.Options{})
	script := goredis.NewScript(`if ARGV[1] == '1' then redis.call('HSET', KEYS[1], 'a', 'b') end return 0`)
	for _, write := range []string{"1", "0", "0"} {
		err := script.Run(t.Context(), redis.Client(w.Connection), []string{"a"}, write).Err()
		if (err != nil) != (write == "1") {
			t.Fatalf("the script ends with %v", err)
		}
		if got := w.kinds(); !slices.Equal(got, []string{"out_of_memory"}) {
			t.Fatalf("faults %v, want out_of_memory alone", got)
		}
	}
	w.clock.Advance(3 * time.Minute)
	if got := w.kinds(); len(got) != 0 {
		t.Errorf("faults %v long after the last refusal", got)
	}
}

// A script that needs a right only at times shows nothing by its success, until it was not refused for some time.
func TestFound_FaultOfAScriptsRightLasts(t *testing.T) {
	server := redistest.Start(t)
	admin := redis.Universal(open(t, server.URL(), redis.Options{}))
	command := []any{"ACL", "SETUSER", "gateway", "on", ">p", "~*", "+ping", "+hello", "+eval", "+evalsha"}
	if err := admin.Do(t.Context(), command...).Err(); err != nil {
		t.Fatal(err)
	}
	w := watch(t, "redis://gateway:p@"+server.Addr, redis.Options{})
	for _, step := range []struct {
		write   string
		pause   time.Duration
		refused bool
	}{
		{"1", 0, true},
		{"0", 0, true},
		{"0", 5 * time.Second, true},
		{"1", 0, true},
		{"0", 8 * time.Second, true},
		{"0", 2 * time.Second, false},
	} {
		w.clock.Advance(step.pause)
		_ = mayWrite.Run(t.Context(), redis.Client(w.Connection), []string{"a"}, step.write).Err()
		if got := len(w.kinds()) > 0; got != step.refused {
			t.Errorf("%+v: a fault is present: %v", step, got)
		}
	}
}
