package config

import (
	"fmt"
	"strings"
	"time"
)

// Zones says how to read and write the upstream's times without a stated zone or format.
type Zones struct {
	Text            Zone   `yaml:"text" env:"OPSGRAPH_ZONES_TEXT" doc:"Zone of the text times of audit and performance records, which state none (quirks 44, 45)."`
	Usage           Zone   `yaml:"usage" env:"OPSGRAPH_ZONES_USAGE" doc:"Zone of the fourteen-digit times of usage rows, which state none (quirk 46)."`
	CapacityDay     Zone   `yaml:"capacity_day" env:"OPSGRAPH_ZONES_CAPACITY_DAY" doc:"Zone in which the day of a capacity begins (quirk 53)."`
	DesktopDay      Zone   `yaml:"desktop_day" env:"OPSGRAPH_ZONES_DESKTOP_DAY" doc:"Zone of the 02:00 at which a day of desktop statistics is summed up (quirk 56)."`
	WorkspaceLayout string `yaml:"workspace_layout" env:"OPSGRAPH_ZONES_WORKSPACE_LAYOUT" doc:"Go layout of the times sent to Workspace, in GMT (quirk 50)."`
}

// Zone is a time zone: UTC, an offset such as +08:00, or a name of the system's zone database. The zero Zone is UTC.
type Zone struct {
	text     string
	location *time.Location
}

// ParseZone reads a Zone.
func ParseZone(text string) (Zone, error) {
	if text == "" || strings.EqualFold(text, "UTC") || text == "Z" {
		return Zone{}, nil
	}
	if text[0] == '+' || text[0] == '-' {
		moment, err := time.Parse("-07:00", text)
		if err != nil {
			return Zone{}, fmt.Errorf("%q is no offset such as +08:00", text)
		}
		_, seconds := moment.Zone()
		return Zone{text: text, location: time.FixedZone(text, seconds)}, nil
	}
	location, err := time.LoadLocation(text)
	if err != nil {
		return Zone{}, fmt.Errorf("%q is neither UTC, an offset such as +08:00, nor a zone that this system knows", text)
	}
	return Zone{text: text, location: location}, nil
}

// Location returns the zone for package time; never nil.
func (z Zone) Location() *time.Location {
	if z.location == nil {
		return time.UTC
	}
	return z.location
}

// String returns the zone as ParseZone reads it.
func (z Zone) String() string {
	if z.location == nil {
		return "UTC"
	}
	return z.text
}

// MarshalText implements encoding.TextMarshaler.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (z *Zone) UnmarshalText(text []byte) error {
	parsed, err := ParseZone(string(text))
	if err != nil {
		return err
	}
	*z = parsed
	return nil
}
