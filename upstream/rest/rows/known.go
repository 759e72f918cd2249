package rows

import "crypto/sha256"

// Known are the rows of the pages of a list so far.
type Known struct {
	keys map[string]struct{}
	bad  map[[sha256.Size]byte]struct{}
}

// NewKnown knows no row.
func NewKnown() *Known {
	return &Known{keys: map[string]struct{}{}, bad: map[[sha256.Size]byte]struct{}{}}
}

// Again remembers a row by its key, and reports whether it was known. Rows with an empty key are never known.
func (k *Known) Again(key string) bool {
	if _, seen := k.keys[key]; seen && key != "" {
		return true
	}
	k.keys[key] = struct{}{}
	return false
}

// AgainBad remembers the rows of one page that have no key, by their bytes, and reports which were known from earlier
// pages: equal ones of one page are a gap each.
func (k *Known) AgainBad(page [][]byte) []bool {
	again, sums := make([]bool, len(page)), make([][sha256.Size]byte, len(page))
	for i, raw := range page {
		sums[i] = sha256.Sum256(raw)
		_, again[i] = k.bad[sums[i]]
	}
	for _, sum := range sums {
		k.bad[sum] = struct{}{}
	}
	return again
}
