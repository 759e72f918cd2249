package oracle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// mostDifferences is how many differences one test prints.
const mostDifferences = 12

// comparer compares answers with what the oracle says, and remembers what ids and cursors stand for.
type comparer struct {
	tb      testing.TB
	values  int            // values found equal
	unknown map[string]int // values that the oracle does not know, by their field
	wrong   int
	stands  map[string]opaque // what an id or cursor stands for
	named   map[opaque]string // and by which text
}

func newComparer(tb testing.TB) *comparer {
	return &comparer{tb: tb, unknown: map[string]int{}, stands: map[string]opaque{}, named: map[opaque]string{}}
}

// decoded reads JSON with its numbers as they stand in the text.
func decoded(tb testing.TB, text []byte) any {
	tb.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		tb.Fatalf("%v: %.200s", err, text)
	}
	return value
}

func (c *comparer) differ(path, format string, values ...any) {
	c.tb.Helper()
	if c.wrong++; c.wrong <= mostDifferences {
		c.tb.Errorf("%s: %s", path, fmt.Sprintf(format, values...))
	}
}

// compare reports each difference between an answer and what it should be.
func (c *comparer) compare(path string, got, want any) {
	c.tb.Helper()
	switch w := want.(type) {
	case unknown:
		c.unknown[path[strings.LastIndexByte(path, '.')+1:]]++
	case map[string]any:
		c.object(path, got, w)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(w) {
			c.differ(path, "%s, want %d items", shown(got), len(w))
			return
		}
		for i := range w {
			c.compare(path+"["+strconv.Itoa(i)+"]", list[i], w[i])
		}
	case unordered:
		c.anyOrder(path, got, w)
	case opaque:
		c.stand(path, got, w)
	case thinned:
		if why := w.check(got); why != "" {
			c.differ(path, "%s", why)
			return
		}
		c.values++
	default:
		if !same(got, want) {
			c.differ(path, "%s, want %s", shown(got), shown(want))
			return
		}
		c.values++
	}
}

func (c *comparer) object(path string, got any, want map[string]any) {
	c.tb.Helper()
	object, ok := got.(map[string]any)
	if !ok {
		c.differ(path, "%s, want an object with %s", shown(got), shown(want))
		return
	}
	if len(object) != len(want) {
		c.differ(path, "%d keys, want %d", len(object), len(want))
	}
	for key, value := range want {
		g, has := object[key]
		if !has {
			c.differ(path+"."+key, "missing")
			continue
		}
		c.compare(path+"."+key, g, value)
	}
}

// anyOrder compares a list whose order is not stated: both sides are brought into one.
func (c *comparer) anyOrder(path string, got any, want unordered) {
	c.tb.Helper()
	list, ok := got.([]any)
	if !ok || len(list) != len(want) {
		c.differ(path, "%s, want %d items", shown(got), len(want))
		return
	}
	left := slices.Clone(list)
	for i, w := range want {
		at := slices.IndexFunc(left, func(g any) bool { return alike(g, w) })
		if at < 0 {
			c.differ(path+"["+strconv.Itoa(i)+"]", "nothing is %s among %s", shown(w), shown(left))
			continue
		}
		c.compare(path+"["+strconv.Itoa(i)+"]", left[at], w)
		left = slices.Delete(left, at, at+1)
	}
}

// alike is whether an item may be the one that is wanted; ids are not looked at.
func alike(got, want any) bool {
	switch w := want.(type) {
	case unknown, opaque, thinned:
		return true
	case map[string]any:
		object, ok := got.(map[string]any)
		for key, value := range w {
			ok = ok && alike(object[key], value)
		}
		return ok
	case []any:
		list, ok := got.([]any)
		ok = ok && len(list) == len(w)
		for i := range w {
			ok = ok && alike(list[i], w[i])
		}
		return ok
	case unordered:
		list, ok := got.([]any)
		return ok && len(list) == len(w)
	default:
		return same(got, want)
	}
}

// stand holds that an id or cursor always stands for one thing, and one thing has always one.
func (c *comparer) stand(path string, got any, want opaque) {
	c.tb.Helper()
	s, ok := got.(string)
	if !ok || s == "" {
		c.differ(path, "%s, want an opaque text for %s %s", shown(got), want.kind, want.key)
		return
	}
	if before, seen := c.stands[cursorOf(want, s)]; seen && before != want {
		c.differ(path, "%s stands for %v and for %v", s, before, want)
		return
	}
	if before, seen := c.named[want]; seen && before != s {
		c.differ(path, "%v is %s and %s", want, before, s)
		return
	}
	c.stands[cursorOf(want, s)], c.named[want] = want, s
	c.values++
}

// cursorOf is where an opaque text is remembered: ids are unique, cursors are so within their list.
func cursorOf(of opaque, text string) string {
	if list, is := strings.CutPrefix(of.kind, "cursor "); is {
		return list + "|" + text
	}
	return text
}

// same compares two leaves.
func same(got, want any) bool {
	switch w := want.(type) {
	case nil:
		return got == nil
	case string:
		return got == any(w)
	case bool:
		return got == any(w)
	case verbatim:
		return reflect.DeepEqual(got, w.value)
	case time.Time:
		s, ok := got.(string)
		at, err := time.Parse(time.RFC3339Nano, s)
		return ok && err == nil && at.Equal(w) && strings.HasSuffix(s, "Z")
	}
	n, ok := got.(json.Number)
	if !ok {
		return false
	}
	f, err := n.Float64()
	if err != nil {
		return false
	}
	switch w := want.(type) {
	case int:
		return n.String() == strconv.Itoa(w)
	case float64:
		return f == w
	case about:
		return math.Abs(f-float64(w)) <= 1e-9*max(1, math.Abs(float64(w)))
	default:
		return false
	}
}

func shown(value any) string { return fmt.Sprintf("%.300s", fmt.Sprintf("%T %+v", value, value)) }
