package config

import (
	"encoding"
	"errors"
	"fmt"
	"strings"
)

// Regions are the regions that are known without asking the upstream. Nil means only those that the data names.
type Regions []Region

var _ encoding.TextUnmarshaler = (*Regions)(nil)

// Region is one known region. The upstream's data hold codes only: the names come from here or are unknown.
type Region struct {
	Code   string `yaml:"code"`
	Name   string `yaml:"name,omitempty"`    // empty means unknown
	NameEN string `yaml:"name_en,omitempty"` // empty means unknown
}

// UnmarshalText reads the form of the environment: code=name=nameEn,… where both names may be left out.
func (r *Regions) UnmarshalText(text []byte) error {
	var (
		regions Regions
		faults  []error
	)
	for entry := range strings.SplitSeq(string(text), ",") {
		parts := strings.Split(entry, "=")
		if len(parts) > 3 {
			faults = append(faults, fmt.Errorf("%q is not code=name=nameEn", entry))
			continue
		}
		parts = append(parts, "", "")
		region := Region{
			Code:   strings.TrimSpace(parts[0]),
			Name:   strings.TrimSpace(parts[1]),
			NameEN: strings.TrimSpace(parts[2]),
		}
		if region.Code == "" {
			faults = append(faults, fmt.Errorf("%q has no code: the form is code=name=nameEn,…", entry))
			continue
		}
		regions = append(regions, region)
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	*r = regions
	return nil
}

// String returns the form of the environment.
func (r Regions) String() string {
	entries := make([]string, 0, len(r))
	for _, region := range r {
		entries = append(entries, strings.TrimRight(region.Code+"="+region.Name+"="+region.NameEN, "="))
	}
	return strings.Join(entries, ",")
}
