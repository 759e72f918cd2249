package loose_test

import (
	"encoding/json"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

// TestWireKeepsWhatWasSent takes values apart and puts them together again: the same value, the same JSON.
func TestWireKeepsWhatWasSent(t *testing.T) {
	for _, sent := range []string{
		`null`, `""`, `" "`, `"null"`, `"a\"b"`, `"\u00e9\n"`, `0`, `-1`, `12.50`, `1e3`, `-0.5E-7`, `true`, `false`, `"12"`,
		`"true"`,
	} {
		var before, after loose.Text
		if err := json.Unmarshal([]byte(sent), &before); err != nil {
			t.Fatal(err)
		}
		text, form := before.Wire()
		if !after.SetWire(text, form) || !after.Equal(before) {
			t.Errorf("%s is %+v, and was %+v", sent, after, before)
		}
	}
	var before, after loose.Embedded[[]string]
	if err := json.Unmarshal([]byte(`["a", "<"]`), &before); err != nil {
		t.Fatal(err)
	}
	if text, form := before.Wire(); !after.SetWire(text, form) || !after.Equal(before) {
		t.Errorf("nested JSON is %+v, and was %+v", after, before)
	}
	if text, form := (loose.Number{}).Wire(); text != "" || form != 0 {
		t.Errorf("an absent value has the text %q and the form %d", text, form)
	}
}

// TestSetWireTakesNoOther: a value of a form that its text does not have would not be JSON again.
func TestSetWireTakesNoOther(t *testing.T) {
	for form, texts := range map[byte][]string{
		0: {"x"},
		2: {"", "x", "NaN", "tru", "01", "1.", "-", "+1", " 1", "1 ", "\"a\"", "null", "{}", "1,2", "0x1", "1\x00"},
		3: {"", "x", "1", "{", "[1,]", "\"a\""},
		4: {"", "x"},
		9: {"1"},
	} {
		for _, text := range texts {
			value := loose.NewText("before")
			if value.SetWire(text, form) || !value.Equal(loose.NewText("before")) {
				t.Errorf("form %d takes %q", form, text)
			}
		}
	}
}
