package cache

import (
	"testing"
	"time"
)

func TestLife(t *testing.T) {
	began := time.UnixMicro(1_700_000_000_000_000)
	l := Ages{Fresh: 10 * time.Second, Stale: time.Minute, Dead: time.Hour}.from(began, time.Second, 0.5)
	tests := []struct {
		after time.Duration
		state State
		alive bool
	}{
		{-time.Hour, Fresh, true},
		{0, Fresh, true},
		{9499 * time.Millisecond, Fresh, true}, // half of the jitter of a tenth
		{9501 * time.Millisecond, Stale, true},
		{59 * time.Second, Stale, true},
		{time.Minute, Expired, true},
		{59 * time.Minute, Expired, true},
		{time.Hour, Expired, false},
	}
	for _, tt := range tests {
		if state, alive := l.state(began.Add(tt.after)); alive != tt.alive || state != tt.state {
			t.Errorf("after %v: %v, %t, want %v, %t", tt.after, state, alive, tt.state, tt.alive)
		}
	}
	for _, random := range []float64{0, 0.5, 0.9999999} {
		always := func() float64 { return random }
		if l.early(began.Add(8*time.Second), always) {
			t.Errorf("early 1.5 s before the end with %v, want never before the last tenth", random)
		}
		if !l.early(l.staleAt, always) {
			t.Errorf("not due at the end with %v", random)
		}
	}
}
