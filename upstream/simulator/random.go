package simulator

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
)

// dice is a source of chance that depends only on its seed, label and keys, so that a row is the same in every call,
// every process and on every machine.
type dice struct{ *rand.Rand }

// roll makes the dice for one thing: label names the purpose, keys the thing.
func roll(seed uint64, label string, keys ...uint64) dice {
	h := fnv.New64a()
	var word [8]byte
	write := func(n uint64) {
		for i := range word {
			word[i] = byte(n >> (8 * i))
		}
		_, _ = h.Write(word[:]) // a hash never fails to write
	}
	write(seed)
	_, _ = h.Write([]byte(label))
	for _, k := range keys {
		write(k)
	}
	return dice{rand.New(rand.NewPCG(h.Sum64(), seed))}
}

// textKey turns a text into a key for roll.
func textKey(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	return h.Sum64()
}

// oneIn is true once in n times on average.
func (d dice) oneIn(n int) bool { return d.IntN(n) == 0 }

// between draws from low to high, both included.
func (d dice) between(low, high int) int { return low + d.IntN(high-low+1) }

// spread draws from low to high.
func (d dice) spread(low, high float64) float64 { return low + d.Float64()*(high-low) }

// pick chooses one of the texts.
func (d dice) pick(texts ...string) string { return texts[d.IntN(len(texts))] }

// uuid draws a random UUID in its usual notation.
func (d dice) uuid() string {
	a, b := d.Uint64(), d.Uint64()
	a = a&^0xf000 | 0x4000
	b = b&^(3<<62) | 1<<63
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xffff, a&0xffff, b>>48, b&0xffffffffffff)
}

// hex32 draws 32 hexadecimal digits, the notation of the provider's ids other than UUIDs.
func (d dice) hex32() string { return fmt.Sprintf("%016x%016x", d.Uint64(), d.Uint64()) }
