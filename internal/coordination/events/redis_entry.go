package events

import (
	"errors"
	"strconv"
	"strings"
)

var errMalformed = errors.New("redis holds something else than was published")

// entryOf parses one entry of a Redis stream: its id and a list of names and values.
func entryOf(row any) (entry, error) {
	pair, _ := row.([]any)
	if len(pair) != 2 {
		return entry{}, errMalformed
	}
	id, _ := pair[0].(string)
	number, _, _ := strings.Cut(id, "-")
	sequence, err := strconv.ParseUint(number, 10, 64)
	fields, ok := pair[1].([]any)
	if err != nil || !ok {
		return entry{}, errMalformed
	}
	e := entry{sequence: sequence}
	for i := 0; i+1 < len(fields); i += 2 {
		value, _ := fields[i+1].(string)
		switch fields[i] {
		case "p":
			e.payload = []byte(value)
		case "m":
			if e.missed, err = strconv.Atoi(value); err != nil {
				return entry{}, errMalformed
			}
		case "s":
			e.step.since = momentOf(value)
		case "a":
			e.step.at = momentOf(value)
		case "n":
			e.step.part = value
		}
	}
	return e, nil
}

// partsOf parses the parts of a stream: name, moment and last change of each, one after the other.
func partsOf(fields []any) (map[string]partState, error) {
	const each = 3
	if len(fields)%each != 0 {
		return nil, errMalformed
	}
	parts := make(map[string]partState, len(fields)/each)
	for ; len(fields) > 0; fields = fields[each:] {
		var texts [each]string
		for i := range texts {
			texts[i], _ = fields[i].(string)
		}
		changed, err := strconv.ParseUint(texts[2], 10, 64)
		if err != nil {
			return nil, errMalformed
		}
		parts[texts[0]] = partState{changed: changed, at: momentOf(texts[1])}
	}
	return parts, nil
}
