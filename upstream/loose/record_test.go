package loose_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

// read is the record that a reader makes of a text that is one object; ok is false where it leaves it to encoding/json.
func read(r *loose.Reader[row], wire string) (record row, ok bool) {
	end, ok := r.Read([]byte(wire), 0, &record)
	return record, ok && end == len(wire)
}

// alike compares what two records were sent as.
func alike(a, b row) bool {
	return a.Amount.Equal(b.Amount) && a.Name.Equal(b.Name) && a.Cleared.Equal(b.Cleared) && a.At.Equal(b.At) &&
		a.Parts.Equal(b.Parts)
}

// TestReader has what upstreams send read without encoding/json, twice with one reader, to its result.
func TestReader(t *testing.T) {
	reader := loose.NewReader[row]()
	for _, wire := range []string{
		`{}`, `{"amount":1,"name":"x","cleared":true,"at":"2022-04-01 00:00:00","parts":"[]"}`,
		` {"name":"x"}`[1:], `{ "name" : "弹性云" , "other":{"name":[1]} }`, `{"name":null,"amount":null,"parts":null}`,
		`{"amount":"1","name":1,"cleared":"0","at":1650211200000}`, `{"amount":-1.5e-3,"cleared":false}`, `{"name":""}`,
		`{"name":"\"quoted\"","at":"\u0031","parts":"[{\"a\":\"b\"}]"}`, `{"name":"\ud83d\ude00 \ud800"}`, "{\"name\":\"a\xffb\xff\xff\"}",
		`{"parts":["<a>", 1]}`, `{"parts":{ "a" : 1 }}`, `{"name":"x","name":"y"}`, `{"name":"x","name":null}`,
		`{"NAME":"x"}`, `{"Name":"x","name":"y"}`, `{"name":"null","at":"0"}`, `{"name":"` + strings.Repeat("x", 100_000) + `"}`,
	} {
		for range 2 {
			var want row
			if err := json.Unmarshal([]byte(wire), &want); err != nil {
				t.Fatalf("%.60s: %v", wire, err)
			}
			got, ok := read(reader, wire)
			if !ok {
				t.Errorf("%.60s is left to encoding/json", wire)
			} else if !alike(got, want) {
				t.Errorf("%.60s reads %+v, by encoding/json %+v", wire, got, want)
			}
		}
	}
}

// TestReaderLeaves has left to encoding/json what is broken or in none of the usual forms.
func TestReaderLeaves(t *testing.T) {
	reader := loose.NewReader[row]()
	for _, wire := range []string{
		``, `null`, `[]`, `{"name":}`, `{"name":"x"`, `{"name":"x"}}`, `{"name":01}`, `{"name":{}}`, `{"amount":[1]}`,
		`{"n\u0061me":"x"}`, `{"parts":[1,}`, `{"other":[}`, `{"at":tru}`, `{"ſ":1}`,
	} {
		if record, ok := read(reader, wire); ok {
			t.Errorf("%s reads %+v", wire, record)
		}
	}
}

// ownReader reads itself.
type ownReader struct {
	Name loose.Text `json:"name"`
}

func (*ownReader) UnmarshalJSON([]byte) error { return nil }

// TestReaderOfOtherTypes leaves types to encoding/json that are not made of this package's types alone.
func TestReaderOfOtherTypes(t *testing.T) {
	type mixed struct {
		Name  loose.Text `json:"name"`
		Other string     `json:"other"`
	}
	type unnamed struct{ Name loose.Text }
	type twice struct {
		A loose.Text `json:"name"`
		B loose.Text `json:"NAME"`
	}
	wire := []byte(`{"name":"x"}`)
	for name, ok := range map[string]bool{
		"own":     reads[ownReader](wire),
		"mixed":   reads[mixed](wire),
		"unnamed": reads[unnamed](wire),
		"twice":   reads[twice](wire),
		"map":     reads[map[string]loose.Text](wire),
		"raw":     reads[json.RawMessage](wire),
	} {
		if ok {
			t.Errorf("a record of type %s is read", name)
		}
	}
	if !reads[struct {
		Name loose.Text `json:"name,omitzero"`
	}](wire) {
		t.Error("a record of this package's types is not read")
	}
}

func reads[R any](wire []byte) bool {
	_, ok := loose.NewReader[R]().Read(wire, 0, new(R))
	return ok
}

// TestReaderShares has equal values of a list share their memory, as long as its field has few, and never more than a
// bounded number.
func TestReaderShares(t *testing.T) {
	reader := loose.NewReader[row]()
	wire := func(i int) string {
		return fmt.Sprintf(`{"name":"word %d","at":"%d","amount":"\u0030%d","parts":"[\"%d\"]"}`, i%7, i, i%7, i%7)
	}
	first, _ := read(reader, wire(0))
	same, sameParts := 0, 0
	for i := range 3000 {
		record, ok := read(reader, wire(i))
		if !ok || record.Name.String() != fmt.Sprintf("word %d", i%7) || record.At.Raw() != fmt.Sprint(i) ||
			record.Amount.Raw() != fmt.Sprintf("0%d", i%7) || record.Parts.Raw() != fmt.Sprintf(`["%d"]`, i%7) {
			t.Fatalf("record %d reads %+v, %v", i, record, ok)
		}
		if record.Name.Ptr() == first.Name.Ptr() {
			same++
		}
		if record.Parts == first.Parts {
			sameParts++
		}
	}
	if want := 3000/7 + 1; same != want || sameParts != want {
		t.Errorf("%d names and %d parts share memory, want %d of each", same, sameParts, want)
	}
}

// FuzzReader: whatever a reader accepts, encoding/json reads alike, also after other records.
func FuzzReader(f *testing.F) {
	for _, wire := range []string{
		`{"amount":1,"name":"x","cleared":true,"at":"2022-04-01 00:00:00","parts":"[]"}`, `{"name":"\ud83d\ude00"}`,
		`{"NAME":"x","name":null,"parts":{"a":[1]}}`, "{\"name\":\"a\xff\"}", `{"name":{}}`, `{"amount":"\u0031e5"}`,
	} {
		f.Add(wire, wire)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		reader := loose.NewReader[row]()
		for _, wire := range []string{first, second, first} {
			got, ok := read(reader, wire)
			if !ok {
				continue
			}
			var want row
			if err := json.Unmarshal([]byte(wire), &want); err != nil {
				t.Fatalf("%q is read, by encoding/json: %v", wire, err)
			}
			if !alike(got, want) {
				t.Fatalf("%q reads %+v, by encoding/json %+v", wire, got, want)
			}
		}
	})
}

// FuzzQuoted: a text is what encoding/json makes of it.
func FuzzQuoted(f *testing.F) {
	for _, wire := range []string{`"plain"`, `"\ud800"`, "\"\xff\xfe\"", `"弹性"`, `"\/"`, `"x"y`, "\"\t\""} {
		f.Add(wire)
	}
	f.Fuzz(func(t *testing.T, wire string) {
		wire = strings.TrimSpace(wire) // as the decoder hands values over, and more
		if !strings.HasPrefix(wire, `"`) {
			return
		}
		var want string
		err := json.Unmarshal([]byte(wire), &want)
		var got loose.Text
		if decoded := got.UnmarshalJSON([]byte(wire)); (decoded == nil) != (err == nil) {
			t.Fatalf("%q: %v, by encoding/json: %v", wire, decoded, err)
		}
		if err == nil && got.Raw() != want {
			t.Fatalf("%q reads %q, by encoding/json %q", wire, got.Raw(), want)
		}
	})
}
