package kit

import (
	"slices"
	"sync"
	"time"
)

// Quantile sorts times, of which there are some, and gives the one at that part of them.
func Quantile(took []time.Duration, q float64) time.Duration {
	slices.Sort(took)
	return took[min(int(q*float64(len(took))), len(took)-1)]
}

// AtPace is an open loop: ask is called for each number when its turn is due, whether those before it have ended or
// not.
func AtPace(count int, interval time.Duration, ask func(n int, due time.Time)) {
	var asking sync.WaitGroup
	began := time.Now()
	for n := range count {
		due := began.Add(time.Duration(n) * interval)
		pause := time.NewTimer(time.Until(due))
		<-pause.C
		asking.Go(func() { ask(n, due) })
	}
	asking.Wait()
}
