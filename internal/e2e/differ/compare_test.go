package differ

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// upstreamRequest is the id that a simulator draws for a call by chance, never by its seed, as answers show it of a
// call that was refused. Our own ids of requests are equal in both worlds, and of another form.
var upstreamRequest = regexp.MustCompile(`"requestId":"[0-9a-f]{32}"`)

// Both lists of alarms are read at once, and the first failure is the answer of the field: whether the other list came
// before it, and shows its age, is a matter of chance.
var (
	oneListOfAlarms = regexp.MustCompile(
		`"upstream":\{("code":"[^"]*",)?"operation":"list(CloudService|Device)Alarms"`)
	freshnessOfAlarms = regexp.MustCompile(
		`\{"operation":"list(CloudService|Device)Alarms","oldest":"[^"]*","stale":(true|false),"reason":[^}]*\},?`)
)

// compare returns what differs between two answers to one question: status, headers but Date, and the body byte for
// byte but for the ids of upstream requests.
func compare(a, b *kit.Reply) []string {
	var found []string
	if a.Status != b.Status {
		found = append(found, fmt.Sprintf("status: %d and %d", a.Status, b.Status))
	}
	names := map[string]bool{}
	for _, reply := range []*kit.Reply{a, b} {
		for name := range reply.Header {
			names[name] = name != "Date" && name != "Content-Length" // which goes with the body
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if x, y := a.Header.Values(name), b.Header.Values(name); names[name] && !slices.Equal(x, y) {
			found = append(found, fmt.Sprintf("header %s: %q and %q", name, x, y))
		}
	}
	if x, y := withoutChance(a.Raw), withoutChance(b.Raw); x != y {
		found = append(found, membersApart(x, y)...)
	}
	return found
}

// withoutChance is a body without what chance has a part in.
func withoutChance(body string) string {
	body = upstreamRequest.ReplaceAllString(body, `"requestId":""`)
	if oneListOfAlarms.MatchString(body) {
		body = freshnessOfAlarms.ReplaceAllString(body, "")
	}
	return body
}

// membersApart names the members of two bodies that differ, with the place where they begin to.
func membersApart(a, b string) []string {
	var x, y map[string]json.RawMessage
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return []string{"body: " + placeApart(a, b)}
	}
	var found []string
	for _, name := range []string{"errors", "data", "extensions"} {
		if string(x[name]) != string(y[name]) {
			found = append(found, name+": "+placeApart(string(x[name]), string(y[name])))
		}
	}
	if len(found) == 0 {
		return []string{"body: " + placeApart(a, b)}
	}
	return found
}

// placeApart shows both texts from a little before the place where they begin to differ.
func placeApart(a, b string) string {
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	from := max(0, at-60)
	return fmt.Sprintf("at %d of %d and %d bytes: …%.300s… and …%.300s…", at, len(a), len(b), a[min(from, len(a)):],
		b[min(from, len(b)):])
}

// TestCompareCatches makes sure that each kind of difference is found.
func TestCompareCatches(t *testing.T) {
	t.Parallel()
	const body = `{"errors":[{"message":"m","path":["a",0]},{"message":"n"}],` +
		`"data":{"a":1.0,"b":"x"},"extensions":{"e":1}}`
	reply := func() *kit.Reply {
		return &kit.Reply{Status: 200, Header: map[string][]string{"Age": {"3"}, "Etag": {`"x"`}, "Date": {"now"}}, Raw: body}
	}
	for name, change := range map[string]func(*kit.Reply){
		"status":                func(r *kit.Reply) { r.Status = 500 },
		"header Age":            func(r *kit.Reply) { r.Header.Set("Age", "4") },
		"header Etag":           func(r *kit.Reply) { r.Header.Del("Etag") },
		"header Cache-Control":  func(r *kit.Reply) { r.Header.Set("Cache-Control", "no-store") },
		"data":                  func(r *kit.Reply) { r.Raw = strings.Replace(body, `1.0`, `1`, 1) },
		"data: at 1 ":           func(r *kit.Reply) { r.Raw = strings.Replace(body, `"b":"x"`, `"b":"x","c":0`, 1) },
		"errors":                func(r *kit.Reply) { r.Raw = strings.Replace(body, `"m"`, `"M"`, 1) },
		"errors: at 40":         func(r *kit.Reply) { r.Raw = strings.Replace(body, `,{"message":"n"}`, ``, 1) },
		"extensions":            func(r *kit.Reply) { r.Raw = strings.Replace(body, `"e":1`, `"e":2`, 1) },
		"body: at":              func(r *kit.Reply) { r.Raw = strings.Replace(body, `,"data"`, ` ,"data"`, 1) },
		"body: at 0 of 104 and": func(r *kit.Reply) { r.Raw = "" },
	} {
		other := reply()
		change(other)
		found := compare(reply(), other)
		if name == "errors: at 40" || name == "data: at 1 " || name == "body: at 0 of 104 and" {
			name, _, _ = strings.Cut(name, " at")
		}
		if len(found) != 1 || !strings.HasPrefix(found[0], name) {
			t.Errorf("%s: found %q", name, found)
		}
	}
	other := reply()
	other.Header.Set("Date", "later")
	if found := compare(reply(), other); len(found) != 0 {
		t.Errorf("equal answers differ: %q", found)
	}
	if more, fewer := apart([]string{"x", "x", "y"}, []string{"x", "z", "y"}); fmt.Sprint(more, fewer) != "[x] [z]" {
		t.Errorf("apart: %v, %v", more, fewer)
	}
}
