// Package record turns records as the wire had them into bytes and back: for Redis, and for what memory keeps of a
// record beside the value that is built of it. A list passes row by row, through a compressor that sees a little of it
// at a time, so that neither its rows as text nor its bytes before packing are ever there at once. A word that comes
// again in a column is written once, and is one string when it is read.
//
// The package must not know Redis, keys or ages.
package record

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

const (
	// PieceLen bounds a piece of a body in bytes.
	PieceLen = 1 << 20
	// MostPieces bounds the pieces of a body.
	MostPieces = 32

	// worthPacking is the size from which a body is compressed.
	worthPacking = 512
	// mostPlain bounds a body before packing, and the memory of its rows.
	mostPlain = 256 << 20
	// window is how far back the compressor looks: repeated words are gone before it, so that a larger one gains nothing.
	window = 512 << 10
)

var (
	// ErrTooLarge means that a record is too large to be kept as bytes.
	ErrTooLarge = errors.New("too large to share")
	// ErrCorrupt means that bytes are no record of the form by which they are read.
	ErrCorrupt = errors.New("stored value is corrupt")
)

// Body is a record as bytes.
type Body struct {
	// Pieces are the bytes, each piece but the last of PieceLen.
	Pieces [][]byte
	// Packed is set when they are compressed.
	Packed bool
	// Plain counts the bytes before packing.
	Plain int
}

// Len counts the bytes as they are stored.
func (b *Body) Len() int {
	total := 0
	for _, piece := range b.Pieces {
		total += len(piece)
	}
	return total
}

// Write implements [io.Writer].
func (b *Body) Write(p []byte) (int, error) {
	written := len(p)
	for len(p) > 0 {
		last := len(b.Pieces) - 1
		if last < 0 || len(b.Pieces[last]) == PieceLen {
			if len(b.Pieces) == MostPieces {
				return 0, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, MostPieces*PieceLen)
			}
			b.Pieces, last = append(b.Pieces, nil), last+1
		}
		n := min(len(p), PieceLen-len(b.Pieces[last]))
		b.Pieces[last] = append(b.Pieces[last], p[:n]...)
		p = p[n:]
	}
	return written, nil
}

// bodyReader reads the pieces of a body one after the other.
type bodyReader struct {
	pieces [][]byte // after the current one
	piece  []byte
}

// Read implements [io.Reader].
func (r *bodyReader) Read(p []byte) (int, error) {
	for len(r.piece) == 0 {
		if len(r.pieces) == 0 {
			return 0, io.EOF
		}
		r.piece, r.pieces = r.pieces[0], r.pieces[1:]
	}
	n := copy(p, r.piece)
	r.piece = r.piece[n:]
	return n, nil
}

// Codec makes bodies of records and records of bodies. What it works with is shared by all that use it, and given back
// to the collector when nobody does. It is safe for concurrent use.
type Codec struct {
	writers, packers, unpackers sync.Pool
	mostPlain                   int
}

// NewCodec makes a codec.
func NewCodec() *Codec { return &Codec{mostPlain: mostPlain} }

// Encode makes the body of a record. A panic of the record's own encoding is an error.
func (c *Codec) Encode(form Form, record any) (body Body, err error) {
	defer caught("encode", &err)
	w, _ := c.writers.Get().(*writer)
	if w == nil {
		w = &writer{buffer: make([]byte, 0, bufferLen)}
	}
	defer func() { w.reset(nil, 0); c.writers.Put(w) }()
	sink := &packing{codec: c, body: &body}
	w.reset(sink, c.mostPlain)
	if err := form.write(w, record); err != nil {
		sink.discard()
		return Body{}, err
	}
	if err := w.close(); err != nil {
		sink.discard()
		return Body{}, err
	}
	if err := sink.close(); err != nil {
		return Body{}, err
	}
	body.Plain = w.total
	return body, nil
}

// Decode reads a record. A body that is not of the form is [ErrCorrupt], whatever its bytes are; a panic of the
// record's own decoding is an error.
func (c *Codec) Decode(form Form, body Body) (record any, err error) {
	defer caught("decode", &err)
	if body.Plain < 0 || body.Plain > c.mostPlain {
		return nil, fmt.Errorf("%w: size %d", ErrCorrupt, body.Plain)
	}
	source := io.Reader(&bodyReader{pieces: body.Pieces})
	if body.Packed {
		unpacker, err := c.unpacker(source)
		if err != nil {
			return nil, err
		}
		defer func() { _ = unpacker.Reset(nil); c.unpackers.Put(unpacker) }()
		source = unpacker
	}
	r := newReader(source, body.Plain)
	if record, err = form.read(r); err != nil {
		return nil, err
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	return record, nil
}

func (c *Codec) unpacker(source io.Reader) (*zstd.Decoder, error) {
	d, _ := c.unpackers.Get().(*zstd.Decoder)
	if d == nil {
		var err error
		d, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxMemory(mostPlain), zstd.WithDecoderMaxWindow(window))
		if err != nil {
			return nil, fmt.Errorf("make zstd decoder: %w", err)
		}
	}
	if err := d.Reset(source); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return d, nil
}

func (c *Codec) packer(sink io.Writer) (*zstd.Encoder, error) {
	if e, _ := c.packers.Get().(*zstd.Encoder); e != nil {
		e.Reset(sink)
		return e, nil
	}
	e, err := zstd.NewWriter(sink, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("make zstd encoder: %w", err)
	}
	return e, nil
}

// packing is where a writer's bytes go: a short body as they are, a longer one through a compressor.
type packing struct {
	codec  *Codec
	body   *Body
	short  []byte
	packer *zstd.Encoder
}

// Write implements [io.Writer].
func (p *packing) Write(plain []byte) (int, error) {
	if p.packer == nil {
		p.short = append(p.short, plain...)
		if len(p.short) < worthPacking {
			return len(plain), nil
		}
		packer, err := p.codec.packer(p.body)
		if err != nil {
			return 0, err
		}
		p.packer, p.body.Packed = packer, true
		if _, err := packer.Write(p.short); err != nil {
			return 0, fmt.Errorf("pack: %w", err)
		}
		p.short = nil
		return len(plain), nil
	}
	if _, err := p.packer.Write(plain); err != nil {
		return 0, fmt.Errorf("pack: %w", err)
	}
	return len(plain), nil
}

func (p *packing) close() error {
	if p.packer == nil {
		_, err := p.body.Write(p.short)
		return err
	}
	if err := p.packer.Close(); err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	p.discard()
	return nil
}

// discard gives the compressor back.
func (p *packing) discard() {
	if p.packer != nil {
		p.packer.Reset(nil)
		p.codec.packers.Put(p.packer)
		p.packer = nil
	}
}

// caught turns a panic into an error.
func caught(what string, err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("%s records: panic: %v", what, v)
	}
}
