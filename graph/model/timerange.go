package model

import (
	"errors"
	"fmt"
	"time"
)

// CheckTimeRange checks the fields of an input TimeRange before execution, as the client sent them: either last alone,
// or from and to, of which one may be open; from before to, which is now when it is open; at most LongestRange long.
func CheckTimeRange(fields map[string]any, now time.Time) error {
	last, from, to := fields["last"], fields["from"], fields["to"]
	if last != nil {
		if from != nil || to != nil {
			return errors.New("a range has either last, or from and to")
		}
		length, err := UnmarshalDuration(last)
		if err != nil {
			return err
		}
		return checkLength(length)
	}
	if from == nil && to == nil {
		return errors.New("a range has last, from or to")
	}
	end := now
	if to != nil {
		var err error
		if end, err = UnmarshalDateTime(to); err != nil {
			return err
		}
	}
	if from == nil {
		return nil // the user of the range decides where it starts
	}
	start, err := UnmarshalDateTime(from)
	if err != nil {
		return err
	}
	if !start.Before(end) {
		return errors.New("a range has from before to, and before now when to is open")
	}
	return checkLength(end.Sub(start))
}

func checkLength(length time.Duration) error {
	if length > LongestRange {
		return fmt.Errorf("a range is at most %d days long", int(LongestRange/(24*time.Hour)))
	}
	return nil
}
