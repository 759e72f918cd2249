package kit

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Reply is an answer over HTTP.
type Reply struct {
	Status int
	Header http.Header
	Raw    string
	Body   struct {
		Errors []struct {
			Message    string         `json:"message"`
			Path       []any          `json:"path"`
			Extensions map[string]any `json:"extensions"`
		} `json:"errors"`
		Data       json.RawMessage `json:"data"`
		Extensions map[string]any  `json:"extensions"`
	}
}

// Code is the code of the first error, empty without one.
func (r *Reply) Code() string {
	if len(r.Body.Errors) == 0 {
		return ""
	}
	code, _ := r.Body.Errors[0].Extensions["code"].(string)
	return code
}

// ReadReply reads and closes an answer.
func ReadReply(tb testing.TB, response *http.Response) *Reply {
	tb.Helper()
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	got := &Reply{Status: response.StatusCode, Header: response.Header, Raw: string(raw)}
	if strings.Contains(response.Header.Get("Content-Type"), "json") && len(raw) > 0 {
		if err := json.Unmarshal(raw, &got.Body); err != nil {
			tb.Fatalf("answer is not JSON: %v: %.300s", err, raw)
		}
	}
	return got
}

// RequestBody is the body of a request for a document with variables, given as JSON or empty.
func RequestBody(tb testing.TB, document, variables string) string {
	tb.Helper()
	encoded, err := json.Marshal(document)
	if err != nil {
		tb.Fatal(err)
	}
	if variables == "" {
		return `{"query":` + string(encoded) + `}`
	}
	return `{"query":` + string(encoded) + `,"variables":` + variables + `}`
}

// Answered asks without expecting an error and reads the data.
func Answered[T any](tb testing.TB, r *Replica, document, variables string) T {
	tb.Helper()
	return ReadAs[T](tb, r.Ask(tb, document, variables, nil))
}

// ReadAs reads the data of an answer without an error.
func ReadAs[T any](tb testing.TB, got *Reply) T {
	tb.Helper()
	if got.Status != http.StatusOK || len(got.Body.Errors) > 0 {
		tb.Fatalf("%d %.2000s", got.Status, got.Raw)
	}
	var data T
	if err := json.Unmarshal(got.Body.Data, &data); err != nil {
		tb.Fatal(err)
	}
	return data
}
