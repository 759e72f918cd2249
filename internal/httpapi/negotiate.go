package httpapi

import (
	"mime"
	"net/http"
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
		for i, offer := range offers {
			if m := matchRange(text, offer); m.specificity > matches[i].specificity {
				matches[i] = m
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

// matchRange rates an offer by one media range of an Accept header. A range that is malformed or asks for another
// charset than UTF-8 matches nothing.
func matchRange(text, offer string) match {
	name, parameters, err := mime.ParseMediaType(text)
	if err != nil {
		return match{}
	}
	if charset, ok := parameters["charset"]; ok && !isUTF8(charset) {
		return match{}
	}
	m := match{quality: 1}
	kind, _, _ := strings.Cut(offer, "/")
	switch name {
	case offer:
		m.specificity = exact
	case kind + "/*":
		m.specificity = anySub
	case "*/*":
		m.specificity = anything
	default:
		return match{}
	}
	if text, ok := parameters["q"]; ok {
		quality, err := strconv.ParseFloat(text, 64)
		if err != nil || !(quality >= 0 && quality <= 1) {
			return match{}
		}
		m.quality = quality
	}
	return m
}

// isUTF8 reports whether a charset parameter names UTF-8.
func isUTF8(charset string) bool {
	return strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}

// PrefersEvents reports whether a request takes an event stream rather than JSON, whatever the kind of its operation.
func PrefersEvents(r *http.Request) bool {
	taken := negotiate(r.Header.Values("Accept"))
	return taken.ofEvents > taken.ofJSON
}
