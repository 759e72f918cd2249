package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/opsgraph/opsgraph/internal/httpapi"
)

func TestStatusRecorder(t *testing.T) {
	t.Parallel()
	below := httptest.NewRecorder()
	recorder := httpapi.RecordStatus(below)
	if got := recorder.Status(); got != http.StatusOK {
		t.Errorf("status %d of an answer without one", got)
	}
	recorder.WriteHeader(http.StatusTeapot)
	if got := recorder.Status(); got != http.StatusTeapot || below.Code != got {
		t.Errorf("status %d, written %d", got, below.Code)
	}
	if err := http.NewResponseController(recorder).Flush(); err != nil || !below.Flushed {
		t.Errorf("the writer below is not reached: %v", err)
	}
}
