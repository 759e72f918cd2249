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

// negotiate chooses the media type of the answer by the Accept headers. None, and plain wildcards, mean
// application/json, as the audits of GraphQL over HTTP demand; ok is false when the client takes neither type.
func negotiate(accept []string) (mediaType string, ok bool) {
	if len(accept) == 0 {
		return mediaJSON, true
	}
	ranges := strings.Split(strings.Join(accept, ","), ",")
	if len(ranges) > maxAcceptRanges {
		ranges = ranges[:maxAcceptRanges]
	}
	offers := [...]string{MediaGraphQL, mediaJSON} // the preferred one first
	var matches [len(offers)]match
	var best match
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
		return mediaJSON, true
	}
	for i, m := range matches {
		if m.specificity == 0 || m.quality == 0 {
			continue
		}
		if m.betterThan(best) || (m == best && m.specificity < exact) {
			best, mediaType = m, offers[i]
		}
	}
	return mediaType, mediaType != ""
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
	switch name {
	case offer:
		m.specificity = exact
	case "application/*":
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

// AcceptsEvents reports whether a request wants an event stream.
func AcceptsEvents(r *http.Request) bool {
	return strings.Contains(strings.Join(r.Header.Values("Accept"), ","), MediaEvents)
}
