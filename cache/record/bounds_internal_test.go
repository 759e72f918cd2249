package record

import (
	"errors"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

type field struct {
	text string
	form byte
}

func (f field) Wire() (text string, form byte) { return f.text, f.form }

func (f *field) SetWire(text string, form byte) bool {
	*f = field{text, form}
	return form < 4
}

type wide struct{ A, B, C, D, E, F, G, H field }

type wideList struct{ Rows []wide }

func wideForm() Form { return List(func(l *wideList) *[]wide { return &l.Rows }) }

// bodyOf packs plain bytes that no writer of ours has made.
func bodyOf(tb testing.TB, c *Codec, repeat []byte, times int) Body {
	tb.Helper()
	var body Body
	sink := &packing{codec: c, body: &body}
	for range times {
		if _, err := sink.Write(repeat); err != nil {
			tb.Fatal(err)
		}
	}
	if err := sink.close(); err != nil {
		tb.Fatal(err)
	}
	body.Plain = len(repeat) * times
	return body
}

// TestABombIsBounded decodes some kilobytes that unpack to very much: the memory of it stays within the bound, and what
// says more than its bytes hold gets no room in advance.
func TestABombIsBounded(t *testing.T) {
	c := NewCodec()
	c.mostPlain = 1 << 20
	const mebibyte = 1 << 20
	for name, bomb := range map[string]struct {
		body Body
		most uint64
	}{
		"more than its header says": {func() Body {
			b := bodyOf(t, c, make([]byte, mebibyte), 64)
			b.Plain = 1000
			return b
		}(), 8 * mebibyte},
		"more than is allowed": {bodyOf(t, c, make([]byte, mebibyte), 64), 8 * mebibyte},
		// 2 bytes "{}", 2^20 rows (less than the bound of a list), and 512 KiB of nothing
		"rows of nothing": {
			bodyOf(t, c, append([]byte{2, '{', '}', 0x80, 0x80, 0x40}, make([]byte, 4090)...), 128), 64 * mebibyte,
		},
		"a row of zeros, said to be many": {
			Body{Pieces: [][]byte{{2, '{', '}', 0x80, 0x80, 0x40, 0, 0, 0, 0, 0, 0, 0, 0}}, Plain: 14}, 8 * mebibyte,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := c.Decode(wideForm(), bomb.body)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, ErrCorrupt) {
				t.Errorf("Decode = %v, want ErrCorrupt", err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > bomb.most {
				t.Errorf("%d bytes were used, at most %d are right", used, bomb.most)
			}
		})
	}
}

func TestTooLargeIsNotEncoded(t *testing.T) {
	c := NewCodec()
	c.mostPlain = 10_000
	large := make([]wide, 10_000/int(reflect.TypeFor[wide]().Size())+1)
	for name, record := range map[string]struct {
		form   Form
		record any
	}{
		"a text": {JSON[string](), strings.Repeat("x", 20_000)},
		"a row":  {wideForm(), wideList{Rows: []wide{{A: field{strings.Repeat("x", 20_000), 1}}}}},
		"rows":   {wideForm(), wideList{Rows: large}},
	} {
		if _, err := c.Encode(record.form, record.record); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: Encode = %v, want ErrTooLarge", name, err)
		}
	}
	body := Body{}
	if _, err := body.Write(make([]byte, MostPieces*PieceLen+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("Write = %v, want ErrTooLarge", err)
	}
}

// FuzzDecode: whatever bytes are read as a list, packed or not, there is no panic, and what is read is written and read
// again alike.
func FuzzDecode(f *testing.F) {
	c := NewCodec()
	c.mostPlain = 1 << 20
	good, err := c.Encode(wideForm(), wideList{Rows: []wide{{A: field{"a", 1}}, {A: field{"a", 1}, B: field{"b", 2}}}})
	if err != nil {
		f.Fatal(err)
	}
	packed, err := c.Encode(wideForm(), wideList{Rows: []wide{{A: field{strings.Repeat("a", 900), 1}}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.Pieces[0], false, good.Plain)
	f.Add(packed.Pieces[0], true, packed.Plain)
	f.Add([]byte{2, '{', '}', 0xff, 0xff, 0x03}, false, 6)
	f.Fuzz(func(t *testing.T, raw []byte, isPacked bool, plain int) {
		for _, form := range []Form{wideForm(), JSON[any](), List(func(l *struct{ Rows []int }) *[]int { return &l.Rows })} {
			record, err := c.Decode(form, Body{Pieces: [][]byte{raw}, Packed: isPacked, Plain: plain})
			if err != nil {
				if !errors.Is(err, ErrCorrupt) {
					t.Fatalf("Decode: %v", err)
				}
				continue
			}
			body, err := c.Encode(form, record)
			if errors.Is(err, ErrTooLarge) {
				continue
			}
			if err != nil {
				t.Fatalf("Encode: %v", err)
			}
			again, err := c.Decode(form, body)
			if err != nil || !reflect.DeepEqual(record, again) {
				t.Fatalf("read again: %v\n%v\n%v", err, record, again)
			}
		}
	})
}
