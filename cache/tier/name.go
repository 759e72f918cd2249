package tier

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"strings"
)

// layout is the version of the stored form and of the names; a change of either changes it.
const layout = "v2"

// longestPlain is how much of a scope is shown in a name; longer ones only count in the hash.
const longestPlain = 64

// nameOf is the key in Redis of one set of data. The hash alone keeps keys apart: it is over all that matters, each
// part with its length, so that no two lists of parts can look alike. The text before it is for an operator's eyes.
func nameOf(environment, operation, shape, scope, part string) string {
	h := sha256.New()
	var size [8]byte
	for _, text := range []string{layout, environment, operation, shape, scope, part} {
		binary.BigEndian.PutUint64(size[:], uint64(len(text)))
		h.Write(size[:])
		h.Write([]byte(text))
	}
	return strings.Join([]string{
		"opsgraph", layout, plain(environment), scopeText(scope), operation, hex.EncodeToString(h.Sum(nil)),
	}, ":")
}

// scopeText shows the tenant, or that there is none.
func scopeText(scope string) string {
	if scope == "" {
		return "gateway"
	}
	return "t/" + plain(scope)
}

// plain escapes what would be mistaken for a separator or a hash tag of a Cluster.
func plain(text string) string {
	escaped := url.QueryEscape(text)
	if len(escaped) > longestPlain {
		return "~"
	}
	return escaped
}
