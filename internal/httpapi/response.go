package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// keptBuffer is the largest buffer that is kept for the next answer; a single huge answer must not stay in memory.
const keptBuffer = 1 << 20

// responseWriter writes every answer of the transport: status, headers and shape are decided in one place.
type responseWriter struct {
	errors  refusal.Limits
	logger  *slog.Logger
	buffers sync.Pool // of *bytes.Buffer
	// challenge is the value of WWW-Authenticate with 401; empty means Bearer.
	challenge string
	late      func(ctx context.Context) *gqlerror.Error // nil where no answer is late
}

// refuse answers a request that is not carried out.
func (rw *responseWriter) refuse(w http.ResponseWriter, r *http.Request, mediaType string, err *gqlerror.Error) {
	rw.write(r.Context(), w, mediaType, &graphql.Response{Errors: gqlerror.List{err}}, nil)
}

// write answers with a response, whose data is copied once. kept is nil for an answer that must not be kept.
func (rw *responseWriter) write(
	ctx context.Context, w http.ResponseWriter, mediaType string, response *graphql.Response, kept *keptAnswer,
) {
	if len(response.Data) == 0 && len(response.Errors) == 0 {
		response.Errors = gqlerror.List{refusal.Internal()}
	}
	rw.errors.Apply(ctx, response)
	buffer, _ := rw.buffers.Get().(*bytes.Buffer)
	if buffer == nil {
		buffer = new(bytes.Buffer)
	}
	defer func() {
		if buffer.Cap() <= keptBuffer {
			buffer.Reset()
			rw.buffers.Put(buffer)
		}
	}()
	if err := Encode(buffer, response); err != nil {
		rw.logger.ErrorContext(ctx, "answer cannot be encoded", slog.Any("error", err))
		buffer.Reset()
		response = &graphql.Response{Errors: gqlerror.List{refusal.Internal()}}
		rw.errors.Apply(ctx, response)
		if err := Encode(buffer, response); err != nil {
			panic(err) // not reachable: two strings and a code
		}
	}
	held := kept.note(w.Header(), mediaType, response, buffer.Bytes())
	if late := rw.tooLate(ctx, response); late != nil { // here, as nothing is between this and the first byte
		for _, name := range []string{"Age", headerETag, HeaderCacheControl} {
			w.Header().Del(name)
		}
		rw.write(ctx, w, mediaType, &graphql.Response{Errors: gqlerror.List{late}}, nil)
		return
	}
	status := statusOf(response, mediaType)
	setAnswerHeaders(w.Header(), response, mediaType)
	setRefusalHeaders(w.Header(), status, response, rw.challenge)
	if held {
		w.Header().Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(buffer.Len()))
	w.WriteHeader(status)
	if _, err := w.Write(buffer.Bytes()); err != nil {
		rw.logger.DebugContext(ctx, "client went away before its answer", slog.Any("error", err))
	}
}

// tooLate is the error in place of an answer with data that would be written too late; nil for all others.
func (rw *responseWriter) tooLate(ctx context.Context, response *graphql.Response) *gqlerror.Error {
	if rw.late == nil || len(response.Data) == 0 {
		return nil
	}
	return rw.late(ctx)
}

// Encode writes the response as JSON. Without data there is no key data: a request error must not have one.
func Encode(buffer *bytes.Buffer, response *graphql.Response) error {
	separator := byte('{')
	member := func(key string, value []byte) {
		buffer.WriteByte(separator)
		separator = ','
		buffer.WriteString(`"` + key + `":`)
		buffer.Write(value)
	}
	if len(response.Errors) > 0 {
		list, err := json.Marshal(response.Errors)
		if err != nil {
			return fmt.Errorf("encode errors: %w", err)
		}
		member("errors", list)
	}
	if len(response.Data) > 0 {
		member("data", response.Data)
	}
	if len(response.Extensions) > 0 {
		member("extensions", nil)
		extensions, err := appendObject(buffer.AvailableBuffer(), response.Extensions)
		if err != nil {
			return fmt.Errorf("encode extensions: %w", err)
		}
		buffer.Write(extensions)
	}
	buffer.WriteByte('}')
	return nil
}

// appendObject appends what encoding/json makes of a map, but values that can append themselves do so. Keys are words.
func appendObject(to []byte, object map[string]any) ([]byte, error) {
	separator := byte('{')
	for _, key := range slices.Sorted(maps.Keys(object)) {
		to = append(append(append(to, separator, '"'), key...), `":`...)
		separator = ','
		if value, can := object[key].(interface{ AppendJSON(to []byte) []byte }); can {
			to = value.AppendJSON(to)
			continue
		}
		value, err := json.Marshal(object[key])
		if err != nil {
			return nil, err //nolint:wrapcheck // the caller says what it is of
		}
		to = append(to, value...)
	}
	return append(to, '}'), nil
}
