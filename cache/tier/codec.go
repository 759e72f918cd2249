package tier

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

const (
	// worthPacking is the size from which a body is compressed.
	worthPacking = 512
	// maxPlain bounds the size of an unpacked body.
	maxPlain = 256 << 20
)

// errCorrupt is the error of a stored value that does not match its key or checksum.
var errCorrupt = errors.New("stored value is corrupt")

// codec packs bodies. It is safe for concurrent use.
type codec struct {
	pack   *zstd.Encoder
	unpack *zstd.Decoder
}

func newCodec() (*codec, error) {
	pack, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("make zstd encoder: %w", err)
	}
	unpack, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPlain))
	if err != nil {
		return nil, fmt.Errorf("make zstd decoder: %w", err)
	}
	return &codec{pack: pack, unpack: unpack}, nil
}

// encode packs a body unless it is short.
func (c *codec) encode(plain []byte) (body []byte, packed bool) {
	if len(plain) < worthPacking {
		return plain, false
	}
	return c.pack.EncodeAll(plain, make([]byte, 0, len(plain)/4)), true
}

// decode unpacks a body to the size that its header names.
func (c *codec) decode(body []byte, packed bool, size int) ([]byte, error) {
	if size < 0 || size > maxPlain {
		return nil, fmt.Errorf("%w: size %d", errCorrupt, size)
	}
	if packed {
		var err error
		// The capacity is a hint from a value that passed its checksum; the decoder has its own limit.
		if body, err = c.unpack.DecodeAll(body, make([]byte, 0, size)); err != nil {
			return nil, fmt.Errorf("%w: %w", errCorrupt, err)
		}
	}
	if len(body) != size {
		return nil, fmt.Errorf("%w: %d bytes of %d", errCorrupt, len(body), size)
	}
	return body, nil
}
