package listen

import (
	"time"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// SerialOf is the serial number of the certificate that connections begin with.
func SerialOf(c *Certificate) int64 {
	return c.current.Load().config.Certificates[0].Leaf.SerialNumber.Int64()
}

// NewTestMemoryGuard makes a guard of a test's memory; it returns the code of the refusal, empty without one.
func NewTestMemoryGuard(most int64, held func() uint64, collect func(), now func() time.Time) func() string {
	guard := NewMemoryGuard(most, now)
	guard.held, guard.collect = held, collect
	return func() string {
		if refused := guard.Refusal(); refused != nil {
			return refusal.CodeOf(refused)
		}
		return ""
	}
}

// IsTight asks a guard of a test's memory once, which may give some of it up, whether it refuses.
func IsTight(most int64, held func() uint64, relieve func(), now func() time.Time) bool {
	guard := NewMemoryGuard(most, now)
	guard.held, guard.collect = held, func() {}
	guard.Relieve(relieve)
	return guard.Refusal() != nil
}

// NewTestSpare makes a guard of a test's memory; the function looks, and returns what operations that hold so much may
// hold.
func NewTestSpare(most int64, held func() uint64, now func() time.Time) func(operations int64) int64 {
	guard := NewMemoryGuard(most, now)
	guard.held, guard.collect = held, func() {}
	return func(operations int64) int64 {
		_ = guard.Refusal() // looks
		return guard.Spare(operations)
	}
}

// HeldMemory is what the guard of a gateway reads.
var HeldMemory = heldMemory
