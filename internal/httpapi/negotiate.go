package httpapi

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The media types of an answer.
const (
	mediaJSON    = "application/json"
	MediaGraphQL = "application/graphql-response+json"
	MediaEvents  = "text/event-stream"
)

// maxAcceptRanges bounds the work on a hostile Accept header; no client names that many.
const maxAcceptRanges = 64

// acceptance is what an Accept header takes.
type acceptance struct {
	// json is the media type of an answer that is one JSON document; empty when the client takes none.
	json string
	// ofJSON and ofEvents are how it rates such an answer and an event stream; 0 means not at all.
	ofJSON, ofEvents float64
}

// negotiate reads the Accept headers. None, and plain wildcards, mean application/json, as the audits of GraphQL over
// HTTP demand, and an event stream for what is no single document.
func negotiate(accept []string) acceptance {
	switch {
	case len(accept) == 0 || len(accept) == 1 && accept[0] == "*/*": // what most clients send
		return acceptance{json: mediaJSON, ofJSON: 1, ofEvents: 1}
	case len(accept) == 1 && (accept[0] == mediaJSON || accept[0] == MediaGraphQL):
		return acceptance{json: accept[0], ofJSON: 1}
	}
	ranges := strings.Split(strings.Join(accept, ","), ",")
	if len(ranges) > maxAcceptRanges {
		ranges = ranges[:maxAcceptRanges]
	}
	offers := [...]string{MediaGraphQL, mediaJSON, MediaEvents} // of those for JSON the preferred one first
	var matches [len(offers)]match
	empty := true
	for _, text := range ranges {
		if strings.TrimSpace(text) == "" {
			continue
		}
		empty = false
		name, quality, ok := parseRange(text)
		if !ok {
			continue
		}
		for i, offer := range offers {
			if specificity := specificityOf(name, offer); specificity > matches[i].specificity {
				matches[i] = match{quality, specificity}
			}
		}
	}
	if empty {
		return acceptance{json: mediaJSON, ofJSON: 1, ofEvents: 1}
	}
	taken := acceptance{ofEvents: matches[len(offers)-1].quality}
	var best match
	for i, m := range matches[:len(offers)-1] {
		if m.specificity == 0 || m.quality == 0 {
			continue
		}
		if m.betterThan(best) || (m == best && m.specificity < exact) {
			best, taken.json, taken.ofJSON = m, offers[i], m.quality
		}
	}
	return taken
}

// How closely a media range names an offer; 0 means not at all.
const (
	anything = 1
	anySub   = 2
	exact    = 3
)

// match is how a media range rates an offer.
type match struct {
	quality     float64
	specificity int
}

func (m match) betterThan(other match) bool {
	if m.quality != other.quality {
		return m.quality > other.quality
	}
	return m.specificity > other.specificity
}

// parseRange reads one media range of an Accept header. One that is malformed or asks for another charset than UTF-8
// counts as none.
func parseRange(text string) (name string, quality float64, ok bool) {
	name, parameters, err := mime.ParseMediaType(text)
	if err != nil {
		return "", 0, false
	}
	if charset, given := parameters["charset"]; given && !isUTF8(charset) {
		return "", 0, false
	}
	quality = 1
	if text, given := parameters["q"]; given {
		quality, err = strconv.ParseFloat(text, 64)
		if err != nil || !(quality >= 0 && quality <= 1) {
			return "", 0, false
		}
	}
	return name, quality, true
}

// specificityOf is how closely a media range names an offer.
func specificityOf(name, offer string) int {
	kind, _, _ := strings.Cut(offer, "/")
	switch {
	case name == offer:
		return exact
	case name == "*/*":
		return anything
	case len(name) == len(kind)+2 && strings.HasPrefix(name, kind) && strings.HasSuffix(name, "/*"):
		return anySub
	}
	return 0
}

// isUTF8 reports whether a charset parameter names UTF-8.
func isUTF8(charset string) bool {
	return strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}

// PrefersEvents reports whether a request takes an event stream rather than JSON, whatever the kind of its operation:
// by a range for text, since one for anything asks for no stream.
func PrefersEvents(r *http.Request) bool {
	accept := r.Header.Values("Accept")
	if !slices.ContainsFunc(accept, func(list string) bool { return strings.Contains(strings.ToLower(list), "text/") }) {
		return false
	}
	taken := negotiate(accept)
	return taken.ofEvents > taken.ofJSON
}
