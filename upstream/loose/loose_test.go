package loose_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

// row has one field of each type, as the records of the upstreams have.
type row struct {
	Amount  loose.Number                 `json:"amount,omitzero"`
	Name    loose.Text                   `json:"name,omitzero"`
	Cleared loose.Flag                   `json:"cleared,omitzero"`
	At      loose.Time                   `json:"at,omitzero"`
	Parts   loose.Embedded[[]loose.Text] `json:"parts,omitzero"`
}

func decode[T any](t *testing.T, wire string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(wire), &value); err != nil {
		t.Fatalf("decode %s: %v", wire, err)
	}
	return value
}

func TestQuirk020AbsentInEveryForm(t *testing.T) {
	for name, wire := range map[string]string{
		"missing":    `{}`,
		"null":       `{"amount":null,"name":null,"cleared":null,"at":null,"parts":null}`,
		"null text":  `{"amount":"null","name":"null","cleared":"null","at":"null","parts":"null"}`,
		"other case": `{"amount":"NULL","name":"Null","cleared":"nULL","at":"NULL","parts":"Null"}`,
		"empty":      `{"amount":"","name":"","cleared":"","at":"","parts":""}`,
		"blank":      `{"amount":" \t","name":" ","cleared":"\n","at":"  ","parts":" "}`,
	} {
		t.Run(name, func(t *testing.T) {
			r := decode[row](t, wire)
			if !r.Amount.IsAbsent() || !r.Name.IsAbsent() || !r.Cleared.IsAbsent() || !r.At.IsAbsent() || !r.Parts.IsAbsent() {
				t.Errorf("not all fields of %s are absent: %+v", wire, r)
			}
			if r.Amount.Unreadable() || r.Cleared.Unreadable() || r.At.Unreadable(nil) || r.Parts.Unreadable() {
				t.Errorf("absent fields of %s count as unreadable", wire)
			}
			if f, ok := r.Amount.Float(); ok {
				t.Errorf("absent number has the value %v", f)
			}
			if _, ok := r.Cleared.Bool(); ok || r.Cleared.Ptr() != nil {
				t.Error("absent flag has a value")
			}
			if r.Name.Ptr() != nil || r.Name.String() != "" {
				t.Errorf("absent text reads %q", r.Name)
			}
		})
	}
}

func TestObjectOrArrayIsAnErrorWithItsField(t *testing.T) {
	for _, wire := range []string{`{}`, `[]`, `{"a":1}`, `[1]`} {
		for _, field := range []string{"amount", "name", "cleared", "at"} {
			t.Run(field+wire, func(t *testing.T) {
				var page struct {
					Row row `json:"row"`
				}
				err := json.Unmarshal([]byte(`{"row":{"`+field+`":`+wire+`}}`), &page)
				var typeError *json.UnmarshalTypeError
				if !errors.As(err, &typeError) {
					t.Fatalf("got error %v, want a json.UnmarshalTypeError", err)
				}
				if typeError.Field != "row."+field {
					t.Errorf("error names the field %q, want %q", typeError.Field, "row."+field)
				}
				if !strings.Contains(err.Error(), "row."+field) || !strings.Contains(err.Error(), "loose.") {
					t.Errorf("message %q names neither the path nor the type", err)
				}
			})
		}
	}
}

func TestBrokenJSONIsAnError(t *testing.T) {
	for _, wire := range []string{``, `nul`, `"`, `tru`, `01`, `"\u12"`, `-`} {
		t.Run(wire, func(t *testing.T) {
			var number loose.Number
			if err := number.UnmarshalJSON([]byte(wire)); err == nil {
				t.Error("Number accepts it")
			}
			var embedded loose.Embedded[row]
			if err := embedded.UnmarshalJSON([]byte(wire)); err == nil {
				t.Error("Embedded accepts it")
			}
		})
	}
	var embedded loose.Embedded[row]
	if err := embedded.UnmarshalJSON([]byte(`{"a":`)); err == nil {
		t.Error("Embedded accepts an object that ends early")
	}
}

// TestStoredAndReadAgain: records can be kept in Redis, since a value that was decoded and encoded decodes to the same.
func TestStoredAndReadAgain(t *testing.T) {
	scalars := rapid.OneOf(
		rapid.Map(rapid.String(), marshal[string]),
		rapid.Map(rapid.Float64(), marshal[float64]),
		rapid.Map(rapid.Int64(), marshal[int64]),
		rapid.Map(rapid.Bool(), marshal[bool]),
		rapid.SampledFrom([]string{`null`, `"null"`, `""`, `1e999`, `"<b>&"`, `"\u2028"`, `"\ud800"`, `12.0`, `-0`}),
	)
	nested := rapid.OneOf(scalars, rapid.SampledFrom([]string{
		`[]`, `{}`, `["<a>", null, 1]`, `"[\"a\",\"b\"]"`, `{"a" : [1 , 2.50]}`, `"[1"`,
	}))
	rapid.Check(t, func(t *rapid.T) {
		wire := `{"amount":` + scalars.Draw(t, "amount") + `,"name":` + scalars.Draw(t, "name") +
			`,"cleared":` + scalars.Draw(t, "cleared") + `,"at":` + scalars.Draw(t, "at") +
			`,"parts":` + nested.Draw(t, "parts") + `}`
		var first, second row
		if err := json.Unmarshal([]byte(wire), &first); err != nil {
			t.Fatalf("decode %s: %v", wire, err)
		}
		stored, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("encode %s: %v", wire, err)
		}
		if err := json.Unmarshal(stored, &second); err != nil {
			t.Fatalf("decode %s again: %v", stored, err)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatalf("%s changed when it was stored as %s:\n%s", wire, stored, diff)
		}
	})
}

func marshal[T any](value T) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return "null" // NaN and infinities, which JSON lacks
	}
	return string(encoded)
}

func TestFormOfTheWireIsKept(t *testing.T) {
	const wire = `{"amount":12.0,"name":7,"cleared":"0","at":1726819320000,"parts":["a"]}`
	stored, err := json.Marshal(decode[row](t, wire))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wire, string(stored)); diff != "" {
		t.Error(diff)
	}
	empty, err := json.Marshal(row{})
	if err != nil {
		t.Fatal(err)
	}
	if string(empty) != "{}" {
		t.Errorf("absent fields are stored as %s, want them left out", empty)
	}
}

func TestFold(t *testing.T) {
	for name, words := range map[string][]string{
		"Quirk033 service types": {"ECS_VM", "ecs-vm", "Ecs VM", "ecsvm"},
		"Quirk034 zone types":    {"DeH_POD", "DEH_POD", "deh-pod"},
		"Quirk110 model words":   {"vCPU", "vCpu", "VCPU"},
		"Quirk110 flavours":      {"C6XLarge", "C6xLarge"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, word := range words[1:] {
				if loose.Fold(word) != loose.Fold(words[0]) {
					t.Errorf("Fold(%q) = %q, Fold(%q) = %q: want them equal", word, loose.Fold(word), words[0], loose.Fold(words[0]))
				}
			}
		})
	}
	if loose.Fold("ECS_VM") == loose.Fold("EVS") {
		t.Error("different words fold to one")
	}
}
