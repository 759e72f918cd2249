package model_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/opsgraph/opsgraph/graph/model"
)

// written returns the text of a scalar in an answer.
func written(m graphql.Marshaler) string {
	var buffer bytes.Buffer
	m.MarshalGQL(&buffer)
	return buffer.String()
}

func TestDateTime(t *testing.T) {
	east := time.FixedZone("", 8*60*60)
	for name, test := range map[string]struct {
		at   time.Time
		want string
	}{
		"UTC":               {time.Date(2022, 4, 17, 16, 0, 0, 0, time.UTC), `"2022-04-17T16:00:00Z"`},
		"another zone":      {time.Date(2022, 4, 18, 0, 0, 0, 0, east), `"2022-04-17T16:00:00Z"`},
		"digits as needed":  {time.Date(2024, 9, 20, 8, 2, 0, 120_000_000, time.UTC), `"2024-09-20T08:02:00.12Z"`},
		"every digit":       {time.Date(2024, 9, 20, 8, 2, 0, 1, time.UTC), `"2024-09-20T08:02:00.000000001Z"`},
		"a year of 4 signs": {time.Date(987, 1, 2, 3, 4, 5, 0, time.UTC), `"0987-01-02T03:04:05Z"`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := written(model.MarshalDateTime(test.at)); got != test.want {
				t.Errorf("written %s, want %s", got, test.want)
			}
		})
	}
}

func TestReadDateTime(t *testing.T) {
	want := time.Date(2022, 4, 17, 16, 0, 0, 0, time.UTC)
	for _, text := range []string{"2022-04-17T16:00:00Z", "2022-04-18T00:00:00+08:00", "2022-04-17T16:00:00.000Z"} {
		got, err := model.UnmarshalDateTime(text)
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("read %q = %v, %v", text, got, err)
		}
	}
	for name, value := range map[string]any{
		"a number": json.Number("1650211200000"), "nothing": nil, "no text": true, "empty": "", "a date": "2022-04-17",
		"no zone": "2022-04-17T16:00:00", "a blank": "2022-04-17 16:00:00Z", "before 1970": "1969-12-31T23:59:59Z",
		"beyond 2200": "2201-01-01T00:00:00Z", "no such day": "2022-02-30T00:00:00Z", "a leap second": "2016-12-31T23:59:60Z",
		"five digits": "12022-04-17T16:00:00Z", "text behind it": "2022-04-17T16:00:00Z ",
	} {
		if got, err := model.UnmarshalDateTime(value); err == nil {
			t.Errorf("%s: read %v as %v", name, value, got)
		} else if strings.Contains(err.Error(), "parsing") {
			t.Errorf("%s: the message is the library's: %v", name, err)
		}
	}
}

func TestDate(t *testing.T) {
	got, err := model.UnmarshalDate("2022-04-17")
	if err != nil || !got.Equal(time.Date(2022, 4, 17, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("read %v, %v", got, err)
	}
	if text := written(model.MarshalDate(got.In(time.FixedZone("", 3600)))); text != `"2022-04-17"` {
		t.Errorf("written %s", text)
	}
	for _, value := range []any{
		"2022-4-17", "2022-02-29", "17.04.2022", "2022-04-17T00:00:00Z", "1969-12-31", "",
		20220417, nil,
	} {
		if got, err := model.UnmarshalDate(value); err == nil {
			t.Errorf("read %v as %v", value, got)
		}
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT6H": 6 * time.Hour, "P7D": 7 * 24 * time.Hour, "P1W": 7 * 24 * time.Hour, "PT90M": 90 * time.Minute,
		"PT0.5S": 500 * time.Millisecond, "P1DT1H": 25 * time.Hour, "P366D": 366 * 24 * time.Hour,
	} {
		got, err := model.UnmarshalDuration(text)
		if err != nil || got != want {
			t.Errorf("read %q = %v, %v, want %v", text, got, err, want)
		}
	}
	for name, value := range map[string]any{
		"nothing": nil, "a number": json.Number("6"), "Go's notation": "6h", "empty": "", "no length": "PT0S",
		"negative": "-PT6H",
		"months":   "P1M", "years": "P1Y", "too long": "P367D", "a blank": "P 7D",
		"what wraps around to 5 s": "P99999999999W99999999999DT5S",
		"more than a float holds":  "PT" + strings.Repeat("9", 400) + "H", "no unit": "P7",
		"less than a nanosecond": "PT0.0000000001S",
	} {
		if got, err := model.UnmarshalDuration(value); err == nil {
			t.Errorf("%s: read %v as %v", name, value, got)
		}
	}
}

func TestDurationRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := time.Duration(rapid.Int64Range(1, int64(366*24*time.Hour/time.Millisecond)).Draw(t, "ms")) * time.Millisecond
		var text string
		if err := json.Unmarshal([]byte(written(model.MarshalDuration(want))), &text); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(text, "YM") && !strings.Contains(text, "T") {
			t.Fatalf("%v is written as %s, which is refused", want, text)
		}
		got, err := model.UnmarshalDuration(text)
		if err != nil || got.Round(time.Millisecond) != want {
			t.Fatalf("%v is written as %s and read as %v, %v", want, text, got, err)
		}
	})
}

func TestDecimal(t *testing.T) {
	for value, want := range map[any]string{
		"0.125": `"0.125"`, "-3600": `"-3600"`, "12345678901234567890.123456789": `"12345678901234567890.123456789"`,
		json.Number("2235.0"): `"2235.0"`, "1e3": `"1000"`, "9007199254740993": `"9007199254740993"`,
	} {
		got, err := model.UnmarshalDecimal(value)
		if err != nil || written(model.MarshalDecimal(got)) != want {
			t.Errorf("read %v = %v, %v, want %s", value, got, err, want)
		}
	}
	for name, value := range map[string]any{
		"nothing": nil, "a word": "abc", "empty": "", "infinite": "Inf", "no number": "NaN", "yes": true,
		"a list":      []any{"1"},
		"hexadecimal": "0x10", "too long": strings.Repeat("1", 65), "what has a billion digits": "1e999999999",
		"what has a billion digits behind the point": "1e-999999999", "two points": "1.2.3",
	} {
		if got, err := model.UnmarshalDecimal(value); err == nil {
			t.Errorf("%s: read %v with exponent %d", name, value, got.Exponent())
		}
	}
	if got := written(model.MarshalDecimal(decimal.New(5, -3))); got != `"0.005"` {
		t.Errorf("written %s", got)
	}
}

func TestJSON(t *testing.T) {
	raw := json.RawMessage(`{"b":1,"a":9007199254740993}`)
	if got := written(model.MarshalJSON(raw)); got != string(raw) {
		t.Errorf("written %s, want the bytes as they came", got)
	}
	got, err := model.UnmarshalJSON(map[string]any{"a": json.Number("9007199254740993")})
	if err != nil || string(got) != `{"a":9007199254740993}` {
		t.Errorf("read %s, %v", got, err)
	}
	if _, err := model.UnmarshalJSON(func() {}); err == nil {
		t.Error("a function was read as JSON")
	}
}
