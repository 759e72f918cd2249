package telemetry

import (
	"context"
	"io"
	"slices"
	"sync"
	"sync/atomic"
)

const (
	// mostLines and mostLineBytes bound the waiting lines: some seconds of a busy gateway at level debug.
	mostLines     = 1024
	mostLineBytes = 4 << 20
)

// Lines writes log lines to a destination that may stop taking them, such as a pipe without reader or a full disk.
// Write never waits: one goroutine writes lines from a bounded buffer; a line that finds it full, or that the
// destination does not take, is dropped and counted. Lines is safe for concurrent use. Close must be called.
type Lines struct {
	destination io.Writer
	dropped     func()
	notice      func(w io.Writer, lost int64)

	mu      sync.RWMutex // held to write by Close, so that nothing is sent to a closed channel
	closed  bool
	waiting chan []byte
	bytes   atomic.Int64 // in waiting
	lost    atomic.Int64 // dropped lines without a notice yet
	ended   chan struct{}
}

// NewLines begins to write to the destination. dropped is called for each dropped line; notice writes their number to
// the destination once that takes lines again. Either may be nil.
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

// write is the only goroutine that uses the destination.
func (l *Lines) write() {
	defer close(l.ended)
	for line := range l.waiting {
		l.bytes.Add(-int64(len(line)))
		if _, err := l.destination.Write(line); err != nil { // a full disk: there is no other place for the error
			l.lost.Add(1)
			l.dropped()
			continue
		}
		if len(l.waiting) == 0 {
			l.writeNotice()
		}
	}
	l.writeNotice()
}

// writeNotice writes how many lines were lost, and remembers the number if the destination does not take the notice.
func (l *Lines) writeNotice() {
	lost := l.lost.Swap(0)
	if lost == 0 {
		return
	}
	w := &errWriter{Writer: l.destination}
	if l.notice(w, lost); w.err != nil {
		l.lost.Add(lost)
	}
}

// errWriter remembers the last error of a writer.
type errWriter struct {
	io.Writer
	err error
}

// Write implements io.Writer.
func (w *errWriter) Write(p []byte) (n int, err error) {
	n, w.err = w.Writer.Write(p)
	return n, w.err //nolint:wrapcheck // the writer's own
}

// Close writes the waiting lines while ctx lives; its error is that of ctx when some remain. Later lines are dropped.
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
