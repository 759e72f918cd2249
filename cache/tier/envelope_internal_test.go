package tier

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/cache/record"
)

var rowsID = ID{
	Name: "opsgraph:v3:test:t/a:listRows:00", operation: "listRows", scope: "a", part: "b", shape: "c",
}

func sealed(tb testing.TB, body []byte) ([]byte, header) {
	tb.Helper()
	h := rowsID.header()
	fetched := time.UnixMicro(1_700_000_000_000_000)
	h.set(Stamp{Generation: 1234567890123456, FetchedAt: fetched, Cost: time.Second, Jitter: 0.5, Purge: 7})
	h.Plain = len(body)
	raw, err := seal(h, body)
	if err != nil {
		tb.Fatalf("seal: %v", err)
	}
	return raw, h
}

func TestOpenGivesWhatWasSealed(t *testing.T) {
	raw, want := sealed(t, []byte(`[{"id":1}]`))
	got, body, tomb, err := open(raw, rowsID)
	if err != nil || tomb {
		t.Fatalf("open = tomb %t, %v", tomb, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if string(body) != `[{"id":1}]` {
		t.Errorf("body %q", body)
	}
	if generation, chunks, ok := parsePrefix(string(raw)); generation != want.Generation || chunks != 0 || !ok {
		t.Errorf("parsePrefix = %d, %d, %t", generation, chunks, ok)
	}
}

func TestOpenRefusesAnotherIdentity(t *testing.T) {
	raw, _ := sealed(t, nil)
	for name, change := range map[string]func(*ID){
		"name":      func(id *ID) { id.Name = "x" },
		"operation": func(id *ID) { id.operation = "x" },
		"scope":     func(id *ID) { id.scope = "x" },
		"part":      func(id *ID) { id.part = "x" },
		"shape":     func(id *ID) { id.shape = "x" },
	} {
		t.Run(name, func(t *testing.T) {
			other := rowsID
			change(&other)
			if _, _, _, err := open(raw, other); !errors.Is(err, record.ErrCorrupt) {
				t.Errorf("open = %v, want record.ErrCorrupt", err)
			}
		})
	}
}

func TestOpenTombstone(t *testing.T) {
	h, _, tomb, err := open([]byte(prefixOf(42, 0)), rowsID)
	if err != nil || !tomb || h.Generation != 42 {
		t.Errorf("open = generation %d, tomb %t, %v", h.Generation, tomb, err)
	}
}

// FuzzOpen: whatever Redis sends is read without a panic, and only what was sealed is accepted.
func FuzzOpen(f *testing.F) {
	good, _ := sealed(f, []byte(`[{"id":1}]`))
	f.Add(good)
	f.Add(good[:30])
	f.Add([]byte(prefixOf(42, 0)))
	f.Add([]byte{})
	codec := record.NewCodec()
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, body, tomb, err := open(raw, rowsID)
		if err != nil {
			return
		}
		if !tomb && !bytes.Equal(raw, good) && h.Name != rowsID.Name {
			t.Errorf("open accepts %q", raw)
		}
		stored := record.Body{Pieces: [][]byte{body}, Packed: h.Packed, Plain: h.Plain}
		if _, err := codec.Decode(record.JSON[any](), stored); err != nil && !errors.Is(err, record.ErrCorrupt) {
			t.Errorf("decode: %v", err)
		}
	})
}

func TestStampIsNotInTheFuture(t *testing.T) {
	now := time.UnixMicro(1_700_000_000_000_000)
	h := header{FetchedAt: now.Add(time.Hour).UnixMicro(), Cost: -5}
	if at := h.stamp(now); !at.FetchedAt.Equal(now) || at.Cost != 0 {
		t.Errorf("stamp = %v, %v", at.FetchedAt, at.Cost)
	}
}

func TestNamesAreApart(t *testing.T) {
	lists := [][]string{
		{"e", "op", "s", "a", "b"},
		{"f", "op", "s", "a", "b"},
		{"e", "op", "t", "a", "b"},
		{"e", "op", "s", "ab", ""},
		{"e", "op", "s", "", "ab"},
		{"e", "op", "s", "a:b", ""},
		{"e", "op", "s", "a", ":b"},
		{"e", "op", "s", "gateway", ""},
		{"e", "op", "s", "", ""},
	}
	seen := map[string][]string{}
	for _, l := range lists {
		name := nameOf(l[0], l[1], l[2], l[3], l[4])
		if other, ok := seen[name]; ok {
			t.Errorf("%v and %v have the name %s", other, l, name)
		}
		seen[name] = l
	}
	const want = "opsgraph:v3:prod:t/a%7Bb%7D%3A:op:"
	if got := nameOf("prod", "op", "s", "a{b}:", ""); got[:len(want)] != want || len(got) != len(want)+64 {
		t.Errorf("name %s, want %s and 64 hex digits", got, want)
	}
}

type tree struct {
	Name string  `json:"name"`
	Sub  []*tree `json:"sub"`
}

func TestShapesAreApart(t *testing.T) {
	type renamed struct {
		Name string  `json:"title"`
		Sub  []*tree `json:"sub"`
	}
	type tagged struct {
		A string `json:"a"`
		B string
	}
	type nested struct{ A struct{ B string } }
	types := []any{
		"", 0,
		[]string{},
		[2]string{},
		[3]string{},
		map[string]int{},
		map[int]string{},
		tree{},
		&tree{},
		renamed{},
		struct{ A, B string }{},
		struct{ B, A string }{},
		tagged{},
		nested{},
		time.Time{},
		any(nil),
	}
	seen := map[string]reflect.Type{}
	for _, v := range types {
		typ := reflect.TypeOf(v)
		if typ == nil {
			typ = reflect.TypeFor[any]()
		}
		shape := Shape(typ)
		if other, ok := seen[shape]; ok {
			t.Errorf("%v and %v have one shape", other, typ)
		}
		seen[shape] = typ
		if again := Shape(typ); again != shape {
			t.Errorf("%v has two shapes", typ)
		}
	}
}
