package telemetry

import (
	"sync"
	"sync/atomic"
	"testing"
)

// TestChildren: labels lead to the metric of their own, however many ask for the first time at once.
func TestChildren(t *testing.T) {
	t.Parallel()
	vector, asked := map[[2]string]*atomic.Int64{}, 0
	var mu sync.Mutex
	all := children[[2]string, *atomic.Int64]{of: func(labels [2]string) *atomic.Int64 {
		mu.Lock()
		defer mu.Unlock()
		asked++
		if vector[labels] == nil {
			vector[labels] = new(atomic.Int64)
		}
		return vector[labels]
	}}
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			for range 100 {
				all.find([2]string{"a", "b"}).Add(1)
				all.find([2]string{"ab", ""}).Add(2)
			}
		})
	}
	work.Wait()
	if one, two := all.find([2]string{"a", "b"}).Load(), all.find([2]string{"ab", ""}).Load(); one != 800 || two != 1600 {
		t.Errorf("counted %d and %d", one, two)
	}
	if asked > 16 {
		t.Errorf("the vector was asked %d times, by 8 for 2 metrics", asked)
	}
}
