package httpapi

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// restOfBody is how long the rest of a refused body is read, so that its sender can read the answer.
const restOfBody = 250 * time.Millisecond

// readBody reads the body of a POST, decompressed if it is compressed, and never more than limit bytes of either form.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, *gqlerror.Error) {
	encoding := strings.TrimSpace(strings.Join(r.Header["Content-Encoding"], ","))
	switch strings.ToLower(encoding) {
	case "", "identity", "gzip", "x-gzip":
	default:
		w.Header().Set("Accept-Encoding", "gzip")
		return nil, refusal.New(refusal.CodeUnsupportedMediaType,
			"The body's Content-Encoding %s is not read; gzip is.", refusal.Quoted(encoding))
	}
	if r.ContentLength > limit {
		abandonBody(w)
		return nil, tooLarge(limit, r.ContentLength)
	}
	var wire io.Reader = r.Body
	if r.ContentLength < 0 { // else net/http reads no more than that
		wire = http.MaxBytesReader(w, r.Body, limit)
	}
	if strings.HasSuffix(strings.ToLower(encoding), "gzip") {
		return inflate(w, wire, limit)
	}
	body, err := readWhole(wire, r.ContentLength)
	if err != nil {
		return nil, unreadable(w, err, limit)
	}
	return body, nil
}

// readWhole reads a body to its end, in one piece where its length is known.
func readWhole(from io.Reader, length int64) ([]byte, error) {
	if length <= 0 {
		return io.ReadAll(from)
	}
	body := make([]byte, length)
	_, err := io.ReadFull(from, body)
	return body, err
}

// inflate decompresses one gzip member, which must be the whole body.
func inflate(w http.ResponseWriter, wire io.Reader, limit int64) ([]byte, *gqlerror.Error) {
	compressed := bufio.NewReader(wire) // which gzip reads byte by byte: nothing after its end is lost
	reader, err := gzip.NewReader(compressed)
	if err != nil {
		return nil, unreadable(w, err, limit)
	}
	reader.Multistream(false)
	body, err := io.ReadAll(io.LimitReader(reader, limit+1))
	if err != nil {
		return nil, unreadable(w, err, limit)
	}
	if int64(len(body)) > limit {
		abandonBody(w)
		return nil, tooLarge(limit, 0)
	}
	if _, err := compressed.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, refusal.New(refusal.CodeBadRequest, "The compressed body goes on after its end.")
	}
	return body, nil
}

// unreadable is the error of a body that was not read to its end. The connection ends: it is not known where its next
// request would begin.
func unreadable(w http.ResponseWriter, err error, limit int64) *gqlerror.Error {
	abandonBody(w)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(limit, 0)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return refusal.Later(refusal.CodeBodyTimeout, "The body did not come within limits.read_timeout.", 0)
	}
	return refusal.New(refusal.CodeBadRequest, "The body could not be read to its end.")
}

// abandonBody ends the connection after the answer. net/http would first wait for the rest of the body, up to its read
// timeout, which a writer may not be able to shorten.
func abandonBody(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(restOfBody))
}

// tooLarge reports that a body exceeds the limit; actual is 0 when its length is not known.
func tooLarge(limit, actual int64) *gqlerror.Error {
	if actual <= limit {
		return refusal.New(refusal.CodePayloadTooLarge, "The body has more than %d bytes, which is the limit.", limit)
	}
	return refusal.New(refusal.CodePayloadTooLarge, "The body has %d bytes, where %d is the limit.", actual, limit)
}
