package rest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestFound_F4_ClockOfTheUpstream learns from the dates of answers how far the upstream's clock is ahead.
func TestFound_F4_ClockOfTheUpstream(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	date := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = []string{date}
		_, _ = w.Write([]byte(`{}`))
	}))
	t.Cleanup(server.Close)
	client, err := rest.NewClient(rest.ClientConfig{
		System: "esm", BaseURL: server.URL, Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	endpoint := rest.Endpoint[struct{}]{Spec: rest.Spec{Operation: "read", Method: http.MethodGet, Path: "/", Reads: true}}
	for _, step := range []struct {
		date        string
		least, most time.Duration
	}{
		{now.Add(10 * time.Minute).Format(http.TimeFormat), 10 * time.Minute, 10*time.Minute + time.Second},
		{"Sat, 21 Novembre 2026", 10 * time.Minute, 10*time.Minute + time.Second}, // says nothing (quirk 92)
		{now.Add(365 * 24 * time.Hour).Format(http.TimeFormat), 10 * time.Minute, 10*time.Minute + time.Second},
		{now.Format(http.TimeFormat), 0, 0},
		{now.Add(-time.Hour).Format(http.TimeFormat), 0, 0},
	} {
		date = step.date
		if _, err := rest.Call(t.Context(), client, endpoint, rest.Request{}); err != nil {
			t.Fatal(err)
		}
		if got := client.Ahead(); got < step.least || got > step.most {
			t.Errorf("date %q: %v ahead, want %v to %v", step.date, got, step.least, step.most)
		}
	}
}
