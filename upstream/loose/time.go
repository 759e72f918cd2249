package loose

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Time is an instant in any of the upstreams' notations (QUIRKS 43 to 50), text or JSON number: epoch milliseconds (11
// to 13 digits), epoch seconds (9 or 10), yyyyMMddHHmmss (14), date and time with a blank or a T between and an hour of
// one or two digits, with or without seconds, fraction and offset (Z, +08:00, +0800). A time without an offset is in
// the zone that the caller gives. Only zeros mean "never" and count as absent; a date alone is no instant.
type Time struct{ scalar }

// NewTime is t as epoch milliseconds in a text, the commonest form, for records made by hand, in tests above all.
func NewTime(t time.Time) Time {
	return Time{scalarOf(strconv.FormatInt(t.UnixMilli(), 10), formQuoted)}
}

// UnmarshalJSON takes any JSON scalar and keeps it as sent.
func (t *Time) UnmarshalJSON(data []byte) error { return t.decode(data, reflect.TypeFor[Time]()) }

// Equal reports whether both were sent alike; two notations of one instant are not equal.
func (t Time) Equal(other Time) bool { return t.same(other.scalar) }

// IsAbsent reports whether the upstream sent nothing, or 0, which stands for "not yet".
func (t Time) IsAbsent() bool {
	return t.scalar.IsAbsent() || strings.Trim(strings.TrimSpace(t.sent.text), "0") == ""
}

// Instant is the time in UTC. Texts without an offset are read in zone; nil is UTC. ok is false when the time is absent
// or unreadable.
func (t Time) Instant(zone *time.Location) (instant time.Time, ok bool) {
	if t.IsAbsent() {
		return time.Time{}, false
	}
	if zone == nil {
		zone = time.UTC
	}
	if whole, isNumber := Number(t).Int(); isNumber {
		instant, ok = fromDigits(whole, zone)
	} else {
		instant, ok = fromLayouts(strings.TrimSpace(t.sent.text), zone)
	}
	if !ok || instant.Year() < 1 || instant.Year() > 9999 {
		return time.Time{}, false // an offset can push a date out of the years of RFC 3339
	}
	return instant, true
}

// Unreadable reports whether something was sent that is no time in zone.
func (t Time) Unreadable(zone *time.Location) bool {
	_, ok := t.Instant(zone)
	return !ok && !t.IsAbsent()
}

// fromDigits reads the numeric notations by their length. Milliseconds reach 14 digits only in the year 2286, so 14
// digits are a date.
func fromDigits(number int64, zone *time.Location) (time.Time, bool) {
	digits := strconv.FormatInt(max(number, 0), 10)
	switch len(digits) {
	case 9, 10:
		return time.Unix(number, 0).UTC(), true
	case 11, 12, 13:
		return time.UnixMilli(number).UTC(), true
	case 14:
		instant, err := time.ParseInLocation("20060102150405", digits, zone)
		return instant.UTC(), err == nil
	default:
		return time.Time{}, false
	}
}

// fromLayouts reads the notations with separators. Go's "15" takes an hour of one digit, and seconds a fraction.
func fromLayouts(text string, zone *time.Location) (time.Time, bool) {
	text = strings.Replace(text, "T", " ", 1)
	for _, layout := range []string{
		"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700",
		"2006-01-02 15:04", "2006-01-02 15:04Z07:00", "2006-01-02 15:04Z0700",
	} {
		if instant, err := time.ParseInLocation(layout, text, zone); err == nil {
			return instant.UTC(), true
		}
	}
	return time.Time{}, false
}
