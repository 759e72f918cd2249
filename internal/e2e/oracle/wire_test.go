package oracle

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// eastEight is the zone of texts without one in audit and performance rows (decisions: a setting, UTC+8).
var eastEight = time.FixedZone("UTC+8", 8*3600)

// text is a text field, nil where it is left out, null, empty or the word null in any case (QUIRKS 20).
func text(v any) any {
	switch v := v.(type) {
	case string:
		if v == "" || strings.EqualFold(v, "null") {
			return nil
		}
		return v
	case json.Number:
		return v.String()
	default:
		return nil
	}
}

// word is a text field without the difference between nil and empty.
func word(v any) string {
	s, _ := text(v).(string)
	return s
}

// number is a numeric text or number, nil where it is none (QUIRKS 18, 20, 21, 23).
func number(v any) any {
	f, err := strconv.ParseFloat(word(v), 64)
	if err != nil {
		return nil
	}
	return f
}

// whole is a number that counts something.
func whole(v any) any {
	f, ok := number(v).(float64)
	if !ok {
		return nil
	}
	return int(f)
}

// zeroOrOne is "0" or "1" as false or true (QUIRKS 38).
func zeroOrOne(v any) any {
	switch word(v) {
	case "0":
		return false
	case "1":
		return true
	default:
		return nil
	}
}

// millis is a time in epoch milliseconds (QUIRKS 43).
func millis(v any) any {
	n, err := strconv.ParseInt(word(v), 10, 64)
	if err != nil {
		return nil
	}
	return time.UnixMilli(n).UTC()
}

// utc is one of the four forms of a `*_utc` field (QUIRKS 47).
func utc(v any) any {
	s := word(v)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n < 100_000_000_000 { // seconds: as milliseconds this would be in March 1973
			n *= 1000
		}
		return time.UnixMilli(n).UTC()
	}
	for _, layout := range []string{time.DateTime, time.RFC3339Nano} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC()
		}
	}
	return nil
}

// local is a text without a zone, by its layout, read in the zone given (QUIRKS 44, 45, 46).
func local(v any, layout string, zone *time.Location) any {
	at, err := time.ParseInLocation(layout, word(v), zone)
	if err != nil {
		return nil
	}
	return at.UTC()
}

// compact is fourteen digits, read as UTC (QUIRKS 46).
func compact(v any) any { return local(v, "20060102150405", time.UTC) }

// inner is a JSON list of objects inside a text (QUIRKS 68); false where it can't be read.
func inner(v any) ([]row, bool) {
	s, _ := v.(string)
	var list []any
	decoder := json.NewDecoder(strings.NewReader(s))
	decoder.UseNumber()
	if decoder.Decode(&list) != nil {
		return nil, false
	}
	return rowsOf(list), true
}

var (
	quantity = regexp.MustCompile(`^\s*([0-9.]+)`)
	diskText = regexp.MustCompile(`"disk"\s*:\s*"([^"]*):([0-9.]+)\s*GB"`)
	ipv4     = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	macForm  = regexp.MustCompile(`\b[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}\b`)
	codeForm = regexp.MustCompile(`^[a-z]{2}-[a-z]+-\d+`)
)

// amount is the number of a text such as "32 GB" (QUIRKS 31).
func amount(v any) any {
	found := quantity.FindStringSubmatch(word(v))
	if found == nil {
		return nil
	}
	return number(found[1])
}

// machineList reads `vm_list`: JSON, else a Python literal of nested lists (QUIRKS 72).
func machineList(v any) [][]any {
	s, _ := v.(string)
	var list [][]any
	if json.Unmarshal([]byte(s), &list) == nil {
		return list
	}
	p := python{text: s}
	value, _ := p.value().([]any)
	for _, item := range value {
		one, _ := item.([]any)
		list = append(list, one)
	}
	return list
}

// python reads lists, single-quoted texts and None.
type python struct {
	text string
	at   int
}

func (p *python) skip() {
	for p.at < len(p.text) && strings.ContainsRune(" ,", rune(p.text[p.at])) {
		p.at++
	}
}

func (p *python) value() any {
	p.skip()
	switch {
	case p.at >= len(p.text):
		return nil
	case p.text[p.at] == '[':
		p.at++
		list := []any{}
		for p.skip(); p.at < len(p.text) && p.text[p.at] != ']'; p.skip() {
			list = append(list, p.value())
		}
		p.at++
		return list
	case p.text[p.at] == '\'' || p.text[p.at] == '"':
		return p.quoted(p.text[p.at])
	default: // None
		for p.at < len(p.text) && !strings.ContainsRune(",]", rune(p.text[p.at])) {
			p.at++
		}
		return nil
	}
}

func (p *python) quoted(quote byte) string {
	var s strings.Builder
	for p.at++; p.at < len(p.text) && p.text[p.at] != quote; p.at++ {
		if p.text[p.at] == '\\' && p.at+1 < len(p.text) {
			p.at++
		}
		s.WriteByte(p.text[p.at])
	}
	p.at++
	return s.String()
}
