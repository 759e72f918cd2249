package config

import (
	"encoding"
	"errors"
	"fmt"
	"strings"
)

// Names are what codes are called that the upstream explains nowhere. Nil means that none has a name.
type Names []Name

var _ encoding.TextUnmarshaler = (*Names)(nil)

// Name is what one code is called.
type Name struct {
	Code string `yaml:"code"`
	Name string `yaml:"name"`
}

// UnmarshalText reads code=name,…; it fails on an entry that lacks either and on a code that stands twice.
func (n *Names) UnmarshalText(text []byte) error {
	var (
		names  Names
		faults []error
		seen   = map[string]bool{}
	)
	for entry := range strings.SplitSeq(string(text), ",") {
		code, name, _ := strings.Cut(entry, "=")
		code, name = strings.TrimSpace(code), strings.TrimSpace(name)
		switch {
		case code == "" || name == "":
			faults = append(faults, fmt.Errorf("%q is not code=name", entry))
		case seen[code]:
			faults = append(faults, fmt.Errorf("%q stands twice", code))
		}
		seen[code] = true
		names = append(names, Name{Code: code, Name: name})
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	*n = names
	return nil
}

// String returns the form of the environment.
func (n Names) String() string {
	entries := make([]string, 0, len(n))
	for _, name := range n {
		entries = append(entries, name.Code+"="+name.Name)
	}
	return strings.Join(entries, ",")
}

// Of returns the names by code.
func (n Names) Of() map[string]string {
	byCode := make(map[string]string, len(n))
	for _, name := range n {
		byCode[name.Code] = name.Name
	}
	return byCode
}
