package tier

import (
	"context"
	"fmt"
	"hash/crc32"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/cache/record"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// lingerFor is how long the chunks of a replaced generation stay for replicas that have just read its manifest.
const lingerFor = 30 * time.Second

// chunkName returns the key of one chunk. The generation is part of it: chunks are never overwritten.
func chunkName(name string, generation uint64, i int) string {
	return name + ":" + strconv.FormatUint(generation, 10) + ":" + strconv.Itoa(i)
}

// chunks reads the chunks of a body, each in a trip of its own, so that none outlasts the time limit of a command.
func (t *Tier) chunks(ctx context.Context, id ID, h *header) ([][]byte, error) {
	pieces := make([][]byte, 0, len(h.Chunks))
	table := crc32.MakeTable(crc32.Castagnoli)
	for i, c := range h.Chunks {
		if c.Size <= 0 || c.Size > chunkLen {
			return nil, fmt.Errorf("%w: chunk of %d bytes", record.ErrCorrupt, c.Size)
		}
		piece, err := redis.Client(t.redis).GetRange(ctx, chunkName(id.Name, h.Generation, i), 0, chunkLen).Bytes()
		if err != nil && !wrongType(err) {
			return nil, fmt.Errorf("read chunk: %w", err)
		}
		if len(piece) != c.Size || crc32.Checksum(piece, table) != c.Sum {
			return nil, fmt.Errorf("%w: chunk %d", record.ErrCorrupt, i)
		}
		pieces = append(pieces, piece)
	}
	return pieces, nil
}

// putChunks stores the pieces of a body as chunks and lists them in the header. They belong to no value until the
// manifest that lists them is stored.
func (t *Tier) putChunks(ctx context.Context, id ID, h *header, pieces [][]byte, ttl time.Duration) error {
	if len(pieces) > maxChunks {
		return fmt.Errorf("%w: %d chunks", record.ErrTooLarge, len(pieces))
	}
	table := crc32.MakeTable(crc32.Castagnoli)
	for i, piece := range pieces {
		if err := redis.Client(t.redis).Set(ctx, chunkName(id.Name, h.Generation, i), piece, ttl).Err(); err != nil {
			return fmt.Errorf("write chunk: %w", err)
		}
		h.Chunks = append(h.Chunks, chunk{Size: len(piece), Sum: crc32.Checksum(piece, table)})
	}
	return nil
}

// expire removes the chunks of a generation after some time; 0: at once. A failure is harmless: they expire anyway.
func (t *Tier) expire(ctx context.Context, name string, generation uint64, n int, after time.Duration) {
	if n == 0 {
		return
	}
	err := t.pipe(ctx, "expire chunks", n, func(pipe goredis.Pipeliner, i int) {
		if after > 0 {
			pipe.PExpire(ctx, chunkName(name, generation, i), after)
		} else {
			pipe.Unlink(ctx, chunkName(name, generation, i))
		}
	})
	if err != nil {
		t.report(Failed, err)
	}
}
