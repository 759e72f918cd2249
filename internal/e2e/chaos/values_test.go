package chaos

import (
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// valueExperiments spoil what Redis holds.
func valueExperiments() []experiment {
	return []experiment{
		{"F-49", "values cut, empty, random, too long, with a flipped bit, of another form", spoiltValues},
		{"F-51", "a list where a value belongs (WRONGTYPE)", func(t *testing.T, _ *figures) outcome {
			s := spoiling(t)
			s.spoil(t, "a list", func(admin *redis.Connection, key, _ string) {
				redisCommand(t, admin, "DEL", key)
				redisCommand(t, admin, "RPUSH", key, "a", "b")
			})
			return s.outcome
		}},
		{"F-52", "the value of another key", func(t *testing.T, _ *figures) outcome {
			s := spoiling(t)
			s.spoil(t, "another key's value", func(admin *redis.Connection, key, _ string) {
				kit.Demand(t, s.Start(t, 1, kit.Steady)[0], kit.WantServices, kit.FreshData)
				other := s.keyOf(t, "listCloudServiceAlarms")
				redisCommand(t, admin, "COPY", other, key, "REPLACE")
			})
			return s.outcome
		}},
		{"F-53", "FLUSHALL under load", flushedData},
		{"F-54", "SCRIPT FLUSH", flushedScripts},
	}
}

// spoilt is a fleet whose one list in Redis is damaged again and again.
type spoilt struct {
	*kit.Fleet
	connection *redis.Connection
	outcome    outcome
}

func spoiling(t *testing.T) *spoilt {
	t.Helper()
	s := &spoilt{Fleet: kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2})}
	s.connection = s.Admin(t)
	kit.Demand(t, s.Start(t, 1, kit.Steady)[0], kit.WantAlarms, kit.FreshData)
	s.outcome = outcome{
		sees: kit.FreshData, calls: "1 for each damaged list", after: "the next replica reads Redis again",
	}
	return s
}

// keyOf is the key under which the list of an operation is kept.
func (s *spoilt) keyOf(t *testing.T, operation string) string {
	t.Helper()
	var found string
	testkit.Within(t, time.Minute, operation+" in Redis", func() bool {
		keys, err := redis.Client(s.connection).Keys(t.Context(), "opsgraph:v3:*:"+operation+":*").Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range keys {
			// Beside the value there are marks of refreshes, which are short.
			if size, err := redis.Client(s.connection).StrLen(t.Context(), key).Result(); err == nil && size > 200 {
				found = key
			}
		}
		return found != ""
	})
	return found
}

// spoil damages the list and proves that the next replica fetches it once and repairs it.
func (s *spoilt) spoil(t *testing.T, how string, damage func(admin *redis.Connection, key, value string)) {
	t.Helper()
	key := s.keyOf(t, "listDeviceAlarms")
	value, err := redis.Client(s.connection).Get(t.Context(), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	damage(s.connection, key, value)
	before := s.Sim.Calls()["listDeviceAlarms"]
	next := s.Start(t, 1, kit.Steady)[0]
	kit.Demand(t, next, kit.WantAlarms, kit.FreshData)
	if got := s.Sim.Calls()["listDeviceAlarms"] - before; got != 1 {
		t.Errorf("%s: %d calls, want 1", how, got)
	}
	next.Close() // what it writes to Redis is written
	kit.Demand(t, s.Start(t, 1, kit.Steady)[0], kit.WantAlarms, kit.FreshData)
	if got := s.Sim.Calls()["listDeviceAlarms"] - before; got != 1 {
		t.Errorf("%s: the replica after that made %d calls more", how, got-1)
	}
}

func spoiltValues(t *testing.T, _ *figures) outcome {
	t.Helper()
	s := spoiling(t)
	for how, spoil := range map[string]func(string) string{
		"random bytes":   func(string) string { return "\x8f\x00\xff\x13\x37not ours" },
		"cut":            func(value string) string { return value[:len(value)/2] },
		"a flipped bit":  func(value string) string { return value[:150] + string(value[150]^4) + value[151:] },
		"another form":   func(string) string { return `{"data": [1, 2, 3]}` },
		"nothing":        func(string) string { return "" },
		"4 MiB of zeros": func(string) string { return strings.Repeat("\x00", 4<<20) },
	} {
		s.spoil(t, how, func(admin *redis.Connection, key, value string) {
			redisCommand(t, admin, "SET", key, spoil(value))
		})
	}
	return s.outcome
}

func flushedData(t *testing.T, f *figures) outcome {
	t.Helper()
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2, Running: true})
	admin := fl.Admin(t)
	replicas := fl.Start(t, 2, kit.Steady)
	for _, r := range replicas {
		kit.Demand(t, r, kit.WantAlarms, kit.FreshData)
	}
	before := fl.MinuteCalls()
	counts := crowd(t, replicas, kit.WantAlarms, crowdSize, func() { redisCommand(t, admin, "FLUSHALL") })
	if counts[kit.FreshData] != crowdSize || fl.MinuteCalls() != before {
		t.Errorf("while Redis was emptied: %s, %d calls", tally(counts), fl.MinuteCalls()-before)
	}
	counts = atOnce(t, fl.Start(t, 2, kit.Steady), kit.WantAlarms, 20)
	if counts[kit.FreshData] != 20 || fl.MinuteCalls()-before != 1 {
		t.Errorf("new replicas: %s, %d calls", tally(counts), fl.MinuteCalls()-before)
	}
	return outcome{
		sees: "what memory has: " + kit.FreshData, calls: "0; 1 for each list that a new replica asks for",
		after: shares(t, f, "F-53", fl, replicas),
	}
}

func flushedScripts(t *testing.T, f *figures) outcome {
	t.Helper()
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2, Running: true})
	replicas := fl.Start(t, 2, kit.Steady)
	kit.Demand(t, replicas[0], kit.WantAlarms, kit.FreshData)
	redisCommand(t, fl.Admin(t), "SCRIPT", "FLUSH")
	for i, document := range []string{kit.WantDevices, kit.WantServices} {
		kit.Demand(t, replicas[i], document, kit.FreshData)
	}
	if got := fl.MinuteCalls(); got != 3 {
		t.Errorf("%d calls for three lists", got)
	}
	return outcome{sees: kit.FreshData, calls: "1 for each list", after: shares(t, f, "F-54", fl, replicas)}
}
