package httpapi_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/telemetry"
)

// TestRecoverHTTP: the line of a panic names its request once, and not what the caller sent.
func TestRecoverHTTP(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger, err := telemetry.NewLogger(&log, "info", "json")
	if err != nil {
		t.Fatal(err)
	}
	panics := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("CANARY") })
	answer, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	request.Header.Set("X-Request-Id", "one-request")
	httpapi.WithRequestID(httpapi.RecoverHTTP(logger, panics)).ServeHTTP(answer, request)
	if answer.Code != http.StatusInternalServerError || strings.Contains(answer.Body.String(), "CANARY") {
		t.Errorf("answered %d: %s", answer.Code, answer.Body)
	}
	for text, want := range map[string]int{
		"\n": 1, `"msg":"panic recovered"`: 1, `"request_id":"one-request"`: 1, `"request_id"`: 1,
		`"panic_type":"string"`: 1, "CANARY": 0,
	} {
		if got := strings.Count(log.String(), text); got != want {
			t.Errorf("the log has %q %d times, want %d: %s", text, got, want, &log)
		}
	}
}
