package plan

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// TestText_everyByte has each byte at each place of texts that are shorter and longer than a word of eight.
func TestText_everyByte(t *testing.T) {
	for length := 1; length <= 25; length++ {
		for at := range length {
			for c := range 256 {
				text := strings.Repeat("é", length)[:at] + string([]byte{byte(c)}) + strings.Repeat("x", length-at-1)
				sameText(t, text)
			}
		}
	}
}

// FuzzText wants the bytes that gqlgen writes.
func FuzzText(f *testing.F) {
	for _, text := range []string{"", "a", "\"\\\n\r\t\x00\x1f\x7f", "城市大脑", "\xff\xfe bad", "  <>&"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sameText(t, text)
	})
}

func sameText(t *testing.T, text string) {
	t.Helper()
	var want bytes.Buffer
	graphql.MarshalString(text).MarshalGQL(&want)
	w := &Writer{}
	if !Text(w, text) || string(w.buf) != want.String() {
		t.Errorf("%q: %s, want %s", text, w.buf, want.String())
	}
}

// FuzzFloat wants the bytes that gqlgen writes.
func FuzzFloat(f *testing.F) {
	for _, number := range []float64{
		0, math.Copysign(0, -1), 1, -1, 0.1, 12.5, 999999, 1e6, 1234567, 1e21, 1e-7, math.MaxFloat64, 5e-324, 1 << 53,
	} {
		f.Add(number)
	}
	f.Fuzz(func(t *testing.T, number float64) {
		if math.IsNaN(number) || math.IsInf(number, 0) {
			t.Skip("JSON has no word for it")
		}
		var want bytes.Buffer
		graphql.MarshalFloat(number).MarshalGQL(&want)
		w := &Writer{}
		if !Float(w, number) || string(w.buf) != want.String() {
			t.Errorf("%g: %s, want %s", number, w.buf, want.String())
		}
	})
}
