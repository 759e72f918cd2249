package journal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/journal"
	"github.com/opsgraph/opsgraph/internal/telemetry"
)

// TestWants says which operations have a line.
func TestWants(t *testing.T) {
	for _, test := range []struct {
		which       string
		level       slog.Level
		quick, slow bool
	}{
		{"off", slog.LevelDebug, false, false},
		{"slow", slog.LevelInfo, false, true},
		{"slow", slog.LevelWarn, false, true},
		{"all", slog.LevelInfo, true, true},
		{"all", slog.LevelWarn, false, true},
		{"all", slog.LevelError, false, false},
	} {
		logger := slog.New(slog.NewTextHandler(new(bytes.Buffer), &slog.HandlerOptions{Level: test.level}))
		j := journal.New(journal.Options{Which: test.which, SlowFrom: time.Second, Logger: logger})
		quick, slow := j.Wants(t.Context(), time.Second-1), j.Wants(t.Context(), time.Second)
		if quick != test.quick || slow != test.slow {
			t.Errorf("%s at %s: quick %v, slow %v", test.which, test.level, quick, slow)
		}
		if j.Writes() != (test.which != "off") || j.WritesAll() != (test.which == "all") {
			t.Errorf("%s: writes %v, all %v", test.which, j.Writes(), j.WritesAll())
		}
	}
}

// line is what a journal writes of an operation.
func line(t *testing.T, l journal.Line, plan func() any) map[string]any {
	t.Helper()
	var text strings.Builder
	logger, err := telemetry.NewLogger(&text, "info", "json")
	if err != nil {
		t.Fatal(err)
	}
	journal.New(journal.Options{Which: journal.All, SlowFrom: time.Second, Logger: logger}).Write(t.Context(), l, plan)
	var got map[string]any
	if err := json.Unmarshal([]byte(text.String()), &got); err != nil {
		t.Fatalf("%v: %s", err, text.String())
	}
	return got
}

func TestWrite(t *testing.T) {
	quick := line(t, whole(), func() any { t.Error("the plan of a quick operation is asked for"); return nil })
	for name, want := range map[string]any{
		"msg": "operation", "level": "INFO", "operation_name": "Hosts", "document": "0123456789abcdef", "type": "query",
		"outcome": "partial", "code": "UPSTREAM_TIMEOUT", "duration_ms": 20.5, "wait_ms": 1.5, "objects": 10.0,
		"objects_estimated": 50.0, "calls": 2.0, "calls_estimated": 3.0, "calls_background": 1.0, "calls_wait_ms": 7.0,
		"age_s": 12.3, "caller": "c", "tenant": "t", "plan": nil, "kept": nil, "events": nil,
	} {
		if quick[name] != want {
			t.Errorf("%s = %v, want %v", name, quick[name], want)
		}
	}
	slow := whole()
	slow.Took, slow.HasAge, slow.Kept = time.Second, false, "shared"
	got := line(t, slow, func() any { return map[string]int{"calls": 1} })
	if got["msg"] != "slow operation" || got["level"] != "WARN" || got["plan"] != `{"calls":1}` || got["kept"] != "shared" ||
		got["age_s"] != nil {
		t.Errorf("a slow one: %v", got)
	}
	if got := line(t, slow, func() any { return func() {} }); got["plan"] != nil || got["plan_error"] == nil {
		t.Errorf("a plan that is none: %v", got)
	}
}

func TestWrite_names(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "Hosts_2": "Hosts_2", strings.Repeat("a", 65): strings.Repeat("a", 64) + "…", "a b": "?", "a\nb": "?",
		"ä": "?", `"`: "?", strings.Repeat("ä", 100): "?", "token=x": "?",
	} {
		l := whole()
		l.Name = name
		if got := line(t, l, nil)["operation_name"]; got != want {
			t.Errorf("%q is told as %q, want %q", name, got, want)
		}
	}
}

func whole() journal.Line {
	return journal.Line{
		Document: journal.Document{Name: "Hosts", Type: "query", Hash: "0123456789abcdef", Objects: 50, Calls: 3},
		Outcome:  "partial", Code: "UPSTREAM_TIMEOUT", Took: 20500 * time.Microsecond, Waited: 1500 * time.Microsecond,
		CallsWaited: 7 * time.Millisecond, Objects: 10, Calls: 2, Background: 1, HasAge: true, Age: 12345 * time.Millisecond,
		Caller: "c", Tenant: "t",
	}
}

// BenchmarkWrite is what one line costs as the program makes it, without who reads it.
func BenchmarkWrite(b *testing.B) {
	lines := telemetry.NewLines(io.Discard, nil, nil)
	defer func() { _ = lines.Close(context.Background()) }() // it takes everything
	logger, err := telemetry.NewLogger(lines, "info", "text")
	if err != nil {
		b.Fatal(err)
	}
	j := journal.New(journal.Options{Which: journal.All, SlowFrom: time.Second, Logger: logger})
	ctx := telemetry.WithRequestID(b.Context(), "QP5ZRVPUL46GB7Y7PV4KLYBDZ4")
	b.ReportAllocs()
	for b.Loop() {
		j.Write(ctx, whole(), nil)
	}
}
