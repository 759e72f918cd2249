package capacity

import (
	"fmt"
	"strings"

	"github.com/opsgraph/opsgraph/graph/model"
)

// Sentences tell clients which rows of a list are in no region, and which are in no range where one is asked (ranged).
// of is what the list is about.
func (s Strays) Sentences(of string, ranged bool) []string {
	var told []string
	if len(s.Names) > 0 {
		told = append(told, fmt.Sprintf(
			"%s: rows call their region %s, which is no code and no known name; they are in no region's capacity.",
			of, quoted(s.Names)))
	}
	if s.Nameless > 0 {
		told = append(told, fmt.Sprintf("%s: rows that name no region (%d) are in no region's capacity.", of, s.Nameless))
	}
	if ranged && s.Timeless > 0 {
		told = append(told, fmt.Sprintf("%s: rows without a readable time (%d) are in no range.", of, s.Timeless))
	}
	return told
}

// SentencesOnTotals tell clients which rows of a service totals count under a name, and which they leave out.
func (l *List) SentencesOnTotals(service model.CloudServiceType) []string {
	var told []string
	names, late := l.Named()
	if len(names) > 0 {
		told = append(told, fmt.Sprintf(
			"%s: rows call their region %s, which is no code and no known name; totals count them under that text.",
			service, quoted(names)))
	}
	if len(late) > 0 {
		told = append(told, fmt.Sprintf("%s: rows call their region %s, which is no code and no "+
			"known name; totals leave them out, as they are older than the newest measurement.", service, quoted(late)))
	}
	return told
}

// mostQuoted and longestQuoted bound what a sentence repeats of the upstream's words.
const (
	mostQuoted    = 20
	longestQuoted = 80
)

// quoted are texts of the upstream in a sentence.
func quoted(texts []string) string {
	shown := make([]string, 0, min(len(texts), mostQuoted)+1)
	for _, text := range texts[:min(len(texts), mostQuoted)] {
		if letters := []rune(text); len(letters) > longestQuoted {
			text = string(letters[:longestQuoted]) + "…"
		}
		shown = append(shown, `"`+text+`"`)
	}
	if more := len(texts) - mostQuoted; more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(shown, ", ")
}
