package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/registry"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// memory remembers what the gateway knows of jobs that were started through it: when they were submitted and which time
// they are about.
type memory struct {
	known   *registry.Registry
	kind    string
	keptFor time.Duration
	now     func() time.Time
	logger  *slog.Logger
}

// The kinds of jobs that are remembered.
const (
	kindMeterJob    = "meter-job"
	kindUsageExport = "usage-export"
	kindAspReport   = "asp-report"
)

func newMemory(cfg dataset.Config, kind string, keptFor time.Duration) memory {
	return memory{known: cfg.Commands, kind: kind, keptFor: keptFor, now: cfg.Now, logger: cfg.Logger}
}

// span is the time that a job is about; zero where it is not remembered.
type span struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// submitted is what is remembered of a job.
type submitted struct {
	At time.Time `json:"submittedAt"`
	span
}

// keep notes a job that was started this moment. A note that can't be made costs the times, not the job.
func (m memory) keep(ctx context.Context, scope string, about span, parts ...string) {
	about.From, about.To = about.From.UTC(), about.To.UTC()
	at := m.now().UTC().Truncate(time.Millisecond)
	note, err := json.Marshal(submitted{At: at, span: about})
	if err == nil {
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		err = errors.Join(
			m.known.Put(detached, m.kind, scopedKey(scope, parts), note, m.keptFor),
			m.list(detached, scope, submitted{At: at, span: about}, parts),
		)
	}
	if err != nil {
		m.logger.WarnContext(ctx, "start of a job not remembered", slog.String("kind", m.kind), slog.Any("error", err))
	}
}

// of is what is remembered of a job that the tenant started; false when it was not started through the gateway, or that
// is not known any more.
func (m memory) of(ctx context.Context, scope string, parts ...string) (submitted, bool) {
	note, ok, err := m.known.Value(ctx, m.kind, scopedKey(scope, parts))
	if err != nil {
		m.logger.WarnContext(ctx, "start of a job not read", slog.String("kind", m.kind), slog.Any("error", err))
	}
	var job submitted
	if err != nil || !ok || json.Unmarshal(note, &job) != nil || job.At.IsZero() {
		return submitted{}, false
	}
	return job, true
}

// scopedKey is what a job is remembered under: apart for each tenant.
func scopedKey(scope string, parts []string) string { return jobKey(append([]string{scope}, parts...)) }

func jobKey(parts []string) string {
	var key []byte
	for i, part := range parts {
		if i > 0 {
			key = append(key, ' ')
		}
		key = strconv.AppendQuote(key, part)
	}
	return string(key)
}

// commandKey is what a client's own key is remembered under: apart by what is given, a tenant and a command at least.
// An empty key stays empty.
func commandKey(key string, apart ...string) string {
	if key == "" {
		return ""
	}
	return jobKey(append(apart, key))
}
