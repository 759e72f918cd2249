package loose_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

func TestNumberReads(t *testing.T) {
	for _, test := range []struct {
		name, wire string
		float      float64
		exact      string
		whole      bool
	}{
		{"Quirk018 decimal text", `"112.2265625"`, 112.2265625, "112.2265625", false},
		{"Quirk018 whole text", `"4"`, 4, "4", true},
		{"Quirk023 JSON float", `0.75`, 0.75, "0.75", false},
		{"Quirk023 JSON whole", `358`, 358, "358", true},
		{"Quirk070 inner text", `"22"`, 22, "22", true},
		{"zero is a value", `"0"`, 0, "0", true},
		{"whole with fraction digits", `"12.0"`, 12, "12", true},
		{"exponent", `"1.5e3"`, 1500, "1500", true},
		{"blanks around", `" 7 "`, 7, "7", true},
		{"sign", `"-3.5"`, -3.5, "-3.5", false},
		{"plus", `"+3"`, 3, "3", true},
		{"beyond float precision", `9007199254740993`, 9007199254740992, "9007199254740993", true},
		{"huge", `"1e300"`, 1e300, "1e300", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := decode[loose.Number](t, test.wire)
			if got, ok := n.Float(); !ok || got != test.float {
				t.Errorf("Float() = %v, %v, want %v", got, ok, test.float)
			}
			exact, err := decimal.NewFromString(test.exact)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := n.Decimal(); !ok || !got.Equal(exact) {
				t.Errorf("Decimal() = %v, %v, want %v", got, ok, exact)
			}
			if got, ok := n.Int(); ok != test.whole || ok && got != exact.IntPart() {
				t.Errorf("Int() = %v, %v, want %v, %v", got, ok, exact, test.whole)
			}
			if n.Unreadable() || n.IsAbsent() {
				t.Error("a number counts as unreadable or absent")
			}
		})
	}
}

func TestNumberKeepsWhatItCannotRead(t *testing.T) {
	for name, wire := range map[string]string{
		"NaN":                     `"NaN"`,
		"infinity":                `"inf"`,
		"beyond float64":          `"1e999"`,
		"bare beyond float64":     `1e999`,
		"below float64":           `"1e-399"`,
		"exponent bomb":           `"1e-999999999"`,
		"zero with exponent bomb": `"0e999999999"`,
		"boolean":                 `true`,
		"Quirk018 words":          `"total quantity, unit: hosts"`,
		"hexadecimal":             `"0x10"`,
		"underscore":              `"1_000"`,
		"thousands":               `"1,000"`,
		"two numbers":             `"1 2"`,
		"full-width digit":        `"１"`,
		"only a sign":             `"-"`,
		"only a point":            `"."`,
		"long":                    `"` + strings.Repeat("9", 200) + `"`,
	} {
		t.Run(name, func(t *testing.T) {
			n := decode[loose.Number](t, wire)
			if f, ok := n.Float(); ok {
				t.Errorf("Float() = %v, want none", f)
			}
			if d, ok := n.Decimal(); ok {
				t.Errorf("Decimal() = %v, want none", d)
			}
			if i, ok := n.Int(); ok {
				t.Errorf("Int() = %v, want none", i)
			}
			if !n.Unreadable() || n.IsAbsent() {
				t.Error("want it unreadable, not absent")
			}
			if want := strings.Trim(wire, `"`); n.Raw() != want {
				t.Errorf("Raw() = %q, want %q", n.Raw(), want)
			}
		})
	}
}

func TestQuirk021EmptyTextIsNotZero(t *testing.T) {
	n := decode[loose.Number](t, `""`)
	if f, ok := n.Float(); ok {
		t.Errorf("Float() = %v, want none", f)
	}
	if n.Unreadable() {
		t.Error("empty text counts as unreadable, want absent")
	}
}

func TestNewNumber(t *testing.T) {
	for _, want := range []float64{0, -1.5, 1e300, 0.1} {
		if got, ok := loose.NewNumber(want).Float(); !ok || got != want {
			t.Errorf("NewNumber(%v).Float() = %v, %v", want, got, ok)
		}
	}
	if !loose.NewNumber(math.NaN()).Unreadable() || !loose.NewNumber(math.Inf(1)).Unreadable() {
		t.Error("NaN or infinity reads as a number")
	}
	if _, err := json.Marshal(loose.NewNumber(math.NaN())); err != nil {
		t.Errorf("encode: %v", err)
	}
}

func FuzzNumber(f *testing.F) {
	for _, seed := range []string{
		`"112.2265625"`, `358`, `null`, `"null"`, `""`, `"NaN"`, `1e999`, `"1e-999999999"`, `true`, `{}`, `[]`, `"0x1p-2"`,
		`"0e400"`, `"-0"`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		n, ok := roundTrip[loose.Number](t, wire)
		if !ok {
			return
		}
		float, isFloat := n.Float()
		whole, isWhole := n.Int()
		exact, isExact := n.Decimal()
		if isFloat != isExact || isWhole && !isExact {
			t.Fatalf("%s: float %v, decimal %v, int %v", wire, isFloat, isExact, isWhole)
		}
		if isFloat && (math.IsNaN(float) || math.IsInf(float, 0)) {
			t.Fatalf("%s reads as %v", wire, float)
		}
		if isWhole && !exact.Equal(decimal.NewFromInt(whole)) {
			t.Fatalf("%s: int %d, decimal %s", wire, whole, exact)
		}
		if isFloat && float != exact.InexactFloat64() {
			t.Fatalf("%s: float %v, decimal %s", wire, float, exact)
		}
		if isFloat && float == 0 && !exact.IsZero() {
			t.Fatalf("%s became zero", wire)
		}
		if states := count(isFloat, n.IsAbsent(), n.Unreadable()); states != 1 {
			t.Fatalf("%s is in %d of the states value, absent, unreadable", wire, states)
		}
	})
}

// roundTrip decodes wire, and fails when storing the value and reading it again changes it. It is false when wire is no
// JSON or not meant for T.
func roundTrip[T interface{ Equal(other T) bool }](t *testing.T, wire []byte) (T, bool) {
	t.Helper()
	var first, second T
	if err := json.Unmarshal(wire, &first); err != nil {
		return first, false
	}
	stored, err := json.Marshal(first)
	if err != nil {
		t.Fatalf("encode %s: %v", wire, err)
	}
	if err := json.Unmarshal(stored, &second); err != nil {
		t.Fatalf("decode %s again: %v", stored, err)
	}
	if !first.Equal(second) {
		t.Fatalf("%s changed when it was stored as %s", wire, stored)
	}
	return first, true
}

func count(states ...bool) int {
	n := 0
	for _, state := range states {
		if state {
			n++
		}
	}
	return n
}
