package scenarios

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// answerLine is how long a value may be that stands on one line of a golden file.
const answerLine = 120

// volatile are the members of an answer that differ from run to run; their presence is kept.
var volatile = regexp.MustCompile(
	`("(?:requestId|retryAfterMs|file_size|sizeKb|p50Ms|p90Ms|p99Ms|maxMs)":)("[^"]*"|[-+.0-9eE]+)`)

// golden makes an answer comparable: errors and warnings in an order of their own, what differs from run to run masked,
// values that earlier steps kept by their names, and a form that people can read.
func golden(tb testing.TB, raw string, kept map[string]string) string {
	tb.Helper()
	var answer struct {
		Errors     []json.RawMessage          `json:"errors,omitempty"`
		Data       json.RawMessage            `json:"data,omitempty"`
		Extensions map[string]json.RawMessage `json:"extensions,omitempty"`
	}
	if err := json.Unmarshal([]byte(raw), &answer); err != nil {
		tb.Fatalf("answer is not JSON: %v: %.300s", err, raw)
	}
	slices.SortFunc(answer.Errors, compareRaw)
	if warnings, ok := answer.Extensions["warnings"]; ok {
		var list []json.RawMessage
		if err := json.Unmarshal(warnings, &list); err != nil {
			tb.Fatal(err)
		}
		slices.SortFunc(list, compareRaw)
		answer.Extensions["warnings"] = compactJSON(tb, list)
	}
	text := volatile.ReplaceAllString(string(compactJSON(tb, answer)), `$1"any"`)
	for name, value := range kept {
		text = strings.ReplaceAll(text, `"`+value+`"`, `"${`+name+`}"`)
	}
	return pretty(tb, []byte(text))
}

// compareRaw orders errors by path, then by their whole text.
func compareRaw(a, b json.RawMessage) int {
	pathOf := func(raw json.RawMessage) string {
		var placed struct {
			Path []any `json:"path"`
		}
		_ = json.Unmarshal(raw, &placed) // one without a path comes first
		var text strings.Builder
		for _, part := range placed.Path {
			if number, ok := part.(float64); ok {
				fmt.Fprintf(&text, "/%06.0f", number)
				continue
			}
			fmt.Fprintf(&text, "/%v", part)
		}
		return text.String()
	}
	return cmp.Or(strings.Compare(pathOf(a), pathOf(b)), bytes.Compare(a, b))
}

func compactJSON(tb testing.TB, value any) json.RawMessage {
	tb.Helper()
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		tb.Fatal(err)
	}
	return bytes.TrimSpace(buffer.Bytes())
}

// pretty writes JSON with its members in their order: what is short on one line, the rest one member a line.
func pretty(tb testing.TB, compact []byte) string {
	tb.Helper()
	var out strings.Builder
	if err := prettyValue(&out, compact, "", 0); err != nil {
		tb.Fatal(err)
	}
	out.WriteByte('\n')
	return out.String()
}

// prettyValue writes one value; before is how long the line is already.
func prettyValue(out *strings.Builder, raw json.RawMessage, indent string, before int) error {
	if spaced := spacedJSON(raw); len(raw) < 2 || raw[0] != '{' && raw[0] != '[' ||
		len(indent)+before+len(spaced) <= answerLine {
		out.WriteString(spaced)
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	out.WriteByte(raw[0])
	inner := indent + "  "
	if raw[0] == '[' {
		if items, short := shortItems(raw); short {
			fill(out, items, inner)
			out.WriteString("\n" + indent + "]")
			return nil
		}
	}
	for first := true; decoder.More(); first = false {
		if !first {
			out.WriteByte(',')
		}
		out.WriteString("\n" + inner)
		key := ""
		if raw[0] == '{' {
			token, err := decoder.Token()
			if err != nil {
				return err
			}
			key = fmt.Sprintf("%q: ", token)
			out.WriteString(key)
		}
		var member json.RawMessage
		if err := decoder.Decode(&member); err != nil {
			return err
		}
		if err := prettyValue(out, member, inner, len(key)); err != nil {
			return err
		}
	}
	out.WriteString("\n" + indent + string(raw[len(raw)-1]))
	return nil
}

// shortItems are the items of a list, and whether all of them are short.
func shortItems(raw json.RawMessage) ([]json.RawMessage, bool) {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil, false
	}
	return items, !slices.ContainsFunc(items, func(item json.RawMessage) bool { return len(item) > answerLine/3 })
}

// fill writes items as text is written: as many on a line as it holds.
func fill(out *strings.Builder, items []json.RawMessage, indent string) {
	length := answerLine
	for i, item := range items {
		text := spacedJSON(item)
		if i < len(items)-1 {
			text += ","
		}
		if length+1+len(text) > answerLine {
			out.WriteString("\n" + indent + text)
			length = len(indent) + len(text)
			continue
		}
		out.WriteString(" " + text)
		length += 1 + len(text)
	}
}

// spacedJSON is compact JSON with a blank after each comma and colon outside of texts.
func spacedJSON(raw json.RawMessage) string {
	var out strings.Builder
	quoted, escaped := false, false
	for _, c := range raw {
		out.WriteByte(c)
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = quoted
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == ':'):
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// pick finds a value in an answer by a path such as data.hosts.nodes.0.id.
func pick(tb testing.TB, raw, path string) string {
	tb.Helper()
	var value any
	if err := json.Unmarshal([]byte(raw), &value); err != nil {
		tb.Fatal(err)
	}
	for part := range strings.SplitSeq(path, ".") {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[part]
		case []any:
			var i int
			if _, err := fmt.Sscan(part, &i); err != nil || i >= len(inner) {
				tb.Fatalf("answer has no %s: %.300s", path, raw)
			}
			value = inner[i]
		default:
			tb.Fatalf("answer has no %s: %.300s", path, raw)
		}
	}
	text, ok := value.(string)
	if !ok {
		tb.Fatalf("%s is %T and no text: %.300s", path, value, raw)
	}
	return text
}
