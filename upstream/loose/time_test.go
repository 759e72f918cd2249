package loose_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

func TestTimeReads(t *testing.T) {
	beijing := time.FixedZone("UTC+8", 8*60*60)
	for _, test := range []struct{ name, wire, want string }{
		{"Quirk043 epoch milliseconds", `"1649692800000"`, "2022-04-11T16:00:00Z"},
		{"Quirk024 milliseconds as a number", `1726819320000`, "2024-09-20T08:02:00Z"},
		{"Quirk053 midnight at UTC+8", `"1650211200000"`, "2022-04-17T16:00:00Z"},
		{"milliseconds as a float", `1.72681932e12`, "2024-09-20T08:02:00Z"},
		{"milliseconds of 1999", `"930000000000"`, "1999-06-21T21:20:00Z"},
		{"Quirk047 epoch seconds", `"1726819320"`, "2024-09-20T08:02:00Z"},
		{"Quirk047 local notation", `"2024-09-20 16:02:00"`, "2024-09-20T08:02:00Z"},
		{"Quirk047 RFC 3339", `"2024-09-20T08:02:00Z"`, "2024-09-20T08:02:00Z"},
		{"Quirk044 no zone", `"2020-11-01 01:13:59"`, "2020-10-31T17:13:59Z"},
		{"Quirk045 hour of one digit", `"2024-01-08 0:00"`, "2024-01-07T16:00:00Z"},
		{"Quirk045 hour of one digit with seconds", `"2024-01-08 9:05:01"`, "2024-01-08T01:05:01Z"},
		{"Quirk046 fourteen digits", `"20240301220000"`, "2024-03-01T14:00:00Z"},
		{"Quirk048 offset without a colon", `"2023-08-01T11:10:31+0800"`, "2023-08-01T03:10:31Z"},
		{"Quirk049 microseconds", `"2024-09-20T08:02:00.116000Z"`, "2024-09-20T08:02:00.116Z"},
		{"Quirk049 whole seconds", `"2020-04-02T08:56:26Z"`, "2020-04-02T08:56:26Z"},
		{"offset with a colon", `"2023-08-01T11:10:31+08:00"`, "2023-08-01T03:10:31Z"},
		{"T without an offset", `"2023-08-01T11:10:31"`, "2023-08-01T03:10:31Z"},
		{"no seconds, with offset", `"2023-08-01T11:10Z"`, "2023-08-01T11:10:00Z"},
		{"blanks around", `" 1649692800000 "`, "2022-04-11T16:00:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := decode[loose.Time](t, test.wire).Instant(beijing)
			if !ok || got.Format(time.RFC3339Nano) != test.want {
				t.Errorf("Instant() = %v, %v, want %v", got, ok, test.want)
			}
			if got.Location() != time.UTC {
				t.Errorf("Instant() is in %v, want UTC", got.Location())
			}
		})
	}
}

func TestQuirk046ZoneIsTheCallers(t *testing.T) {
	compact := decode[loose.Time](t, `"20240301220000"`)
	for _, zone := range []*time.Location{nil, time.UTC} {
		if got, ok := compact.Instant(zone); !ok || got.Hour() != 22 {
			t.Errorf("Instant(%v) = %v, %v, want 22:00 UTC", zone, got, ok)
		}
	}
}

func TestQuirk047ZeroIsNever(t *testing.T) {
	for _, wire := range []string{`0`, `"0"`, `"0000000000000"`, `""`, `"null"`} {
		if at := decode[loose.Time](t, wire); !at.IsAbsent() || at.Unreadable(nil) {
			t.Errorf("%s is not absent", wire)
		}
	}
}

func TestTimeKeepsWhatItCannotRead(t *testing.T) {
	for name, wire := range map[string]string{
		"description":          `"UTC time of the latest occurrence"`,
		"date alone":           `"2024-01-08"`,
		"eight digits":         `"20240108"`,
		"day that is not":      `"2024-02-30 00:00:00"`,
		"month that is not":    `"20241301000000"`,
		"fifteen digits":       `"172681932000000"`,
		"negative":             `-1726819320000`,
		"fraction of a number": `1726819320000.5`,
		"boolean":              `true`,
		"year 10000 in UTC":    `"9999-12-31T23:59:59-12:00"`,
		"year 0":               `"0000-05-05 00:00:00"`,
	} {
		t.Run(name, func(t *testing.T) {
			at := decode[loose.Time](t, wire)
			if got, ok := at.Instant(nil); ok {
				t.Errorf("Instant() = %v, want none", got)
			}
			if !at.Unreadable(nil) || at.Raw() == "" {
				t.Errorf("Unreadable() = %v, Raw() = %q, want it kept and unreadable", at.Unreadable(nil), at.Raw())
			}
		})
	}
}

func TestNewTime(t *testing.T) {
	want := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	if got, ok := loose.NewTime(want).Instant(nil); !ok || !got.Equal(want) {
		t.Errorf("NewTime(%v).Instant() = %v, %v", want, got, ok)
	}
}

func FuzzTime(f *testing.F) {
	for _, seed := range []string{
		`"1649692800000"`, `1726819320`, `"2024-01-08 0:00"`, `"20240301220000"`, `"2023-08-01T11:10:31+0800"`,
		`"2024-09-20T08:02:00.116000Z"`, `0`, `"null"`, `"1e13"`, `"9999-12-31T23:59:59-12:00"`, `{}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		at, ok := roundTrip[loose.Time](t, wire)
		if !ok {
			return
		}
		instant, known := at.Instant(nil)
		if states := count(known, at.IsAbsent(), at.Unreadable(nil)); states != 1 {
			t.Fatalf("%s is in %d of the states value, absent, unreadable", wire, states)
		}
		if !known {
			return
		}
		if _, err := instant.MarshalJSON(); err != nil {
			t.Fatalf("%s reads as a time outside RFC 3339: %v", wire, err)
		}
	})
}
