package sources

import (
	"regexp"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

// wholeNumber is the value of a tolerant number that is whole and fits a GraphQL Int; nil otherwise.
func wholeNumber(n loose.Number) *int {
	whole, ok := n.Int()
	if !ok || whole > 1<<31-1 || whole < -1<<31 {
		return nil
	}
	number := int(whole)
	return &number
}

// number is the value of a tolerant number; nil when it is absent or unreadable, which is counted.
func (cfg Config) number(n loose.Number, operation, field string) *float64 {
	value, ok := n.Float()
	if !ok {
		if n.Unreadable() {
			cfg.Unreadable(operation, field)
		}
		return nil
	}
	return &value
}

// instant is the value of a tolerant time whose zone, where the text has none, is given; nil when absent or unreadable.
func (cfg Config) instant(t loose.Time, zone *time.Location, operation, field string) *time.Time {
	at, ok := t.Instant(zone)
	if !ok {
		if t.Unreadable(zone) {
			cfg.Unreadable(operation, field)
		}
		return nil
	}
	return &at
}

// codePattern is what a region code looks like (quirk 15); where a field may hold a code or a name, only this is a code.
var codePattern = regexp.MustCompile(`^[a-z]{2}-[a-z]+-\d+[0-9a-z-]*$`)

// regionCode is the code in a field that may hold a display name instead; nil when it holds no code (quirk 15).
func regionCode(t loose.Text) *string {
	if t.IsAbsent() || !codePattern.MatchString(t.String()) {
		return nil
	}
	return t.Ptr()
}

// regionCode is the code in a field that may hold a display name: as it stands, else that of the configured region with that name in
// either language; nil when it is neither (quirk 15).
func (cfg Config) regionCode(t loose.Text) *string {
	if code := regionCode(t); code != nil || t.IsAbsent() {
		return code
	}
	name := strings.TrimSpace(t.String())
	for _, region := range cfg.Regions {
		if name == region.Name || name == region.NameEn {
			return &region.Code
		}
	}
	return nil
}

// wordPattern is what an id looks like: one word without spaces.
var wordPattern = regexp.MustCompile(`^[-_.:0-9A-Za-z]{1,64}$`)
