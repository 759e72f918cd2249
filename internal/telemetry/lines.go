package telemetry

import (
	"context"
	"io"
	"slices"
	"sync"
	"sync/atomic"
)

const (
	// mostLines and mostLineBytes bound what waits to be written: some seconds of a busy gateway at level debug.
	mostLines     = 1024
	mostLineBytes = 4 << 20
)

// Lines writes log lines to a destination that may stop taking them, such as a pipe that nobody reads or a full disk, without keeping
// who logs waiting: one goroutine writes, lines wait in a bounded buffer, and those that find it full are dropped and counted. Safe for
// concurrent use. Close must be called.
type Lines struct {
	destination io.Writer
	dropped     func()
	notice      func(w io.Writer, lost int64)

	mu      sync.RWMutex // held to write by Close, so that nothing is sent to a closed channel
	closed  bool
	waiting chan []byte
	bytes   atomic.Int64 // in waiting
	lost    atomic.Int64 // dropped and not told of yet
	ended   chan struct{}
}

// NewLines begins to write to the destination. dropped is called for each line that is dropped; notice writes to the destination how many
// were, when lines go on after that. Either may be nil.
func NewLines(destination io.Writer, dropped func(), notice func(w io.Writer, lost int64)) *Lines {
	if dropped == nil {
		dropped = func() {}
	}
	if notice == nil {
		notice = func(io.Writer, int64) {}
	}
	l := &Lines{
		destination: destination, dropped: dropped, notice: notice, waiting: make(chan []byte, mostLines), ended: make(chan struct{}),
	}
	go l.write()
	return l
}

// Write implements io.Writer: it takes one line, or drops it. It never fails and never waits.
func (l *Lines) Write(line []byte) (int, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	size := int64(len(line))
	if !l.closed && l.bytes.Add(size) <= mostLineBytes {
		select {
		case l.waiting <- slices.Clone(line):
			return len(line), nil
		default:
		}
	}
	if !l.closed {
		l.bytes.Add(-size)
	}
	l.lost.Add(1)
	l.dropped()
	return len(line), nil
}

// write is the one goroutine that touches the destination.
func (l *Lines) write() {
	defer close(l.ended)
	for line := range l.waiting {
		l.bytes.Add(-int64(len(line)))
		_, _ = l.destination.Write(line) // there is no other place to tell of it
		if len(l.waiting) > 0 {
			continue
		}
		if lost := l.lost.Swap(0); lost > 0 {
			l.notice(l.destination, lost)
		}
	}
	if lost := l.lost.Swap(0); lost > 0 {
		l.notice(l.destination, lost)
	}
}

// Close writes what waits while ctx lives; its error is that of ctx where the destination still takes nothing then. Lines that come
// later are dropped.
func (l *Lines) Close(ctx context.Context) error {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.waiting)
	}
	l.mu.Unlock()
	select {
	case <-l.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
