package testkit_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestClock(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	clock := testkit.NewClock(began)
	clock.Advance(time.Hour)
	if got := clock.Now().Sub(began); got != time.Hour {
		t.Errorf("%v after an hour", got)
	}
	clock.Run()
	testkit.Eventually(t, "the clock does not go on", func() bool { return clock.Now().Sub(began) > time.Hour })
}
