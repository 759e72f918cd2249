package httpapi

import (
	"bytes"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp/writer/gzkp"
	"github.com/klauspost/compress/gzhttp/writer/zstdkp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/opsgraph/opsgraph/internal/answers"
)

// The numbers of the encodings in which answers are kept.
const (
	packedGzip = iota
	packedZstd
)

const headerETag = "Etag" // as net/http spells it

// contentOf makes an answer that is kept of one that is written.
func contentOf(mediaType string, keeping Keeping, body []byte, tag string) answers.Content {
	lines := []answers.Line{
		{Name: "Content-Type", Values: []string{contentType(mediaType)}},
		{Name: HeaderCacheControl, Values: []string{cacheControl(keeping)}},
		{Name: "Content-Length", Values: []string{strconv.Itoa(len(body))}},
	}
	if tag != "" {
		lines = append(lines, answers.Line{Name: headerETag, Values: []string{tag}})
	}
	return answers.Content{
		Plain: answers.Packing{Lines: lines, Body: body}, Tag: tag,
		Oldest: keeping.Oldest, Until: keeping.Until, Standings: keeping.Standings,
	}
}

// packed makes the answer in an encoding, by the same means as answers that are not kept.
func packed(encoding int) func(answers.Content) answers.Packing {
	return func(plain answers.Content) answers.Packing {
		var body bytes.Buffer
		name := encodingGzip
		if encoding == packedZstd {
			name = encodingZstd
			to := zstdkp.NewWriter(&body, int(zstd.SpeedFastest))
			_, _ = to.Write(plain.Plain.Body) // a buffer takes everything
			_ = to.Close()
		} else {
			to := gzkp.NewWriter(&body, gzip.DefaultCompression)
			_, _ = to.Write(plain.Plain.Body)
			_ = to.Close()
		}
		made := answers.Packing{Body: bytes.Clone(body.Bytes())}
		for _, line := range plain.Plain.Lines {
			switch line.Name {
			case "Content-Length":
				line.Values = []string{strconv.Itoa(len(made.Body))}
			case headerETag:
				line.Values = []string{strings.TrimSuffix(plain.Tag, `"`) + compressedSuffix + "-" + name + `"`}
			}
			made.Lines = append(made.Lines, line)
		}
		made.Lines = append(made.Lines, answers.Line{Name: "Content-Encoding", Values: []string{name}})
		return made
	}
}

// packingFor is the answer in the encoding that was chosen for a request.
func packingFor(r *http.Request, answer *answers.Answer) *answers.Packing {
	if len(answer.Plain.Body) >= compressedBytes {
		switch r.Header.Get(headerAcceptEncoding) { // settled before
		case encodingGzip:
			return answer.Packed(packedGzip, packed(packedGzip))
		case encodingZstd:
			return answer.Packed(packedZstd, packed(packedZstd))
		}
	}
	return &answer.Plain
}

// give writes an answer that is kept, past the compression: it is packed already.
func (rw *responseWriter) give(w http.ResponseWriter, r *http.Request, answer *answers.Answer, now time.Time) {
	w = Plain(w, r)
	header := w.Header()
	if !answer.Oldest.IsZero() {
		header["Age"] = []string{strconv.FormatInt(int64(max(0, now.Sub(answer.Oldest))/time.Second), 10)}
	}
	header["Vary"] = append(header["Vary"], VaryHeaders)
	if held := r.Header["If-None-Match"]; len(held) > 0 && answer.Tag != "" && HoldsTag(held, answer.Tag) {
		for _, line := range answer.Plain.Lines {
			if line.Name == headerETag || line.Name == HeaderCacheControl {
				header[line.Name] = line.Values
			}
		}
		w.WriteHeader(http.StatusNotModified)
		return
	}
	packing := packingFor(r, answer)
	for _, line := range packing.Lines {
		header[line.Name] = line.Values
	}
	w.WriteHeader(http.StatusOK)
	if _, err := w.Write(packing.Body); err != nil {
		rw.logger.DebugContext(r.Context(), "client went away before its answer", slog.Any("error", err))
	}
}
