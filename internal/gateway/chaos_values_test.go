package gateway_test

import (
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
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
				demand(t, s.start(t, 1, steady)[0], wantServices, freshData)
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
	*fleet
	connection *redis.Connection
	outcome    outcome
}

func spoiling(t *testing.T) *spoilt {
	t.Helper()
	s := &spoilt{fleet: newFleet(t, worldSettings{Hosts: 3, Regions: 2})}
	s.connection = s.admin(t)
	demand(t, s.start(t, 1, steady)[0], wantAlarms, freshData)
	s.outcome = outcome{
		sees: freshData, calls: "1 for each damaged list", after: "the next replica reads Redis again",
	}
	return s
}

// keyOf is the key under which the list of an operation is kept.
func (s *spoilt) keyOf(t *testing.T, operation string) string {
	t.Helper()
	var found string
	await(t, time.Minute, operation+" in Redis", func() bool {
		keys, err := s.connection.Client().Keys(t.Context(), "opsgraph:v2:*:"+operation+":*").Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range keys {
			// Beside the value stand marks of refreshes, which are short.
			if size, err := s.connection.Client().StrLen(t.Context(), key).Result(); err == nil && size > 200 {
				found = key
			}
		}
		return found != ""
	})
	return found
}

// spoil damages the list and proves that the next replica asks for it once and mends it.
func (s *spoilt) spoil(t *testing.T, how string, damage func(admin *redis.Connection, key, value string)) {
	t.Helper()
	key := s.keyOf(t, "listDeviceAlarms")
	value, err := s.connection.Client().Get(t.Context(), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	damage(s.connection, key, value)
	before := s.sim.Calls()["listDeviceAlarms"]
	next := s.start(t, 1, steady)[0]
	demand(t, next, wantAlarms, freshData)
	if got := s.sim.Calls()["listDeviceAlarms"] - before; got != 1 {
		t.Errorf("%s: %d calls, want 1", how, got)
	}
	next.close() // what it writes to Redis is written
	demand(t, s.start(t, 1, steady)[0], wantAlarms, freshData)
	if got := s.sim.Calls()["listDeviceAlarms"] - before; got != 1 {
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
	fl := newFleet(t, worldSettings{Hosts: 3, Regions: 2, Running: true})
	admin := fl.admin(t)
	replicas := fl.start(t, 2, steady)
	for _, r := range replicas {
		demand(t, r, wantAlarms, freshData)
	}
	before := fl.minuteCalls()
	counts := crowd(t, replicas, wantAlarms, crowdSize, func() { redisCommand(t, admin, "FLUSHALL") })
	if counts[freshData] != crowdSize || fl.minuteCalls() != before {
		t.Errorf("while Redis was emptied: %s, %d calls", tally(counts), fl.minuteCalls()-before)
	}
	counts = atOnce(t, fl.start(t, 2, steady), wantAlarms, 20)
	if counts[freshData] != 20 || fl.minuteCalls()-before != 1 {
		t.Errorf("new replicas: %s, %d calls", tally(counts), fl.minuteCalls()-before)
	}
	return outcome{
		sees: "what memory has: " + freshData, calls: "0; 1 for each list that a new replica asks for",
		after: shares(t, f, "F-53", fl, replicas),
	}
}

func flushedScripts(t *testing.T, f *figures) outcome {
	t.Helper()
	fl := newFleet(t, worldSettings{Hosts: 3, Regions: 2, Running: true})
	replicas := fl.start(t, 2, steady)
	demand(t, replicas[0], wantAlarms, freshData)
	redisCommand(t, fl.admin(t), "SCRIPT", "FLUSH")
	for i, document := range []string{wantDevices, wantServices} {
		demand(t, replicas[i], document, freshData)
	}
	if got := fl.minuteCalls(); got != 3 {
		t.Errorf("%d calls for three lists", got)
	}
	return outcome{sees: freshData, calls: "1 for each list", after: shares(t, f, "F-54", fl, replicas)}
}
