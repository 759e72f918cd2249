package tier

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"strings"
)

// layout is the version of the stored form and of the names; a change of either changes it.
const layout = "v3"

// longestPlain is the longest scope that a name shows.
const longestPlain = 64

// nameOf returns the key in Redis of one entry. Its hash alone keeps keys apart: it covers every part with its length,
// so that no two lists of parts look alike. The text before the hash is for operators.
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

// plain escapes separators and the hash tags of a Cluster.
func plain(text string) string {
	escaped := url.QueryEscape(text)
	if len(escaped) > longestPlain {
		return "~"
	}
	return escaped
}
