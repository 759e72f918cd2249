package site

import (
	"math"
	"strings"
	"testing"
)

func TestDataOf(t *testing.T) {
	data, err := dataOf(200, []byte(`{"data":{"a": 1},"extensions":{"b":2}}`))
	if err != nil || string(data) != `{"a": 1}` {
		t.Errorf("%s, %v", data, err)
	}
	for status, answer := range map[int]string{
		200: `{"data":{"a":1},"errors":[{"message":"x"}]}`,
		201: `{"errors":[{"message":"x"}]}`,
		202: `{}`,
		503: `{"data":{"a":1}}`,
		500: `no JSON`,
	} {
		if data, err := dataOf(status, []byte(answer)); err == nil {
			t.Errorf("%d %s is read as %s", status, answer, data)
		}
	}
}

func TestSameJSON(t *testing.T) {
	if !SameJSON([]byte(`{"a":1.0,"b":[null]}`), []byte(`{"b":[null],"a":1}`)) {
		t.Error("equal values differ")
	}
	for _, other := range []string{`{"a":1}`, `{"a":2,"b":[null]}`, `{"a":1,"b":[]}`, `{`} {
		if SameJSON([]byte(`{"a":1,"b":[null]}`), []byte(other)) {
			t.Errorf("%s is the same", other)
		}
	}
}

func TestDifference(t *testing.T) {
	for _, same := range [][2]string{
		{`{"a":[1,"x",null]}`, `{"a":[1.0,"x",null]}`},
		{`0.9354838709677419`, `0.9354838709677418`}, // the last digit
	} {
		if got := Difference([]byte(same[0]), []byte(same[1])); got != "" {
			t.Errorf("%v: %s", same, got)
		}
	}
	for _, test := range [][3]string{
		{`{"a":[1,{"b":2}]}`, `{"a":[1,{"b":3}]}`, "at .a[1].b: 2 and 3"},
		{`{"a":1}`, `{"b":1}`, "at .a"},
		{`[1]`, `[1,2]`, "at :"},
		{`0.93548`, `0.93549`, "at :"},
		{`0`, `1e-300`, "at :"},
		{`"1"`, `1`, "at :"},
		{`{`, `1`, "not JSON"},
	} {
		if got := Difference([]byte(test[0]), []byte(test[1])); !strings.HasPrefix(got, test[2]) {
			t.Errorf("%v: %q", test, got)
		}
	}
}

func TestLogs(t *testing.T) {
	const log = "{\"msg\":\"other\"}\n" + `{"level":"INFO","msg":"serving","address":"127.0.0.1:1","admin_address":"127.0.0.1:2"}` +
		"\nopsgraph devel serves http://127.0.0.1:1/graphql\nlistening http://127.0.0.1:3\n"
	if url, found := served(log); !found || url != "http://127.0.0.1:1/graphql" {
		t.Errorf("%q, %v", url, found)
	}
	if url, found := adminAddress(log); !found || url != "http://127.0.0.1:2" {
		t.Errorf("%q, %v", url, found)
	}
	if url, found := listening(log); !found || url != "http://127.0.0.1:3" {
		t.Errorf("%q, %v", url, found)
	}
	if url, found := listening("listening http://127.0.0.1:3"); found { // half a line
		t.Errorf("%q is found", url)
	}
	if _, found := adminAddress("nothing"); found {
		t.Error("an address is found in nothing")
	}
}

func TestMetricOf(t *testing.T) {
	const text = "# HELP a b\na_total 1.5e3\na_total_more 7\na{b=\"c\"} 2\n"
	if got, err := metricOf(text, "a_total"); err != nil || got != 1500 {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := metricOf(text, "b"); err != nil || !math.IsNaN(got) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := metricOf("a x\n", "a"); err == nil {
		t.Errorf("%v", got)
	}
}
