package telemetry_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/opsgraph/opsgraph/internal/telemetry"
)

// lines returns a logger and the text that it has written.
func lines(t *testing.T, level, format string) (*slog.Logger, *strings.Builder) {
	t.Helper()
	var text strings.Builder
	logger, err := telemetry.NewLogger(&text, level, format)
	if err != nil {
		t.Fatal(err)
	}
	return logger, &text
}

func TestLoggerLevelAndFormat(t *testing.T) {
	logger, text := lines(t, "warn", "json")
	logger.Info("not written")
	logger.Warn("written", slog.Int("rows", 3))
	var line map[string]any
	if err := json.Unmarshal([]byte(text.String()), &line); err != nil {
		t.Fatalf("not one JSON line: %v\n%s", err, text)
	}
	if line["msg"] != "written" || line["level"] != "WARN" || line["rows"] != 3.0 {
		t.Errorf("line = %v", line)
	}
	logger, text = lines(t, "debug", "text")
	logger.Debug("written")
	if !strings.Contains(text.String(), "level=DEBUG msg=written") {
		t.Errorf("line = %s", text)
	}
}

func TestLoggerRefusesUnknownWords(t *testing.T) {
	for _, words := range [][2]string{{"loud", "text"}, {"info", "xml"}} {
		if _, err := telemetry.NewLogger(&strings.Builder{}, words[0], words[1]); err == nil {
			t.Errorf("level %q, format %q: no error", words[0], words[1])
		}
	}
}

func TestLoggerNamesTheRequest(t *testing.T) {
	logger, text := lines(t, "info", "json")
	ctx := telemetry.WithRequestID(t.Context(), "r-1")
	logger.With(slog.String("system", "esm")).WithGroup("call").InfoContext(ctx, "sent", slog.Int("rows", 1))
	if !strings.Contains(text.String(), `"request_id":"r-1"`) {
		t.Errorf("line lacks the request: %s", text)
	}
	text.Reset()
	logger.InfoContext(context.Background(), "sent")
	if strings.Contains(text.String(), "request_id") {
		t.Errorf("line names a request although there is none: %s", text)
	}
	if got := telemetry.RequestID(ctx); got != "r-1" {
		t.Errorf("RequestID = %q", got)
	}
}

type credentials struct{ Name, Password string }

func TestLoggerHidesSecrets(t *testing.T) {
	const canary = "CANARY-7f1c9e"
	inURL := &url.Error{Op: "Get", URL: "https://user:" + canary + "@host/x", Err: errors.New("refused")}
	tests := []struct {
		name, key string
		value     any
	}{
		{"header's name", "X-Auth-Token", canary},
		{"name with a word", "iam_password", canary},
		{"name in capitals", "SECRET_KEY", canary},
		{"short name", "sk", []byte(canary)},
		{"value that is no text", "token", struct{ V string }{canary}},
		{"group", "iam", slog.GroupValue(slog.String("token", canary))},
		{"address", "url", "redis://:" + canary + "@host:6379/0"},
		{"address with a slash", "url", "redis://u:a/" + canary + "@host:6379/0"},
		{"query", "url", "https://host/x?a=1&access_token=" + canary + "&b=2"},
		{"error with an address", "error", fmt.Errorf("esm listHostDetails: %w", inURL)},
		{"error with a header", "error", errors.New("sent Authorization: Bearer " + canary)},
		{"headers", "headers", http.Header{"X-Subject-Token": {canary}, "Cookie": {"a=" + canary}}},
		{"dumped headers", "dump", fmt.Sprint(http.Header{"X-Auth-Token": {canary}})},
		{"query values", "form", url.Values{"password": {canary}}},
		{"plain map", "map", map[string][]string{"x-api-key": {canary}}},
		{"struct", "user", credentials{Name: "a", Password: canary}},
		{"JSON", "body", `{"identity":{"password": "` + canary + `"}}`},
		{"JSON within JSON", "body", `{"x":"{\"password\":\"` + canary + `\"}"}`},
		{"AppCode", "text", "X-APIG-Appcode: " + canary},
		{"scheme of Authorization", "text", "Basic " + canary},
	}
	for _, test := range tests {
		for _, format := range []string{"json", "text"} {
			attr := slog.Any(test.key, test.value)
			t.Run(test.name+" as "+format, func(t *testing.T) {
				logger, text := lines(t, "info", format)
				logger.Info("line", attr)
				logger.With(attr).Info("line")
				if strings.Contains(text.String(), canary) {
					t.Errorf("secret is shown:\n%s", text)
				}
				if got := strings.Count(text.String(), "[redacted]"); got < 2 {
					t.Errorf("nothing shows that something is hidden:\n%s", text)
				}
			})
		}
	}
	t.Run("message", func(t *testing.T) {
		logger, text := lines(t, "info", "text")
		logger.Info("token=" + canary)
		if strings.Contains(text.String(), canary) {
			t.Errorf("secret is shown:\n%s", text)
		}
	})
}

func TestLoggerKeepsWhatIsNoSecret(t *testing.T) {
	for _, text := range []string{
		"esm listHostDetails: unavailable: status 503", "https://esm.example/rest?x=1", "a@b", "rows=3",
	} {
		logger, line := lines(t, "info", "json")
		logger.Info("line", slog.String("text", text),
			slog.Any("headers", http.Header{"Accept": {"application/json"}}), slog.Any("list", []int{1, 2}))
		var got map[string]any
		if err := json.Unmarshal([]byte(line.String()), &got); err != nil {
			t.Fatal(err)
		}
		if got["text"] != text {
			t.Errorf("%q became %q", text, got["text"])
		}
		if want := `"headers":{"Accept":["application/json"]},"list":[1,2]`; !strings.Contains(line.String(), want) {
			t.Errorf("line lacks %s: %s", want, line)
		}
	}
}

// TestLoggerNamesTrace: a line of work that is traced names the trace, beside the request; one of a trace that is not
// made names none.
func TestLoggerNamesTrace(t *testing.T) {
	logger, text := lines(t, "info", "text")
	of := func(flags trace.TraceFlags) context.Context {
		return trace.ContextWithSpanContext(telemetry.WithRequestID(t.Context(), "r1"),
			trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: flags}))
	}
	logger.InfoContext(of(trace.FlagsSampled), "traced")
	logger.InfoContext(of(0), "not traced")
	want := "msg=traced request_id=r1 trace_id=01000000000000000000000000000000\n"
	if got := text.String(); !strings.Contains(got, want) || strings.Count(got, "trace_id") != 1 {
		t.Errorf("lines: %s", got)
	}
}
