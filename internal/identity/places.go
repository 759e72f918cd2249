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

// places bounds what is under way in this replica: by what each place allows, and of all together.
type places struct {
	all int // 0: no bound

	mu    sync.Mutex
	taken map[string]int // by name; none has zero
	total int
}

func newPlaces(all int) *places { return &places{all: all, taken: map[string]int{}} }

// take takes all the wanted places, which leave gives back and must be called, or none.
func (p *places) take(wanted []bounds.Place) (leave func(), full int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, place := range wanted {
		if p.taken[place.Name] >= place.Most {
			return nil, i + 1
		}
	}
	if p.all > 0 && p.total >= p.all {
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
