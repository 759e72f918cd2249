package record

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// bufferLen is how many bytes go to and come from a compressor at once.
const bufferLen = 32 << 10

// writer writes the parts of a record. The first error ends it.
type writer struct {
	sink   io.Writer
	buffer []byte
	total  int // bytes written, buffered ones included
	most   int
	err    error
}

func (w *writer) reset(sink io.Writer, most int) {
	*w = writer{sink: sink, buffer: w.buffer[:0], most: most}
}

// number writes a number of any size.
func (w *writer) number(n uint64) {
	if !w.room(binary.MaxVarintLen64) {
		return
	}
	before := len(w.buffer)
	w.buffer = binary.AppendUvarint(w.buffer, n)
	w.total += len(w.buffer) - before
}

// text writes a text with its length.
func (w *writer) text(text string) {
	w.number(uint64(len(text)))
	for len(text) > 0 && w.room(1) {
		n := min(len(text), cap(w.buffer)-len(w.buffer))
		w.buffer = append(w.buffer, text[:n]...)
		w.total += n
		text = text[n:]
	}
}

// raw writes bytes without their length, so that they must be the last.
func (w *writer) raw(plain []byte) {
	for len(plain) > 0 && w.room(1) {
		n := min(len(plain), cap(w.buffer)-len(w.buffer))
		w.buffer = append(w.buffer, plain[:n]...)
		w.total += n
		plain = plain[n:]
	}
}

// room makes room for a few bytes. It returns false after an error.
func (w *writer) room(n int) bool {
	if w.err == nil && cap(w.buffer)-len(w.buffer) < n {
		w.flush()
	}
	if w.err == nil && w.total > w.most {
		w.err = fmt.Errorf("%w: more than %d bytes", ErrTooLarge, w.most)
	}
	return w.err == nil
}

func (w *writer) flush() {
	if _, err := w.sink.Write(w.buffer); err != nil && w.err == nil {
		w.err = err
	}
	w.buffer = w.buffer[:0]
}

// close writes what is buffered.
func (w *writer) close() error {
	if w.room(0) {
		w.flush()
	}
	return w.err
}

// reader reads the parts of a record. Every error of its methods is [ErrCorrupt].
type reader struct {
	source *bufio.Reader
	left   int // bytes of the record that were not read yet
	plain  int
}

func newReader(source io.Reader, plain int) *reader {
	return &reader{source: bufio.NewReaderSize(source, min(max(plain, 16), bufferLen)), left: plain, plain: plain}
}

// number reads a number that is at most most.
func (r *reader) number(most uint64) (uint64, error) {
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		b, err := r.source.ReadByte()
		if err != nil {
			return 0, corrupt(err)
		}
		r.left--
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			if n > most || r.left < 0 {
				return 0, fmt.Errorf("%w: number %d of at most %d", ErrCorrupt, n, most)
			}
			return n, nil
		}
	}
	return 0, fmt.Errorf("%w: a number without end", ErrCorrupt)
}

// bytes reads bytes with their length.
func (r *reader) bytes() ([]byte, error) {
	n, err := r.number(uint64(max(r.left, 0)))
	if err != nil {
		return nil, err
	}
	return r.take(int(n))
}

// text reads a text with its length.
func (r *reader) text() (string, error) {
	n, err := r.number(uint64(max(r.left, 0)))
	if err != nil {
		return "", err
	}
	if int(n) > r.source.Size() {
		long, err := r.take(int(n))
		return string(long), err
	}
	short, err := r.source.Peek(int(n))
	if err != nil {
		return "", corrupt(err)
	}
	r.left -= int(n)
	text := string(short)
	_, err = r.source.Discard(len(text))
	return text, err //nolint:wrapcheck // what was peeked at can be discarded
}

// rest reads all that is left.
func (r *reader) rest() ([]byte, error) { return r.take(r.left) }

func (r *reader) take(n int) ([]byte, error) {
	if n > r.left {
		return nil, fmt.Errorf("%w: %d bytes where %d are left", ErrCorrupt, n, r.left)
	}
	taken := make([]byte, n)
	if _, err := io.ReadFull(r.source, taken); err != nil {
		return nil, corrupt(err)
	}
	r.left -= n
	return taken, nil
}

// end fails unless the record ends here.
func (r *reader) end() error {
	if r.left != 0 {
		return fmt.Errorf("%w: %d bytes are left", ErrCorrupt, r.left)
	}
	if _, err := r.source.ReadByte(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: more than %d bytes (%w)", ErrCorrupt, r.plain, err)
	}
	return nil
}

func corrupt(err error) error { return fmt.Errorf("%w: %w", ErrCorrupt, err) }
