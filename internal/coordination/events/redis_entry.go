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
			e.since = momentOf(value)
		}
	}
	return e, nil
}
