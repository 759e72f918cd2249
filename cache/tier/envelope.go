package tier

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/cache/record"
)

// The stored form of a value:
//
//	4 bytes   "ogc1"
//	20 digits generation, so that a script in Redis can compare two as text
//	2 digits  number of chunks; 00: the body follows
//	4 bytes   CRC-32C of all that follows and of the digits, big-endian
//	4 bytes   length of the header
//	header    JSON
//	body      a record as package record writes it; empty when in chunks
//
// The first 26 bytes alone are a tombstone of dropped data: nothing below its generation may be written.
const (
	magic     = "ogc1"
	digits    = 20
	prefixLen = len(magic) + digits + 2
	fixedLen  = prefixLen + 8

	maxHeader = 64 << 10
	// chunkLen bounds a chunk in bytes, maxChunks the chunks of a body.
	chunkLen  = record.PieceLen
	maxChunks = record.MostPieces
	// maxInline bounds the values that are read: longer ones are not ours.
	maxInline = int64(fixedLen + maxHeader + chunkLen)
	// maxGeneration is below 2^53 because scripts count in doubles.
	maxGeneration = 1<<53 - 1
)

// header describes a stored value. All of it is checked on reading.
type header struct {
	Name       string  `json:"name"` // the key in Redis
	Operation  string  `json:"operation"`
	Scope      string  `json:"scope"`
	Part       string  `json:"part"`
	Shape      string  `json:"shape"`
	Generation uint64  `json:"generation"`
	FetchedAt  int64   `json:"fetchedAt"` // Unix microseconds
	Cost       int64   `json:"cost"`      // microseconds
	Jitter     float64 `json:"jitter"`
	Purge      uint64  `json:"purge,omitempty"`
	Absent     bool    `json:"absent,omitempty"` // the upstream has no such record
	Packed     bool    `json:"packed,omitempty"`
	Plain      int     `json:"plain"` // bytes of the body before packing
	Chunks     []chunk `json:"chunks,omitempty"`
}

// chunk is a part of a body under a key of its own.
type chunk struct {
	Size int    `json:"size"`
	Sum  uint32 `json:"sum"` // CRC-32C
}

// ID is what the header of a value must say to belong to a key.
type ID struct {
	// Name is the key in Redis. It also names the lease under which the data are refreshed.
	Name string

	operation, scope, part, shape string
}

func (id ID) header() header {
	return header{Name: id.Name, Operation: id.operation, Scope: id.scope, Part: id.part, Shape: id.shape}
}

// Stamp has the number and the moments of one generation.
type Stamp struct {
	// Generation rises with every refresh of the key; 0: none.
	Generation uint64
	// FetchedAt is when the fetch began, and Cost how long it took.
	FetchedAt time.Time
	Cost      time.Duration
	// Jitter is 0 to 1, drawn once a generation.
	Jitter float64
	// Purge is the highest number of a purge that the replica knew of when its fetch began; 0: it knew of none. Moments
	// don't tell what came first, as clocks differ; this does.
	Purge uint64
}

// stamp reads the stamp from the header, by our clock: a moment in its future, because clocks differ, is now.
func (h *header) stamp(now time.Time) Stamp {
	fetched := time.UnixMicro(h.FetchedAt)
	if fetched.After(now) {
		fetched = now
	}
	cost := time.Duration(min(max(h.Cost, 0), time.Hour.Microseconds())) * time.Microsecond
	return Stamp{Generation: h.Generation, FetchedAt: fetched, Cost: cost, Jitter: h.Jitter, Purge: h.Purge}
}

func (h *header) set(at Stamp) {
	h.Generation, h.FetchedAt = at.Generation, at.FetchedAt.UnixMicro()
	h.Cost, h.Jitter, h.Purge = at.Cost.Microseconds(), at.Jitter, at.Purge
}

// prefixOf returns the first 26 bytes of a stored value.
func prefixOf(generation uint64, chunks int) string {
	return fmt.Sprintf("%s%0*d%02d", magic, digits, generation, chunks)
}

// seal makes the stored form.
func seal(h header, body []byte) ([]byte, error) {
	head, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encode header: %w", err)
	}
	if len(head) > maxHeader {
		return nil, fmt.Errorf("%w: header of %d bytes", record.ErrTooLarge, len(head))
	}
	out := make([]byte, fixedLen, fixedLen+len(head)+len(body))
	copy(out, prefixOf(h.Generation, len(h.Chunks)))
	binary.BigEndian.PutUint32(out[prefixLen+4:], uint32(len(head)))
	out = append(append(out, head...), body...)
	binary.BigEndian.PutUint32(out[prefixLen:], sumOf(out))
	return out, nil
}

// sumOf returns the checksum of a value, without the sum itself and the magic, which is compared.
func sumOf(raw []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(raw[len(magic):prefixLen], table), table, raw[prefixLen+4:])
}

// parsePrefix reads the generation and the number of chunks from the first 26 bytes of a value.
func parsePrefix(raw string) (generation uint64, chunks int, ok bool) {
	if len(raw) < prefixLen || raw[:len(magic)] != magic {
		return 0, 0, false
	}
	generation, err := strconv.ParseUint(raw[len(magic):len(magic)+digits], 10, 64)
	if err != nil || generation > maxGeneration {
		return 0, 0, false
	}
	n, err := strconv.ParseUint(raw[prefixLen-2:prefixLen], 10, 8)
	return generation, int(n), err == nil && n <= maxChunks
}

// open checks a stored value and takes it apart. tomb is true for a tombstone.
func open(raw []byte, want ID) (h header, body []byte, tomb bool, err error) {
	generation, chunks, ok := parsePrefix(string(raw[:min(len(raw), prefixLen)]))
	if !ok || int64(len(raw)) > maxInline {
		return h, nil, false, fmt.Errorf("%w: no value of ours", record.ErrCorrupt)
	}
	if len(raw) == prefixLen {
		return header{Generation: generation}, nil, true, nil
	}
	if len(raw) < fixedLen || binary.BigEndian.Uint32(raw[prefixLen:]) != sumOf(raw) {
		return h, nil, false, fmt.Errorf("%w: wrong sum", record.ErrCorrupt)
	}
	size := int(binary.BigEndian.Uint32(raw[prefixLen+4:]))
	if size > len(raw)-fixedLen {
		return h, nil, false, fmt.Errorf("%w: header cut", record.ErrCorrupt)
	}
	if err := json.Unmarshal(raw[fixedLen:fixedLen+size], &h); err != nil {
		return h, nil, false, fmt.Errorf("%w: %w", record.ErrCorrupt, err)
	}
	said := ID{Name: h.Name, operation: h.Operation, scope: h.Scope, part: h.Part, shape: h.Shape}
	if said != want || h.Generation != generation || len(h.Chunks) != chunks {
		return h, nil, false, fmt.Errorf("%w: it belongs to another key", record.ErrCorrupt)
	}
	return h, raw[fixedLen+size:], false, nil
}
