package httpapi

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/cespare/xxhash/v2"

	"github.com/opsgraph/opsgraph/cache"
)

// Keeping says how an answer may be kept: by the client that asked, and by the gateway, which gives it to those who may
// see it; no one else ever may.
type Keeping struct {
	// Client lets the client keep it, Gateway the gateway.
	Client, Gateway bool
	// MaxAge is how long the client may use it without asking again, in whole seconds rounded down, from when the oldest
	// of its data were fetched, as the header Age counts; 0 means never without asking.
	MaxAge time.Duration
	// Scope is the tenant whose data the answer has. Answers of two tenants never share an ETag.
	Scope string
	// Oldest is when the oldest of its data were fetched, zero for none; Until the moment from which the gateway does not
	// give it again, zero for none; Standings are those of all generations behind it.
	Oldest, Until time.Time
	Standings     []*cache.Standing
	// Shareable lets those have it who wait for this very execution, though it may not be kept; with Personal only those
	// with the same credentials.
	Shareable, Personal bool
}

// keptAnswer is an answer that may be kept, with the tags of answers that its client has kept.
type keptAnswer struct {
	Keeping

	held []string // If-None-Match
	// encoded gets the bytes of an answer without errors, else nil, before anything is sent; with its tag where its client
	// may keep it. The bytes are used again afterwards. nil where nobody wants them.
	encoded func(body []byte, tag string)
}

// describe sets Cache-Control and ETag where the client may keep the answer, and returns the tag.
func (k *keptAnswer) describe(header http.Header, mediaType string, body []byte) (tag string) {
	if !k.Client {
		return ""
	}
	tag = entityTag(mediaType, k.Scope, body)
	header.Set("ETag", tag)
	header.Set(HeaderCacheControl, cacheControl(k.Keeping))
	return tag
}

// note describes an answer that is about to be sent, hands its bytes over, and reports whether the client holds them.
func (k *keptAnswer) note(header http.Header, mediaType string, response *graphql.Response, body []byte) (held bool) {
	if k == nil {
		return false
	}
	tag := ""
	if len(response.Errors) > 0 {
		body = nil
	} else {
		tag = k.describe(header, mediaType, body)
	}
	if k.encoded != nil {
		k.encoded(body, tag)
	}
	return tag != "" && HoldsTag(k.held, tag)
}

// neverKept is the Cache-Control of an answer that nobody may keep.
const neverKept = "private, no-store"

// cacheControl says how the client may keep an answer.
func cacheControl(k Keeping) string {
	if !k.Client {
		return neverKept
	}
	return "private, max-age=" + strconv.FormatInt(int64(k.MaxAge/time.Second), 10)
}

// entityTag is a strong validator: equal for equal bytes of the same media type and tenant, else different, but for one
// chance in 2^64. Whoever could choose bytes that collide would only have a client of its own tenant keep old ones.
func entityTag(mediaType, scope string, body []byte) string {
	hash := xxhash.New()
	for _, part := range []string{mediaType, scope} {
		_, _ = hash.Write(binary.AppendUvarint(nil, uint64(len(part)))) // a hash takes everything
		_, _ = hash.WriteString(part)
	}
	_, _ = hash.Write(body)
	return `"` + base64.RawURLEncoding.EncodeToString(binary.AppendUvarint(hash.Sum(nil), uint64(len(body)))) + `"`
}

// HoldsTag reports whether the lines of If-None-Match list a tag, compared weakly as RFC 9110 says: a proxy that
// compresses an answer weakens its tag. Tags of ours are hashes, and what follows one (-gzip, ;gzip, .zstd) names the
// compression: a proxy's, or ours.
func HoldsTag(lines []string, tag string) bool {
	return slices.ContainsFunc(lines, func(list string) bool { return names(list, tag) })
}

// answerHeld answers a request whose client holds what the ETag of the answer names, and reports whether it did.
func answerHeld(w http.ResponseWriter, r *http.Request) bool {
	if !HoldsTag(r.Header.Values("If-None-Match"), w.Header().Get("ETag")) {
		return false
	}
	w.Header().Del("Content-Type")
	w.WriteHeader(http.StatusNotModified)
	return true
}

// names reports whether one line lists a tag. A malformed list ends at its fault.
func names(list, tag string) bool {
	list = strings.TrimSpace(list)
	if list == "*" {
		return true
	}
	hash := opaque(tag)
	for {
		list = strings.TrimPrefix(strings.TrimLeft(list, " \t,"), "W/")
		if list == "" || list[0] != '"' {
			return false
		}
		end := strings.IndexByte(list[1:], '"')
		if end < 0 {
			return false
		}
		if strings.HasPrefix(list[1:end+1], hash) {
			return true
		}
		list = list[end+2:]
	}
}

// opaque is the text between the quotes of a tag.
func opaque(tag string) string { return strings.Trim(strings.TrimPrefix(tag, "W/"), `"`) }
