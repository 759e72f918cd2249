package loose_test

import (
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

func TestTextReads(t *testing.T) {
	for _, test := range []struct{ name, wire, want string }{
		{"Quirk022 text", `"1100457"`, "1100457"},
		{"Quirk022 number", `2400008`, "2400008"},
		{"Quirk022 boolean", `false`, "false"},
		{"Quirk092 Chinese text", `"华北七区"`, "华北七区"},
		{"Quirk099 opaque id", `"d04686c6baae4f65a742771186f47b7ain14"`, "d04686c6baae4f65a742771186f47b7ain14"},
		{"Quirk032 placeholder", `"XX.XX.XX.XX"`, "XX.XX.XX.XX"},
		{"blanks stay", `" a "`, " a "},
		{"zero is a value", `0`, "0"},
		{"word that contains null", `"nullable"`, "nullable"},
		{"big number stays exact", `9007199254740993`, "9007199254740993"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := decode[loose.Text](t, test.wire)
			if text.String() != test.want || text.Raw() != test.want {
				t.Errorf("String() = %q, Raw() = %q, want %q", text, text.Raw(), test.want)
			}
			if ptr := text.Ptr(); ptr == nil || *ptr != test.want {
				t.Errorf("Ptr() = %v, want %q", ptr, test.want)
			}
		})
	}
}

func TestQuirk020NullTextIsKeptAsSent(t *testing.T) {
	text := decode[loose.Text](t, `"null"`)
	if text.Raw() != "null" || text.String() != "" || text.Ptr() != nil {
		t.Errorf("Raw() = %q, String() = %q, want null and nothing", text.Raw(), text)
	}
}

func TestNewText(t *testing.T) {
	if got := loose.NewText("a").String(); got != "a" {
		t.Errorf("NewText(a) reads %q", got)
	}
	if !loose.NewText("a").Equal(decode[loose.Text](t, `"a"`)) {
		t.Error("NewText differs from the text of the wire")
	}
}

func TestFlagReads(t *testing.T) {
	for _, test := range []struct {
		name, wire string
		want, ok   bool
	}{
		{"Quirk038 text 0", `"0"`, false, true},
		{"Quirk038 text 1", `"1"`, true, true},
		{"number 0", `0`, false, true},
		{"number 1", `1`, true, true},
		{"true", `true`, true, true},
		{"false", `false`, false, true},
		{"text true", `"True"`, true, true},
		{"text false", `" FALSE "`, false, true},
		{"Quirk041 other number", `"2"`, false, false},
		{"Quirk041 words", `"whether the alarm is cleared"`, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			flag := decode[loose.Flag](t, test.wire)
			got, ok := flag.Bool()
			if got != test.want || ok != test.ok {
				t.Errorf("Bool() = %v, %v, want %v, %v", got, ok, test.want, test.ok)
			}
			if ptr := flag.Ptr(); ptr != nil != test.ok || ptr != nil && *ptr != test.want {
				t.Errorf("Ptr() = %v", ptr)
			}
			if flag.Unreadable() == test.ok {
				t.Errorf("Unreadable() = %v", flag.Unreadable())
			}
		})
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{
		`"a"`, `1`, `true`, `null`, `"null"`, `""`, `" "`, `{}`, `"\ud800"`, `"<&>"`, "\"\xff\"",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		text, ok := roundTrip[loose.Text](t, wire)
		if !ok {
			return
		}
		if text.IsAbsent() != (text.Ptr() == nil) || text.IsAbsent() != (text.String() == "") {
			t.Fatalf("%s: IsAbsent, Ptr and String disagree", wire)
		}
		if !text.IsAbsent() && strings.TrimSpace(text.String()) == "" {
			t.Fatalf("%s: a blank text is present", wire)
		}
	})
}

func FuzzFlag(f *testing.F) {
	for _, seed := range []string{`"0"`, `"1"`, `0`, `1`, `true`, `"TRUE"`, `"false "`, `null`, `"null"`, `"2"`, `[]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		flag, ok := roundTrip[loose.Flag](t, wire)
		if !ok {
			return
		}
		_, known := flag.Bool()
		if states := count(known, flag.IsAbsent(), flag.Unreadable()); states != 1 {
			t.Fatalf("%s is in %d of the states value, absent, unreadable", wire, states)
		}
	})
}
