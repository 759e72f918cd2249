package config

import (
	"encoding"
	"fmt"
	"strings"
)

// Names are names for codes that the upstream does not explain. Nil means that none has a name.
type Names []Name

var _ encoding.TextUnmarshaler = (*Names)(nil)

// Name is the name of one code.
type Name struct {
	Code string `yaml:"code"`
	Name string `yaml:"name"`
}

// UnmarshalText reads code=name,…; it fails on an entry that lacks either and on a code that stands twice.
func (n *Names) UnmarshalText(text []byte) error {
	seen := map[string]bool{}
	return readList((*[]Name)(n), text, func(entry string) (Name, error) {
		code, name, _ := strings.Cut(entry, "=")
		code, name = strings.TrimSpace(code), strings.TrimSpace(name)
		twice := seen[code]
		seen[code] = true
		switch {
		case code == "" || name == "":
			return Name{}, fmt.Errorf("%q is not code=name", entry)
		case twice:
			return Name{}, fmt.Errorf("%q stands twice", code)
		}
		return Name{Code: code, Name: name}, nil
	})
}

// String returns the form of the environment.
func (n Names) String() string {
	return listText(n, func(name Name) string { return name.Code + "=" + name.Name })
}

// Of returns the names by code.
func (n Names) Of() map[string]string {
	byCode := make(map[string]string, len(n))
	for _, name := range n {
		byCode[name.Code] = name.Name
	}
	return byCode
}
