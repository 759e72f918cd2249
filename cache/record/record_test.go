package record_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/cache/record"
)

// value is a scalar of a row: forms 1 to 3 have a text.
type value struct {
	text string
	form byte
}

func (v value) Wire() (text string, form byte) { return v.text, v.form }

func (v *value) SetWire(text string, form byte) bool {
	if form > 3 || form == 0 && text != "" {
		return false
	}
	*v = value{text, form}
	return true
}

// row has scalars alone, and goes by columns.
type row struct{ ID, Region, Note value }

// plainRow has another field, and goes as JSON.
type plainRow struct {
	ID    string `json:"id"`
	Count int    `json:"count"`
}

type list[R any] struct {
	Rows []R    `json:"rows"`
	Code string `json:"code"`
}

func form[R any]() record.Form { return record.List(func(l *list[R]) *[]R { return &l.Rows }) }

func rows(n int) []row {
	all := make([]row, n)
	for i := range all {
		all[i] = row{
			ID:     value{fmt.Sprintf("host-%d", i), 1},
			Region: value{fmt.Sprintf("region-%d", i%7), byte(1 + i%2)},
		}
		if i%3 == 0 {
			all[i].Note = value{"", 1} // sent, and empty: not absent
		}
	}
	return all
}

// roundTrip writes a record and reads it again. It returns both its body and what was read, which is the same.
func roundTrip[R any](t *testing.T, c *record.Codec, of record.Form, written R) (record.Body, R) {
	t.Helper()
	body, err := c.Encode(of, written)
	if err != nil {
		t.Fatalf("Encode: %v", err)
	}
	got, err := c.Decode(of, body)
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}
	if !reflect.DeepEqual(any(written), got) { // cmp takes seconds for many rows
		t.Errorf("read (-written +read):\n%s", cmp.Diff(any(written), got, cmp.AllowUnexported(value{})))
	}
	read, _ := got.(R)
	return body, read
}

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	codec := record.NewCodec()
	for _, n := range []int{0, 1, 3, 5000, 20_000} { // beyond 4096 words of a column
		roundTrip(t, codec, form[row](), list[row]{Rows: rows(n), Code: "ok"})
	}
	roundTrip(t, codec, form[row](), list[row]{})
	plain := list[plainRow]{Code: "x"}
	for i := range 1000 {
		plain.Rows = append(plain.Rows, plainRow{ID: fmt.Sprint(i), Count: i})
	}
	roundTrip(t, codec, form[plainRow](), plain)
	roundTrip(t, codec, form[json.RawMessage](), list[json.RawMessage]{Rows: []json.RawMessage{[]byte(`{"a":1}`), []byte(`7`)}})
	roundTrip(t, codec, record.JSON[map[string]int](), map[string]int{"a": 1})
	roundTrip(t, codec, record.JSON[string](), strings.Repeat("long ", 1000))
	long := row{Note: value{strings.Repeat("n", 3<<20), 1}}
	roundTrip(t, codec, form[row](), list[row]{Rows: []row{long, long}})
}

func TestBodiesAreCutIntoPieces(t *testing.T) {
	random, l := rand.NewChaCha8([32]byte{1}), list[row]{}
	for range 60 {
		raw := make([]byte, 32<<10)
		random.Read(raw) //nolint:errcheck // it never fails
		l.Rows = append(l.Rows, row{ID: value{hex.EncodeToString(raw), 1}})
	}
	body, _ := roundTrip(t, record.NewCodec(), form[row](), l)
	if len(body.Pieces) < 2 || !body.Packed {
		t.Fatalf("%d pieces of %d bytes, packed %t, of %d", len(body.Pieces), body.Len(), body.Packed, body.Plain)
	}
	for i, piece := range body.Pieces {
		if i < len(body.Pieces)-1 && len(piece) != record.PieceLen || len(piece) > record.PieceLen {
			t.Errorf("piece %d has %d bytes", i, len(piece))
		}
	}
}

// TestWordsOfAColumnAreOneText: what comes again takes its place in memory once.
func TestWordsOfAColumnAreOneText(t *testing.T) {
	_, read := roundTrip(t, record.NewCodec(), form[row](), list[row]{Rows: rows(100)})
	a, b := read.Rows[0].Region.text, read.Rows[14].Region.text
	if a != b || unsafe.StringData(a) != unsafe.StringData(b) {
		t.Errorf("%q and %q are two texts in memory", a, b)
	}
}

// TestBodiesOfOneCodecDoNotMix uses what a failed record has left for the next one.
func TestBodiesOfOneCodecDoNotMix(t *testing.T) {
	codec := record.NewCodec()
	for range 20 {
		if _, err := codec.Encode(record.JSON[any](), make(chan int)); err == nil {
			t.Fatal("a channel has a form")
		}
		large := list[plainRow]{Rows: make([]plainRow, 5000)}
		cut, err := codec.Encode(form[plainRow](), large)
		if err != nil {
			t.Fatal(err)
		}
		cut.Pieces[0] = cut.Pieces[0][:len(cut.Pieces[0])/2]
		if _, err := codec.Decode(form[plainRow](), cut); !errors.Is(err, record.ErrCorrupt) {
			t.Fatalf("half a body = %v", err)
		}
		roundTrip(t, codec, form[row](), list[row]{Rows: rows(300)})
	}
}

type panics struct{}

func (panics) MarshalJSON() ([]byte, error) { panic("encoding") }
func (*panics) UnmarshalJSON([]byte) error  { panic("decoding") }

func TestAPanicIsAnError(t *testing.T) {
	codec := record.NewCodec()
	if _, err := codec.Encode(form[panics](), list[panics]{Rows: make([]panics, 1)}); err == nil {
		t.Error("Encode has no error")
	}
	body, err := codec.Encode(form[int](), list[int]{Rows: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := codec.Decode(form[panics](), body); err == nil {
		t.Error("Decode has no error")
	}
}

// TestEveryChangedByteIsNoticed, or gives a record of the form: nothing else, whatever the bytes are. The checksum that
// stands before this in Redis is no part of it.
func TestEveryChangedByteIsNoticed(t *testing.T) {
	codec := record.NewCodec()
	for name, l := range map[string]list[row]{"short": {Rows: rows(9), Code: "c"}, "packed": {Rows: rows(400)}} {
		body, err := codec.Encode(form[row](), l)
		if err != nil {
			t.Fatal(err)
		}
		if body.Packed != (name == "packed") {
			t.Fatalf("%s: packed %t", name, body.Packed)
		}
		for at := range body.Pieces[0] {
			broken := body
			broken.Pieces = [][]byte{bytes.Clone(body.Pieces[0])}
			broken.Pieces[0][at] ^= 0xa5
			if _, err := codec.Decode(form[row](), broken); err != nil && !errors.Is(err, record.ErrCorrupt) {
				t.Fatalf("%s, byte %d: %v", name, at, err)
			}
		}
		for _, n := range []int{0, 1, len(body.Pieces[0]) - 1} {
			cut := body
			cut.Pieces = [][]byte{body.Pieces[0][:n]}
			if _, err := codec.Decode(form[row](), cut); !errors.Is(err, record.ErrCorrupt) {
				t.Errorf("%s, %d bytes of %d: %v", name, n, len(body.Pieces[0]), err)
			}
		}
		for _, plain := range []int{-1, 0, body.Plain - 1, body.Plain + 1, 1 << 40} {
			other := body
			other.Plain = plain
			if _, err := codec.Decode(form[row](), other); !errors.Is(err, record.ErrCorrupt) {
				t.Errorf("%s, %d bytes said to be %d: %v", name, body.Plain, plain, err)
			}
		}
	}
}
