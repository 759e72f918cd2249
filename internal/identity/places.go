package identity

import (
	"sync"
	"sync/atomic"

	"github.com/opsgraph/opsgraph/internal/coordination/bounds"
)

// What places.take reports beside the position, counted from 1, of the place without room.
const (
	noneFull = 0
	allFull  = -1
)

// places counts what is under way in this replica: by each place, and of all together.
type places struct {
	mu    sync.Mutex
	taken map[string]int // by name; none has zero
	total int
}

func newPlaces() *places { return &places{taken: map[string]int{}} }

// take takes all the wanted places, which leave gives back and must be called, or none. all bounds what is under way
// together; 0 sets no bound.
func (p *places) take(all int, wanted []bounds.Place) (leave func(), full int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, place := range wanted {
		if p.taken[place.Name] >= place.Most {
			return nil, i + 1
		}
	}
	if all > 0 && p.total >= all {
		return nil, allFull
	}
	p.total++
	for _, place := range wanted {
		p.taken[place.Name]++
	}
	var left atomic.Bool
	return func() {
		if !left.Swap(true) {
			p.leave(wanted)
		}
	}, noneFull
}

func (p *places) leave(wanted []bounds.Place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total--
	for _, place := range wanted {
		if p.taken[place.Name]--; p.taken[place.Name] == 0 {
			delete(p.taken, place.Name)
		}
	}
}
