package loose_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

type processor struct {
	Cores loose.Number `json:"cores"`
	Model loose.Text   `json:"model"`
}

func TestEmbeddedReads(t *testing.T) {
	want := []processor{{Cores: decode[loose.Number](t, `"22"`), Model: loose.NewText("Gold <6161>")}}
	for _, test := range []struct{ name, wire string }{
		{"Quirk068 JSON in a text", `"[{\"cores\":\"22\",\"model\":\"Gold <6161>\"}]"`},
		{"JSON itself", `[ {"cores": "22", "model": "Gold <6161>"} ]`},
		{"Quirk070 blanks in the text", `" [{\"cores\":\"22\", \"model\":\"Gold <6161>\"}] "`},
	} {
		t.Run(test.name, func(t *testing.T) {
			embedded := decode[loose.Embedded[[]processor]](t, test.wire)
			got, ok := embedded.Value()
			if diff := cmp.Diff(want, got); !ok || diff != "" {
				t.Errorf("Value() ok %v, diff:\n%s", ok, diff)
			}
		})
	}
}

func TestQuirk074ObjectInAText(t *testing.T) {
	type size struct {
		SpecSize loose.Number `json:"specSize"`
	}
	info, ok := decode[loose.Embedded[size]](t, `"{\"specSize\":2235.0}"`).Value()
	if got, known := info.SpecSize.Int(); !ok || !known || got != 2235 {
		t.Errorf("specSize = %v, %v, %v, want 2235", got, known, ok)
	}
}

func TestQuirk069InnerJSONThatDoesNotParse(t *testing.T) {
	const inner = `[{"disk":"/dev/sda:599.0GB"} {"disk":"/dev/sdb:10.7GB"}]`
	wire, err := json.Marshal(inner)
	if err != nil {
		t.Fatal(err)
	}
	embedded := decode[loose.Embedded[[]processor]](t, string(wire))
	if value, ok := embedded.Value(); ok || value != nil {
		t.Errorf("Value() = %v, %v, want none", value, ok)
	}
	if !embedded.Unreadable() || embedded.Raw() != inner {
		t.Errorf("Unreadable() = %v, Raw() = %q", embedded.Unreadable(), embedded.Raw())
	}
}

func TestEmbeddedOfAnotherShape(t *testing.T) {
	for _, wire := range []string{`5`, `true`, `{"a":1}`, `"text"`, `"[1"`, `"[] []"`, `[{"cores":{}}]`} {
		t.Run(wire, func(t *testing.T) {
			embedded := decode[loose.Embedded[[]processor]](t, wire)
			if value, ok := embedded.Value(); ok {
				t.Errorf("Value() = %v, want none", value)
			}
			if !embedded.Unreadable() || embedded.Raw() == "" {
				t.Error("want it kept and unreadable")
			}
		})
	}
}

func FuzzEmbedded(f *testing.F) {
	for _, seed := range []string{
		`"[{\"cores\":\"22\",\"model\":\"x\"}]"`, `[{"cores":22}]`, `null`, `"null"`, `""`, `"[1"`, `{"<":"\u2028"}`, `5`,
		"[\"\xff\"]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		embedded, ok := roundTrip[loose.Embedded[[]processor]](t, wire)
		if !ok {
			return
		}
		value, known := embedded.Value()
		if states := count(known, embedded.IsAbsent(), embedded.Unreadable()); states != 1 {
			t.Fatalf("%s is in %d of the states value, absent, unreadable", wire, states)
		}
		if !known && value != nil {
			t.Fatalf("%s: a value beside ok = false", wire)
		}
	})
}
