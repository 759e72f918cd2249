package model_test

import (
	"encoding/base64"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/opsgraph/opsgraph/graph/model"
)

func TestCursorRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := model.Cursor{
			Order: rapid.SampledFrom([]string{"hn", "hn-", "al-", "mr"}).Draw(t, "order"),
			Key: model.SortKey{
				Null:   rapid.Bool().Draw(t, "null"),
				Number: rapid.Float64().Filter(func(f float64) bool { return !math.Signbit(f) || f != 0 }).Draw(t, "number"),
				Text:   rapid.String().Draw(t, "text"),
			},
			ID: rapid.StringN(1, 40, -1).Draw(t, "id"),
		}
		got, err := model.ParseCursor(want.String())
		if err != nil {
			t.Fatalf("parse %+v: %v", want, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round trip (-want +got):\n%s", diff)
		}
	})
}

func TestParseCursorRefuses(t *testing.T) {
	encoded := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	whole := model.Cursor{Order: "hn", Key: model.SortKey{Text: "a"}, ID: "b"}.String()
	for name, cursor := range map[string]string{
		"nothing":           "",
		"a word":            "no cursor",
		"half a cursor":     whole[:len(whole)/2],
		"a cursor and more": whole + "AAAA",
		"no JSON":           encoded("hn"),
		"no object":         encoded(`["hn"]`),
		"null":              encoded("null"),
		"no order":          encoded(`{"k":{},"i":"b"}`),
		"no id":             encoded(`{"o":"hn","k":{}}`),
		"a number as order": encoded(`{"o":1,"k":{},"i":"b"}`),
		"another spelling":  encoded(`{"o":"hn", "k":{"t":"a"},"i":"b"}`),
		"other capitals":    encoded(`{"O":"hn","k":{"t":"a"},"i":"b"}`),
		"a key twice":       encoded(`{"o":"hn","o":"hn","k":{"t":"a"},"i":"b"}`),
		"an unknown key":    encoded(`{"o":"hn","k":{"t":"a"},"i":"b","x":1}`),
		"a huge number":     encoded(`{"o":"hn","k":{"n":1e999},"i":"b"}`),
		"trailing JSON":     encoded(`{"o":"hn","k":{"t":"a"},"i":"b"}{}`),
		"padding":           base64.URLEncoding.EncodeToString([]byte(`{"o":"hn","k":{"t":"ab"},"i":"b"}`)) + "=",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := model.ParseCursor(cursor)
			if !errors.Is(err, model.ErrInvalidCursor) {
				t.Errorf("parse %q = %+v, %v", cursor, got, err)
			}
		})
	}
}

// FuzzParseCursor holds cursors to one form: what is accepted is what String writes, and nothing else.
func FuzzParseCursor(f *testing.F) {
	f.Add("")
	f.Add(model.Cursor{Order: "al-", Key: model.SortKey{Number: 1795255165000}, ID: "DEVICE 1"}.String())
	f.Add(model.Cursor{Order: "hn", Key: model.SortKey{Null: true}, ID: "x"}.String())
	f.Add(model.Cursor{Order: "hn", Key: model.SortKey{Text: "<&>\u2028"}, ID: "x"}.String())
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"o":"hn","k":{"n":1.0},"i":"b"}`)))
	f.Fuzz(func(t *testing.T, text string) {
		cursor, err := model.ParseCursor(text)
		if err != nil {
			if !errors.Is(err, model.ErrInvalidCursor) || cursor != (model.Cursor{}) {
				t.Fatalf("parse %q = %+v, %v", text, cursor, err)
			}
			return
		}
		if cursor.Order == "" || cursor.ID == "" || math.IsNaN(cursor.Key.Number) || math.IsInf(cursor.Key.Number, 0) {
			t.Fatalf("parse %q = %+v", text, cursor)
		}
		if again := cursor.String(); again != text {
			t.Fatalf("cursor %q is accepted, and written as %q", text, again)
		}
	})
}

// TestParseCursor_plain has cursors of each form of key, with texts that look like the end of one.
func TestParseCursor_plain(t *testing.T) {
	for _, text := range []string{"", "a", `},"i":"b`, `"`, "b\\", "}", ",", `","k":{`, "é<&>", "t\":\""} {
		for _, number := range []float64{0, 1, -2.5, 1795255165000, 1e21, 1e-9} {
			for _, null := range []bool{false, true} {
				want := model.Cursor{Order: "hn", Key: model.SortKey{Null: null, Number: number, Text: text}, ID: "x" + text}
				got, err := model.ParseCursor(want.String())
				if err != nil || got != want {
					t.Errorf("%+v was read as %+v, %v", want, got, err)
				}
			}
		}
	}
}

// BenchmarkParseCursor reads the cursor of a page of hosts.
func BenchmarkParseCursor(b *testing.B) {
	text := model.Cursor{Order: "hn", Key: model.SortKey{Text: "ecs_4-C01R01017"}, ID: "HOST-0000000017"}.String()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := model.ParseCursor(text); err != nil {
			b.Fatal(err)
		}
	}
}
