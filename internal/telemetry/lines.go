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

// Lines writes log lines to a destination that may stop taking them, such as a pipe that nobody reads or a full disk,
// without keeping who logs waiting: one goroutine writes, lines wait in a bounded buffer, and those that find it full
// are dropped and counted. Safe for concurrent use. Lines that the destination fails to take are lost and counted as
// well. Close must be called.
type Lines struct {
	destination io.Writer
	dropped     func()
	notice      func(w io.Writer, lost int64)

	mu      sync.RWMutex // held to write by Close, so that nothing is sent to a closed channel
	closed  bool
	waiting chan []byte
	bytes   atomic.Int64 // in waiting
	lost    atomic.Int64 // dropped or not taken, and not told of yet
	ended   chan struct{}
}

// NewLines begins to write to the destination. dropped is called for each line that is lost; notice writes to the
// destination how many were, when lines go on after that. Either may be nil.
func NewLines(destination io.Writer, dropped func(), notice func(w io.Writer, lost int64)) *Lines {
	if dropped == nil {
		dropped = func() {}
	}
	if notice == nil {
		notice = func(io.Writer, int64) {}
	}
	l := &Lines{
		destination: destination, dropped: dropped, notice: notice, waiting: make(chan []byte, mostLines),
		ended: make(chan struct{}),
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
		if _, err := l.destination.Write(line); err != nil { // a full disk: there is no other place to tell of it
			l.lost.Add(1)
			l.dropped()
			continue
		}
		if len(l.waiting) == 0 {
			l.tell()
		}
	}
	l.tell()
}

// tell writes how many lines were lost, and remembers it where the destination still takes none.
func (l *Lines) tell() {
	lost := l.lost.Swap(0)
	if lost == 0 {
		return
	}
	w := &noted{Writer: l.destination}
	if l.notice(w, lost); w.err != nil {
		l.lost.Add(lost)
	}
}

// noted remembers the last error of a writer.
type noted struct {
	io.Writer
	err error
}

// Write implements io.Writer.
func (n *noted) Write(p []byte) (int, error) {
	written, err := n.Writer.Write(p)
	n.err = err
	return written, err //nolint:wrapcheck // the writer's own
}

// Close writes what waits while ctx lives; its error is that of ctx where the destination still takes nothing then.
// Lines that come later are dropped.
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
