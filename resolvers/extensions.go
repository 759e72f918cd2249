package resolvers

import (
	"slices"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
)

// Freshness is what an answer says of the age of the data of one upstream operation. It has absolute times only, so
// that the bytes of an answer stay true.
type Freshness struct {
	// Operation is the upstream operation.
	Operation string `json:"operation"`
	// Oldest is when the oldest data used were fetched.
	Oldest time.Time `json:"oldest"`
	// Stale reports that some of them are older than their fresh age.
	Stale bool `json:"stale"`
	// Reason is the error code why the last refresh failed; null when it did not.
	Reason *string `json:"reason"`
}

// WarningNote is something that a client should know although its fields have values.
type WarningNote struct {
	// Code is STALE_DATA, TRUNCATED, or the code of a failure that the answer was given in spite of.
	Code string `json:"code"`
	// Operation is the upstream operation; where none is concerned, the field of the query.
	Operation string `json:"operation"`
	// Regions are the regions whose rows are missing; left out when it is not about regions.
	Regions []string `json:"regions,omitempty"`
	// Message is a plain sentence.
	Message string `json:"message"`
}

// Freshnesses is the extension freshness of an operation: an entry for each upstream operation used.
type Freshnesses []Freshness

// AppendJSON appends what encoding/json makes of it: nearly every answer has it, and reflection takes longer than an
// answer's records. Operations and codes are words, of which none needs an escape.
func (f Freshnesses) AppendJSON(to []byte) []byte {
	to = append(to, '[')
	for i := range f {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(append(append(to, `{"operation":"`...), f[i].Operation...), `","oldest":"`...)
		to = append(f[i].Oldest.AppendFormat(to, time.RFC3339Nano), `","stale":`...)
		to = append(strconv.AppendBool(to, f[i].Stale), `,"reason":`...)
		if f[i].Reason == nil {
			to = append(to, `null}`...)
			continue
		}
		to = append(append(append(to, '"'), *f[i].Reason...), `"}`...)
	}
	return append(to, ']')
}

// FreshnessOf is the extension freshness of what an operation used; never nil.
func FreshnessOf(uses []loaders.Use) Freshnesses {
	entries := make(Freshnesses, 0, len(uses))
	for i := range uses {
		use := &uses[i]
		if use.Oldest.IsZero() {
			continue
		}
		entry := Freshness{
			Operation: use.Operation, Oldest: use.Oldest.UTC().Truncate(time.Millisecond),
			Stale: use.State != cache.Fresh,
		}
		if use.Reason != nil {
			code := Describe(use.Reason).Code
			entry.Reason = &code
		}
		entries = append(entries, entry)
	}
	return entries
}

// WarningsOf is the extension warnings of an operation and what it used; nil when there is nothing to warn of.
func WarningsOf(set *loaders.Set, uses []loaders.Use) []WarningNote {
	var notes []WarningNote
	for i := range uses {
		use := &uses[i]
		if use.State == cache.Expired {
			notes = append(notes, WarningNote{
				Code: "STALE_DATA", Operation: use.Operation,
				Message: "The data are old and could not be refreshed in time.",
			})
		}
		if use.Truncated {
			notes = append(notes, WarningNote{Code: "TRUNCATED", Operation: use.Operation, Message: cutMessage(use)})
		}
		if len(use.Gaps) > 0 {
			notes = append(notes, WarningNote{
				Code: "UPSTREAM_BAD_RESPONSE", Operation: use.Operation, Regions: regionsOf(use.Gaps),
				Message: "Some rows of the upstream could not be read and are missing.",
			})
		}
		if use.Foreign > 0 {
			notes = append(notes, WarningNote{
				Code: "UPSTREAM_BAD_RESPONSE", Operation: use.Operation,
				Message: "The upstream sent rows about something else than what was asked; they are left out.",
			})
		}
		if use.Code != "" {
			notes = append(notes, WarningNote{
				Code: "UPSTREAM_BAD_RESPONSE", Operation: use.Operation,
				Message: "The upstream's answer bears the code " + use.Code + ", which may mean that it lacks rows.",
			})
		}
	}
	for _, notice := range set.Notices() {
		code := "UPSTREAM_BAD_RESPONSE"
		if notice.Lacks {
			code = "TRUNCATED"
		}
		notes = append(notes, WarningNote{Code: code, Operation: notice.Operation, Message: notice.Sentence})
	}
	for _, warning := range set.Warnings() {
		failure := Describe(warning.Err)
		notes = append(notes, WarningNote{
			Code: failure.Code, Operation: warning.Operation, Message: failure.Message + " " + warning.Lacks,
		})
	}
	return notes
}

// cutMessage says what cut a list.
func cutMessage(use *loaders.Use) string {
	switch {
	case use.Repeats:
		return use.Operation + " answered the same page again; lists and figures are of the part that was read."
	case use.Cut != "":
		return use.Cut
	default:
		return use.Operation + " was cut at the limit of pages; lists and figures are of the part that was read."
	}
}

func regionsOf(gaps map[string]int) []string {
	regions := make([]string, 0, len(gaps))
	for region := range gaps {
		if region != "" {
			regions = append(regions, region)
		}
	}
	slices.Sort(regions)
	return regions
}
