package cache

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var rowsID = identity{name: "opsgraph:v1:test:t/a:listRows:00", operation: "listRows", scope: "a", part: "b", shape: "c"}

func sealed(tb testing.TB, body []byte) ([]byte, header) {
	tb.Helper()
	h := rowsID.header()
	h.set(stamp{generation: 1234567890123456, fetchedAt: time.UnixMicro(1_700_000_000_000_000), cost: time.Second, jitter: 0.5})
	h.Gaps, h.Truncated, h.Plain = []Gap{{Part: "r1", Reason: "no id", Rows: 3}}, true, len(body)
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
	if generation, chunks, ok := glimpse(string(raw)); generation != want.Generation || chunks != 0 || !ok {
		t.Errorf("glimpse = %d, %d, %t", generation, chunks, ok)
	}
}

func TestOpenRefusesAnotherIdentity(t *testing.T) {
	raw, _ := sealed(t, nil)
	for name, change := range map[string]func(*identity){
		"name":      func(id *identity) { id.name = "x" },
		"operation": func(id *identity) { id.operation = "x" },
		"scope":     func(id *identity) { id.scope = "x" },
		"part":      func(id *identity) { id.part = "x" },
		"shape":     func(id *identity) { id.shape = "x" },
	} {
		t.Run(name, func(t *testing.T) {
			other := rowsID
			change(&other)
			if _, _, _, err := open(raw, other); !errors.Is(err, errCorrupt) {
				t.Errorf("open = %v, want errCorrupt", err)
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
	codec, err := newCodec()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, body, tomb, err := open(raw, rowsID)
		if err != nil {
			return
		}
		if !tomb && !bytes.Equal(raw, good) && h.Name != rowsID.name {
			t.Errorf("open accepts %q", raw)
		}
		if _, err := codec.decode(body, h.Packed, h.Plain); err != nil && !errors.Is(err, errCorrupt) {
			t.Errorf("decode: %v", err)
		}
	})
}

func TestStampIsNotInTheFuture(t *testing.T) {
	now := time.UnixMicro(1_700_000_000_000_000)
	h := header{FetchedAt: now.Add(time.Hour).UnixMicro(), Cost: -5}
	if at := h.stamp(now); !at.fetchedAt.Equal(now) || at.cost != 0 {
		t.Errorf("stamp = %v, %v", at.fetchedAt, at.cost)
	}
}

func TestNamesAreApart(t *testing.T) {
	lists := [][]string{
		{"e", "snapshot", "op", "s", "a", "b"},
		{"e", "many", "op", "s", "a", "b"},
		{"f", "snapshot", "op", "s", "a", "b"},
		{"e", "snapshot", "op", "t", "a", "b"},
		{"e", "snapshot", "op", "s", "ab", ""},
		{"e", "snapshot", "op", "s", "", "ab"},
		{"e", "snapshot", "op", "s", "a:b", ""},
		{"e", "snapshot", "op", "s", "a", ":b"},
		{"e", "snapshot", "op", "s", "gateway", ""},
		{"e", "snapshot", "op", "s", "", ""},
	}
	seen := map[string][]string{}
	for _, l := range lists {
		name := nameOf(l[0], l[1], l[2], l[3], l[4], l[5])
		if other, ok := seen[name]; ok {
			t.Errorf("%v and %v have the name %s", other, l, name)
		}
		seen[name] = l
	}
	const want = "opsgraph:v1:prod:t/a%7Bb%7D%3A:op:"
	if got := nameOf("prod", "many", "op", "s", "a{b}:", ""); got[:len(want)] != want || len(got) != len(want)+64 {
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
		shape := shapeOf(typ)
		if other, ok := seen[shape]; ok {
			t.Errorf("%v and %v have one shape", other, typ)
		}
		seen[shape] = typ
		if again := shapeOf(typ); again != shape {
			t.Errorf("%v has two shapes", typ)
		}
	}
}

func TestLife(t *testing.T) {
	began := time.UnixMicro(1_700_000_000_000_000)
	l := Ages{Fresh: 10 * time.Second, Stale: time.Minute, Dead: time.Hour}.from(began, time.Second, 0.5)
	tests := []struct {
		after time.Duration
		state State
		alive bool
	}{
		{-time.Hour, Fresh, true},
		{0, Fresh, true},
		{9499 * time.Millisecond, Fresh, true}, // half of the jitter of a tenth
		{9501 * time.Millisecond, Stale, true},
		{59 * time.Second, Stale, true},
		{time.Minute, Expired, true},
		{59 * time.Minute, Expired, true},
		{time.Hour, Expired, false},
	}
	for _, tt := range tests {
		if state, alive := l.state(began.Add(tt.after)); alive != tt.alive || state != tt.state {
			t.Errorf("after %v: %v, %t, want %v, %t", tt.after, state, alive, tt.state, tt.alive)
		}
	}
	for _, random := range []float64{0, 0.5, 0.9999999} {
		always := func() float64 { return random }
		if l.early(began.Add(8*time.Second), always) {
			t.Errorf("early 1.5 s before the end with %v, want never before the last tenth", random)
		}
		if !l.early(l.staleAt, always) {
			t.Errorf("not due at the end with %v", random)
		}
	}
}
