package kit

import (
	"slices"
	"sync"
	"time"
)

// Quantile sorts times, of which there must be some, and returns the one at a quantile.
func Quantile(took []time.Duration, q float64) time.Duration {
	slices.Sort(took)
	return took[min(int(q*float64(len(took))), len(took)-1)]
}

// AtPace is an open loop: it calls ask for each number when it is due, whether or not those before it have ended.
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
