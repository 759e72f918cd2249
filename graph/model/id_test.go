package model_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/opsgraph/opsgraph/graph/model"
)

// parts says how many parts an id of each kind may have.
func parts() map[model.Kind][2]int {
	return map[model.Kind][2]int{
		model.KindRegion: {1, 1}, model.KindHost: {1, 1}, model.KindVirtualMachine: {2, 3},
		model.KindCloudService: {2, 2}, model.KindAlarm: {2, 2}, model.KindMeterJob: {2, 2},
	}
}

func TestIDsAreKept(t *testing.T) {
	// Clients keep these ids: they must never change their meaning.
	tests := []struct {
		name string
		got  string
		want string
	}{
		{"region", model.NewRegion("cn-north-7", "", "").GetID(), "MVJjbi1ub3J0aC03"},
		{"service", model.NewCloudService("cn-north-7", model.CloudServiceTypeVpn).GetID(), "MVNjbi1ub3J0aC03fFZQTg"},
		{"host", model.NewID(model.KindHost, "dea41fb4"), "MUhkZWE0MWZiNA"},
		{"alarm", model.NewID(model.KindAlarm, "DEVICE", "22346801"), "MUFERVZJQ0V8MjIzNDY4MDE"},
		{"machine by position", model.NewID(model.KindVirtualMachine, "h", "0", "position"), "MVZofDB8cG9zaXRpb24"},
		{"separators in parts", model.NewID(model.KindMeterJob, `a|b\`, "c"), "MU1hXHBiXFx8Yw"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.got != test.want {
				t.Errorf("id %q, want %q", test.got, test.want)
			}
		})
	}
}

func TestIDRoundTrip(t *testing.T) {
	kinds := make([]model.Kind, 0, len(parts()))
	for kind := range parts() {
		kinds = append(kinds, kind)
	}
	part := rapid.StringOf(rapid.OneOf(
		rapid.Rune().Filter(func(r rune) bool { return r >= ' ' && r != 0x7f && utf8.ValidRune(r) }),
		rapid.SampledFrom([]rune(`|\p`)),
	)).Filter(func(text string) bool { return text != "" })
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		want := model.GlobalID{
			Kind: kind, Parts: rapid.SliceOfN(part, parts()[kind][0], parts()[kind][1]).Draw(t, "parts"),
		}
		id := model.NewID(kind, want.Parts...)
		if strings.ContainsAny(id, "+/=%?&# ") {
			t.Fatalf("id %q is not safe in a URL", id)
		}
		got, err := model.ParseID(id)
		if err != nil {
			t.Fatalf("parse %q of %q: %v", id, want.Parts, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round trip (-want +got):\n%s", diff)
		}
	})
}

func TestParseIDRefuses(t *testing.T) {
	encoded := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for name, id := range map[string]string{
		"nothing":                   "",
		"a word":                    "no id",
		"padding":                   base64.URLEncoding.EncodeToString([]byte("1Rcn-north-7x")) + "=",
		"standard alphabet":         base64.RawStdEncoding.EncodeToString([]byte("1R\xff\xfe\xfd??>>")),
		"bits left over":            "MVJjbi1ub3J0aC04" + "B",
		"another version":           encoded("2Rcn-north-7"),
		"version alone":             encoded("1"),
		"kind alone":                encoded("1R"),
		"unknown kind":              encoded("1Zcn-north-7"),
		"lower-case kind":           encoded("1rcn-north-7"),
		"too many parts":            encoded("1Rcn-north-7|more"),
		"too few parts":             encoded("1Scn-north-7"),
		"four parts of a machine":   encoded("1Va|b|c|d"),
		"an empty part":             encoded("1Scn-north-7|"),
		"an empty first part":       encoded("1S|EVS"),
		"an escape of another kind": encoded(`1Ra\nb`),
		"an escape cut short":       encoded(`1Ra\`),
		"a control character":       encoded("1Ra\x00b"),
		"a line end":                encoded("1Ra\r\nb"),
		"delete":                    encoded("1Ra\x7fb"),
		"invalid UTF-8":             encoded("1Ra\xff"),
		"an id and a blank":         "MVJjbi1ub3J0aC03 ",
		"an id and a line end":      "MVJjbi1ub3J0aC03\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := model.ParseID(id)
			if !errors.Is(err, model.ErrInvalidID) {
				t.Errorf("parse %q = %+v, %v", id, got, err)
			}
		})
	}
}

// FuzzParseID holds ids to one form: what is accepted is what NewID writes, and nothing else.
func FuzzParseID(f *testing.F) {
	for _, seed := range []string{
		"", "MVJjbi1ub3J0aC03", "MVNjbi1ub3J0aC03fFZQTg", "MU1hXHBiXFx8Yw", "MVZofDB8cG9zaXRpb24", "MVJhXG5i", "////", "MQ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		got, err := model.ParseID(id)
		if err != nil {
			if !errors.Is(err, model.ErrInvalidID) || got.Kind != "" || got.Parts != nil {
				t.Fatalf("parse %q = %+v, %v", id, got, err)
			}
			return
		}
		if again := model.NewID(got.Kind, got.Parts...); again != id {
			t.Fatalf("id %q is accepted, and written as %q", id, again)
		}
	})
}

func BenchmarkNewID(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		model.NewID(model.KindVirtualMachine, "dea41fb4-2583-45d7-a4b1-22d8d27c5024", "f0ae18b6-40d2-4162-9d6a-7697b9b7eacc")
	}
}
