package burden

import (
	"slices"
	"time"
)

const (
	// longWait is how long the oldest in a lane may have waited while the oldest still goes first. Beyond it what comes
	// last has the best chance to be done in time, and goes first under overload: else all are done in time in order,
	// and the oldest would wait for nothing.
	longWait = 100 * time.Millisecond
	// lightest is the processor time up to which an operation is light: light ones don't wait behind heavy ones.
	lightest = 5 * time.Millisecond
	// lanes take turns within a tenant.
	lanes = 2
)

// queue has the operations that wait. Tenants take turns by the processor time that they were given, so that a flood of
// one delays another by one operation at most; within a tenant light and heavy operations do so. A Gate's lock guards
// it.
type queue struct {
	length  int
	cpu     time.Duration // of all that wait
	given   time.Duration // what the tenant that was served last has been given
	tenants map[string]*tenant
	waiting []*tenant // those of which something waits
}

// tenant is one of which something waits or is under way.
type tenant struct {
	name     string
	given    time.Duration // as by a clock that all tenants share, so that a pause earns nothing
	lane     time.Duration // the same of its lane that was served last
	underWay int
	waits    int           // operations that wait
	cpu      time.Duration // of what waits
	lanes    [lanes]lane
}

// lane has the light or the heavy operations of a tenant that wait, oldest first.
type lane struct {
	given  time.Duration
	cpu    time.Duration
	passes []*Pass
}

func newQueue() queue { return queue{tenants: map[string]*tenant{}} }

// laneOf is the lane of an operation.
func (t *tenant) laneOf(p *Pass) *lane {
	if p.CPU <= lightest {
		return &t.lanes[0]
	}
	return &t.lanes[1]
}

// tenantOf is the tenant of an operation, which is remembered from now on.
func (q *queue) tenantOf(p *Pass) *tenant {
	t := q.tenants[p.Tenant]
	if t == nil {
		t = &tenant{name: p.Tenant, given: q.given}
		q.tenants[p.Tenant] = t
	}
	return t
}

// add puts an operation into the queue.
func (q *queue) add(p *Pass) {
	t := q.tenantOf(p)
	l := t.laneOf(p)
	if len(l.passes) == 0 {
		l.given = max(l.given, t.lane)
	}
	if t.waits == 0 {
		t.given = max(t.given, q.given)
		q.waiting = append(q.waiting, t)
	}
	l.passes = append(l.passes, p)
	t.waits++
	l.cpu += p.CPU
	t.cpu += p.CPU
	q.cpu += p.CPU
	q.length++
}

// remove takes an operation out of the queue.
func (q *queue) remove(p *Pass) {
	t := q.tenants[p.Tenant]
	l := t.laneOf(p)
	i := slices.Index(l.passes, p)
	l.passes = slices.Delete(l.passes, i, i+1)
	t.waits--
	l.cpu -= p.CPU
	t.cpu -= p.CPU
	q.cpu -= p.CPU
	q.length--
	if t.waits == 0 {
		q.waiting = slices.DeleteFunc(q.waiting, func(other *tenant) bool { return other == t })
		q.forget(t)
	}
}

// forget drops a tenant of which nothing is left.
func (q *queue) forget(t *tenant) {
	if t.underWay == 0 && t.waits == 0 {
		delete(q.tenants, t.name)
	}
}

// admitted notes that an operation of a tenant begins.
func (q *queue) admitted(p *Pass) {
	t := q.tenantOf(p)
	l := t.laneOf(p)
	q.given, t.lane = max(q.given, t.given), max(t.lane, l.given)
	t.given += p.CPU
	l.given += p.CPU
	t.underWay++
}

// leave notes that an operation of a tenant has ended.
func (q *queue) leave(p *Pass) {
	t := q.tenants[p.Tenant]
	t.underWay--
	q.forget(t)
}

// first is the operation whose turn it is; nil where none waits.
func (q *queue) first(now time.Time, isOverloaded bool) *Pass {
	if len(q.waiting) == 0 {
		return nil
	}
	t := q.waiting[0]
	for _, other := range q.waiting[1:] {
		if other.given < t.given {
			t = other
		}
	}
	l := &t.lanes[0]
	if heavy := &t.lanes[1]; len(l.passes) == 0 || len(heavy.passes) > 0 && heavy.given < l.given {
		l = heavy
	}
	if isOverloaded && now.Sub(l.passes[0].since) > longWait {
		return l.passes[len(l.passes)-1]
	}
	return l.passes[0]
}

// ahead is about the processor time of what goes before a newcomer.
func (q *queue) ahead(p *Pass) time.Duration {
	own, given := time.Duration(0), q.given
	if t := q.tenants[p.Tenant]; t != nil {
		own = min(t.cpu, lanes*t.laneOf(p).cpu)
		given = max(given, t.given)
	}
	ahead := own
	for _, other := range q.waiting {
		if other.name != p.Tenant { // it goes first until it has been given as much
			ahead += min(other.cpu, max(0, given+own+p.CPU-other.given))
		}
	}
	return ahead
}
