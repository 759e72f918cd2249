package events

import (
	"context"
	"crypto/rand"
	"sync"
	"time"
)

// memoryStore keeps the streams of a gateway that has no Redis.
type memoryStore struct {
	length  int
	keptFor time.Duration
	now     func() time.Time

	mu      sync.Mutex
	streams map[string]*memoryStream
}

type memoryStream struct {
	id      string
	head    uint64
	entries []entry
	states  map[string]State
	changed map[string]uint64 // by part: the last generation that changed anything
	ends    time.Time
}

func newMemoryStore(o Options) *memoryStore {
	return &memoryStore{length: o.Length, keptFor: o.KeptFor, now: o.Now, streams: map[string]*memoryStream{}}
}

func (m *memoryStore) state(_ context.Context, stream, part string) (State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.find(stream)
	if s == nil {
		return State{}, nil
	}
	return s.states[part], nil
}

func (m *memoryStore) publish(_ context.Context, stream, part string, p step) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget()
	s := m.find(stream)
	if s == nil {
		s = &memoryStream{id: rand.Text(), states: map[string]State{}, changed: map[string]uint64{}}
	}
	held := s.states[part]
	if held.Generation != p.before {
		return ErrConflict
	}
	m.streams[stream] = s
	s.ends = m.now().Add(m.keptFor)
	for _, e := range p.entries {
		s.head++
		e.sequence, e.step = s.head, origin{part: part, since: held.At, at: p.at}
		s.entries = append(s.entries, e)
	}
	s.entries = s.entries[max(0, len(s.entries)-m.length):]
	if len(p.entries) > 0 || !held.Known {
		s.changed[part] = p.generation
	}
	next := State{Known: true, Generation: p.generation, At: p.at, Data: held.Data}
	if p.data != nil {
		next.Data = p.data
	}
	s.states[part] = next
	return nil
}

func (m *memoryStore) read(_ context.Context, asks []ask) ([]page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	pages := make([]page, len(asks))
	for i, a := range asks {
		s := m.find(a.stream)
		if s == nil {
			continue
		}
		after := a.after.Sequence
		if a.after.Stream != s.id {
			after = 0
		}
		pages[i] = page{stream: s.id, head: s.head, parts: make(map[string]partState, len(s.states))}
		for part, state := range s.states {
			pages[i].parts[part] = partState{changed: s.changed[part], at: state.At}
		}
		for _, e := range s.entries {
			if e.sequence > after && len(pages[i].entries) < pageEntries {
				pages[i].entries = append(pages[i].entries, e)
			}
		}
	}
	return pages, nil
}

// find returns a stream that has not ended, or nil. m.mu is held.
func (m *memoryStore) find(stream string) *memoryStream {
	s := m.streams[stream]
	if s == nil || !m.now().Before(s.ends) {
		return nil
	}
	return s
}

// forget drops the streams that have ended. m.mu is held.
func (m *memoryStore) forget() {
	now := m.now()
	for name, s := range m.streams {
		if !now.Before(s.ends) {
			delete(m.streams, name)
		}
	}
}
