package burden

import (
	"hash/maphash"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// knownDocuments is how many documents are remembered with what they needed.
	knownDocuments = 2000
	// unfielded is what an operation needs beside its fields, in fields: an introspection has none that are counted.
	unfielded = 16
	// leastCPU and leastBytes are what any operation needs.
	leastCPU   = 50 * time.Microsecond
	leastBytes = 16 << 10
	// smoothing is the weight of what is remembered against one new measurement.
	smoothing = 0.75
)

// Prices are what executing a field takes, of an operation that has not been seen yet: calibrated constants.
type Prices struct {
	// CPU is the processor time of one field of the answer.
	CPU time.Duration
	// AnswerBytes is how much of the answer one field makes.
	AnswerBytes int64
	// HeldBytes is how much memory the execution holds for each byte of the answer.
	HeldBytes int64
}

// Figures know what operations need: by the number of fields that they ask for at most and, once one of the same
// document was measured, by what it took. An estimate by fields is an upper bound, as lists are seldom full; what was
// measured is right for the data and the machine as they are. Safe for concurrent use.
type Figures struct {
	prices Prices
	seed   maphash.Seed

	mu    sync.Mutex
	known *lru.Cache[Document, figure]
}

// Document names what is measured together.
type Document uint64

// figure is what a document took for each field that was estimated.
type figure struct {
	cpu, answer float64 // nanoseconds, bytes; 0: not measured
}

// NewFigures makes figures that know nothing but prices.
func NewFigures(prices Prices) *Figures {
	known, err := lru.New[Document, figure](knownDocuments)
	if err != nil {
		panic(err) // not reachable: a positive size
	}
	return &Figures{prices: prices, seed: maphash.MakeSeed(), known: known}
}

// Document names the operations of a tenant with one text; two that get one name by chance are measured together.
func (f *Figures) Document(tenant, text, operation string) Document {
	var hash maphash.Hash
	hash.SetSeed(f.seed)
	for _, part := range []string{tenant, operation, text} {
		_, _ = hash.WriteString(part) // never fails
		_ = hash.WriteByte(0)
	}
	return Document(hash.Sum64())
}

// Need is what an operation of a document is expected to take that asks for so many fields at most.
func (f *Figures) Need(of Document, fields int) Need {
	f.mu.Lock()
	known, _ := f.known.Get(of)
	f.mu.Unlock()
	count := float64(fields) + unfielded
	if known.cpu == 0 {
		known.cpu = float64(f.prices.CPU)
	}
	if known.answer == 0 {
		known.answer = float64(f.prices.AnswerBytes)
	}
	return Need{
		CPU:   max(leastCPU, time.Duration(known.cpu*count)),
		Bytes: max(leastBytes, int64(known.answer*count)*f.prices.HeldBytes),
	}
}

// Learn notes what an operation took: the bytes of its answer, and its processor time, where that is known (else 0).
func (f *Figures) Learn(of Document, fields int, took time.Duration, answer int64) {
	count := float64(fields) + unfielded
	f.mu.Lock()
	defer f.mu.Unlock()
	known, _ := f.known.Get(of)
	known.cpu = smoothed(known.cpu, float64(took)/count)
	known.answer = smoothed(known.answer, float64(answer)/count)
	f.known.Add(of, known)
}

// smoothed puts a measurement to what is remembered; one of 0 is none.
func smoothed(remembered, measured float64) float64 {
	switch {
	case measured <= 0:
		return remembered
	case remembered == 0:
		return measured
	default:
		return smoothing*remembered + (1-smoothing)*measured
	}
}
