package dataset

import (
	"maps"
	"regexp"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

// RegionNames leads from what regions are called to their codes, however the name is spelt ([loose.Fold]). It never
// changes; nil knows no name.
type RegionNames struct {
	codes map[string]string // by folded name; empty for a name of several regions, which leads nowhere
}

// RegionLabel is a name that an answer has beside the code of the region.
type RegionLabel struct{ Name, Code string }

// NewRegionNames are the names of the configured regions, in both languages.
func NewRegionNames(regions []RegionConfig) *RegionNames {
	var labels []RegionLabel
	for _, region := range regions {
		labels = append(labels, RegionLabel{region.Name, region.Code}, RegionLabel{region.NameEn, region.Code})
	}
	return (*RegionNames)(nil).With(labels)
}

// With are the names with further ones; the same value when all are known. A name that leads to several codes leads to
// none from then on. What looks like a code is no name.
func (n *RegionNames) With(labels []RegionLabel) *RegionNames {
	codes, changed := map[string]string{}, n == nil
	if n != nil {
		maps.Copy(codes, n.codes)
	}
	for _, label := range labels {
		name := loose.Fold(label.Name)
		before, taken := codes[name]
		switch {
		case name == "" || CodePattern.MatchString(label.Name):
		case !taken && len(codes) < mostNames:
			codes[name], changed = label.Code, true
		case taken && before != "" && before != label.Code:
			codes[name], changed = "", true
		}
	}
	if !changed {
		return n
	}
	return &RegionNames{codes}
}

// mostNames bounds the names that are remembered: no site has as many regions.
const mostNames = 4000

// Over are these names and those of others that these do not have: a name of these counts, whatever others say.
func (n *RegionNames) Over(others *RegionNames) *RegionNames {
	switch {
	case n == nil || len(n.codes) == 0:
		return others
	case others == nil || len(others.codes) == 0:
		return n
	}
	codes := maps.Clone(others.codes)
	maps.Copy(codes, n.codes)
	return &RegionNames{codes}
}

// Labels are the folded names with their codes, in order; empty codes are those of names that lead nowhere.
func (n *RegionNames) Labels() []RegionLabel {
	if n == nil {
		return nil
	}
	labels := make([]RegionLabel, 0, len(n.codes))
	for _, name := range SortedKeys(n.codes) {
		labels = append(labels, RegionLabel{name, n.codes[name]})
	}
	return labels
}

// Code is the code in a field that may hold a name instead: as it stands, else the one that the name leads to; nil when
// it is neither (quirk 15).
func (n *RegionNames) Code(t loose.Text) *string {
	if code := RegionCode(t); code != nil || t.IsAbsent() || n == nil {
		return code
	}
	return SomeOrNil(n.codes[loose.Fold(t.String())])
}

// CodePattern is what a region code looks like, where a field may hold a code or a name (quirk 15).
var CodePattern = regexp.MustCompile(`^[a-z]{2}-[a-z]+-\d+[0-9a-z-]*$`)

// RegionCode is the code in a field that may hold a display name instead; nil when it holds no code (quirk 15).
func RegionCode(t loose.Text) *string {
	if t.IsAbsent() || !CodePattern.MatchString(t.String()) {
		return nil
	}
	return t.Ptr()
}

// In is the configuration for the rows of an answer to a tenant: with the names of regions that are known to it now. It
// is for one goroutine.
func (cfg Config) In(scope string) Config {
	cfg.names, cfg.codes = cfg.Names(scope), map[string]*string{}
	return cfg
}

// mostCodes bounds the texts of regions that are remembered while the rows of an answer are converted.
const mostCodes = 4000

// RegionCode is the code in a field that may hold a name of a region; nil when it leads to none (quirk 15).
func (cfg Config) RegionCode(t loose.Text) *string {
	if cfg.names == nil {
		return cfg.Names("").Code(t)
	}
	if code := cfg.codes[t.Raw()]; code != nil {
		return code // of a row before
	}
	code := cfg.names.Code(t)
	if code != nil && len(cfg.codes) < mostCodes {
		cfg.codes[t.Raw()] = code
	}
	return code
}

// RegionIn is [Config.RegionCode] of a field; a text that leads to no code is counted as unreadable.
func (cfg Config) RegionIn(t loose.Text, operation, field string) *string {
	code := cfg.RegionCode(t)
	if code == nil && !t.IsAbsent() {
		cfg.Unreadable(operation, field)
	}
	return code
}

// wordCode is what is taken for a code where the documents promise one: a word without anything that names have.
var wordCode = regexp.MustCompile(`^[0-9A-Za-z][-_.0-9A-Za-z]*$`)

// IsCode reports whether a text can be the code of a region where one is promised.
func IsCode(text string) bool { return wordCode.MatchString(text) }

// PromisedCode is the code in a field that is documented as one: of whatever form, or by a name that leads to it. Any
// other text is no region, and is counted as unreadable.
func (cfg Config) PromisedCode(t loose.Text, operation, field string) *string {
	if code := cfg.RegionCode(t); code != nil || t.IsAbsent() {
		return code
	}
	if IsCode(t.String()) {
		return t.Ptr()
	}
	cfg.Unreadable(operation, field)
	return nil
}

// LearnLabels remembers what rows of an answer to a tenant call regions, where they have code and names side by side
// (quirk 16).
func LearnLabels[R any](cfg Config, scope string, rows []R, label func(R) (code loose.Text, names []loose.Text)) {
	seen := map[RegionLabel]bool{} // a site has few labels, and a list many rows
	var labels []RegionLabel
	for _, row := range rows {
		code, names := label(row)
		for _, name := range names {
			one := RegionLabel{name.String(), code.String()}
			if seen[one] {
				continue
			}
			seen[one] = true
			if one.Name != "" && RegionCode(code) != nil {
				labels = append(labels, one)
			}
		}
	}
	if len(labels) == 0 {
		return
	}
	cfg.LearnNames(scope, labels)
}
