package httpapi

import (
	"net/http"
	"strconv"
	"strings"
)

// The encodings of an answer, as Accept-Encoding names them.
const (
	encodingGzip     = "gzip"
	encodingZstd     = "zstd"
	encodingIdentity = "identity"
	encodingAny      = "*"

	headerAcceptEncoding = "Accept-Encoding"
)

// mostEncodings bounds the work on a hostile Accept-Encoding header; no client names that many.
const mostEncodings = 32

// settleEncoding leaves the chosen encoding alone in the request's Accept-Encoding. The library below would choose zstd
// among equals, reads only the first line of the header, and does not know the asterisk.
func settleEncoding(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if values := r.Header.Values(headerAcceptEncoding); len(values) > 0 {
			if chosen := chooseEncoding(values); len(values) > 1 || values[0] != chosen {
				r.Header.Set(headerAcceptEncoding, chosen)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// chooseEncoding is the encoding of an answer by the lines of Accept-Encoding (RFC 9110 section 12.5.3): the one of the
// highest quality, and among equals gzip, which every client that names it can read. Some name zstd without reading it,
// and it gains one part in a hundred. An asterisk stands for gzip alone: it shows no client that reads zstd.
func chooseEncoding(lines []string) string {
	if len(lines) == 1 && (lines[0] == encodingGzip || lines[0] == encodingIdentity || lines[0] == encodingZstd) {
		return lines[0]
	}
	quality := map[string]float64{}
	for i, text := range strings.Split(strings.Join(lines, ","), ",") {
		if i == mostEncodings {
			break
		}
		name, q := readEncoding(text)
		if name == "x-gzip" {
			name = encodingGzip // RFC 9110 section 8.4.1.3
		}
		if _, twice := quality[name]; !twice {
			quality[name] = q
		}
	}
	gzip, named := quality[encodingGzip]
	if !named {
		gzip = quality[encodingAny]
	}
	best, most := encodingIdentity, 0.0
	if gzip > most {
		best, most = encodingGzip, gzip
	}
	if quality[encodingZstd] > most {
		best, most = encodingZstd, quality[encodingZstd]
	}
	if quality[encodingIdentity] > most {
		best = encodingIdentity
	}
	return best
}

// readEncoding reads one encoding of the list with its quality; a malformed one is not accepted.
func readEncoding(text string) (name string, quality float64) {
	name, parameters, _ := strings.Cut(text, ";")
	name, quality = strings.ToLower(strings.TrimSpace(name)), 1
	for parameter := range strings.SplitSeq(parameters, ";") {
		key, value, found := strings.Cut(strings.TrimSpace(parameter), "=")
		if !found || !strings.EqualFold(strings.TrimSpace(key), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return name, 0
		}
		quality = q
	}
	return name, quality
}
