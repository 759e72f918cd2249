package sources

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/registry"
)

// jobMemory remembers for a day what the gateway knows of jobs whose state no documented call reads: when they were submitted and
// which time they are about.
type jobMemory struct {
	known  *registry.Registry
	kind   string
	now    func() time.Time
	logger *slog.Logger
}

// submitted is what is remembered of a job.
type submitted struct {
	At   time.Time `json:"at"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// keep notes a job that was started this moment. A note that can't be made costs the times, not the job.
func (m jobMemory) keep(ctx context.Context, scope string, from, to time.Time, parts ...string) {
	note, err := json.Marshal(submitted{At: m.now().UTC().Truncate(time.Millisecond), From: from.UTC(), To: to.UTC()})
	if err == nil {
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		err = m.known.Put(detached, m.kind, scopedKey(scope, parts), note, commandRemembered)
	}
	if err != nil {
		m.logger.WarnContext(ctx, "start of a job not remembered", slog.String("kind", m.kind), slog.Any("error", err))
	}
}

// of is what is remembered of a job that the tenant started; false when it was not started through the gateway, or that is not known any more.
func (m jobMemory) of(ctx context.Context, scope string, parts ...string) (submitted, bool) {
	note, ok, err := m.known.Value(ctx, m.kind, scopedKey(scope, parts))
	if err != nil {
		m.logger.WarnContext(ctx, "start of a job not read", slog.String("kind", m.kind), slog.Any("error", err))
	}
	var job submitted
	if err != nil || !ok || json.Unmarshal(note, &job) != nil {
		return submitted{}, false
	}
	return job, true
}

// scopedKey is what a job is remembered under: apart for each tenant.
func scopedKey(scope string, parts []string) string { return jobKey(append([]string{scope}, parts...)) }

func jobKey(parts []string) string {
	quoted := make([]string, len(parts))
	for i, part := range parts {
		quoted[i] = strconv.Quote(part)
	}
	return strings.Join(quoted, " ")
}

// commandKey is what a client's own key is remembered under: apart for each tenant and command. An empty key stays empty.
func commandKey(scope, mutation, key string) string {
	if key == "" {
		return ""
	}
	return jobKey([]string{scope, mutation, "by key", key})
}
