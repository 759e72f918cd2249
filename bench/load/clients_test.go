package load

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

func TestCrowd(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if n := asked.Add(1); n%2 == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write(body)
	}))
	defer server.Close()
	crowd := Crowd{
		URL: server.URL, Clients: 3, For: 300 * time.Millisecond,
		Body: func(n int) string { return fmt.Sprintf("body %d", n) },
	}
	got := crowd.Run(t.Context())
	if len(got.All) < 3 || int64(len(got.All)) != asked.Load() {
		t.Fatalf("%d answers to %d requests", len(got.All), asked.Load())
	}
	for _, answer := range got.All {
		if answer.Status == http.StatusOK && answer.Bytes < 6 || answer.Took <= 0 {
			t.Errorf("%+v", answer)
		}
	}
	both, once := got, len(got.All)
	if both.Add(got); len(both.All) != 2*once || both.Lasted != 2*got.Lasted {
		t.Errorf("twice %d answers in %s are %d in %s", once, got.Lasted, len(both.All), both.Lasted)
	}
	if all, good := got.Times(Any), got.Times(OK); len(all) != len(got.All) || len(good) != (len(all)+1)/2 {
		t.Errorf("%d of %d answers have data", len(good), len(all))
	}
}

func TestAskWaits(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	answer, wait := Ask(t.Context(), server.Client(), server.URL, "")
	if answer.Status != http.StatusServiceUnavailable || wait != 7*time.Second {
		t.Errorf("%+v, wait %v", answer, wait)
	}
	server.Close()
	if answer, wait = Ask(t.Context(), server.Client(), server.URL, ""); answer.Status != 0 || wait <= 0 {
		t.Errorf("without a server: %+v, wait %v", answer, wait)
	}
}
