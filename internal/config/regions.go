package config

import (
	"encoding"
	"errors"
	"fmt"
	"strings"
)

// Regions are the regions that are known without a call. The data may name more.
type Regions []Region

var _ encoding.TextUnmarshaler = (*Regions)(nil)

// Region is one known region. Its names come only from the configuration: the upstream's data have codes.
type Region struct {
	Code   string `yaml:"code"`
	Name   string `yaml:"name,omitempty"`    // empty means unknown
	NameEN string `yaml:"name_en,omitempty"` // empty means unknown
}

// UnmarshalText reads the form of the environment: code=name=nameEn,… with optional names.
func (r *Regions) UnmarshalText(text []byte) error {
	return readList((*[]Region)(r), text, func(entry string) (Region, error) {
		parts := strings.Split(entry, "=")
		if len(parts) > 3 {
			return Region{}, fmt.Errorf("%q is not code=name=nameEn", entry)
		}
		parts = append(parts, "", "")
		for i, part := range parts {
			parts[i] = strings.TrimSpace(part)
		}
		if parts[0] == "" {
			return Region{}, fmt.Errorf("%q has no code: the form is code=name=nameEn,…", entry)
		}
		return Region{Code: parts[0], Name: parts[1], NameEN: parts[2]}, nil
	})
}

// String returns the form of the environment.
func (r Regions) String() string {
	return listText(r, func(region Region) string {
		return strings.TrimRight(region.Code+"="+region.Name+"="+region.NameEN, "=")
	})
}

// readList reads entries that are separated by commas. It sets the list unless an entry has a fault, and returns all
// faults.
func readList[T any](list *[]T, text []byte, read func(entry string) (T, error)) error {
	var values []T
	var faults []error
	for entry := range strings.SplitSeq(string(text), ",") {
		value, err := read(entry)
		values, faults = append(values, value), append(faults, err)
	}
	err := errors.Join(faults...)
	if err == nil {
		*list = values
	}
	return err
}

// listText joins the texts of entries with commas.
func listText[T any](list []T, text func(T) string) string {
	texts := make([]string, len(list))
	for i, value := range list {
		texts[i] = text(value)
	}
	return strings.Join(texts, ",")
}
