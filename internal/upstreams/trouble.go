package upstreams

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	// troubleLasts is how long trouble counts after it was last seen. A refused login, which is not tried again, counts
	// until it succeeds.
	troubleLasts = 10 * time.Minute
	// troubleLogged is how soon the same trouble is logged again.
	troubleLogged = 10 * time.Minute
)

// troubles knows which systems can't be used because of a setting, by what their calls are answered with: the operator
// gets one line, and /readyz a reason, until the operations in trouble succeed.
type troubles struct {
	cfg    config.Config
	logger *slog.Logger
	now    func() time.Time

	mu     sync.Mutex
	open   map[troubleKey]*trouble
	logged map[troubleKey]time.Time
	ended  map[string]bool // operations whose token was refused once: that may only have ended
}

type troubleKey struct{ system, words string }

type trouble struct {
	Diagnosis
	seen       time.Time
	stays      bool
	operations map[string]bool
}

func newTroubles(cfg config.Config, logger *slog.Logger, now func() time.Time) *troubles {
	return &troubles{
		cfg: cfg, logger: logger, now: now,
		open: map[troubleKey]*trouble{}, logged: map[troubleKey]time.Time{}, ended: map[string]bool{},
	}
}

// Attempt implements rest.Observer.
func (t *troubles) Attempt(ctx context.Context, a rest.Attempt) {
	found, ok := Diagnose(t.cfg, a.Failure)
	t.mu.Lock()
	defer t.mu.Unlock()
	if a.Status != 0 {
		t.answered(ctx, a)
	}
	if !ok {
		return
	}
	operation := a.System + " " + a.Operation
	if a.Kind == rest.Unauthenticated && a.System != "iam" && !t.ended[operation] {
		t.ended[operation] = true // the token is renewed, and the call repeated
		return
	}
	t.note(ctx, a, found)
}

// answered ends trouble that an answer disproves: that the system can't be reached, and what a success of the operation
// shows to be right. t.mu is held.
func (t *troubles) answered(ctx context.Context, a rest.Attempt) {
	if a.Kind != rest.Unauthenticated {
		delete(t.ended, a.System+" "+a.Operation)
	}
	for key, open := range t.open {
		if key.system != a.System {
			continue
		}
		if a.Kind == rest.None {
			delete(open.operations, a.Operation)
		}
		if open.Credentials && len(open.operations) > 0 {
			continue
		}
		delete(t.open, key)
		t.logger.InfoContext(ctx, "upstream works again", slog.String("system", key.system), slog.String("was", key.words))
	}
}

// note keeps and logs trouble. t.mu is held.
func (t *troubles) note(ctx context.Context, a rest.Attempt, found Diagnosis) {
	key, now := troubleKey{a.System, found.Words}, t.now()
	open := t.open[key]
	if open == nil {
		open = &trouble{Diagnosis: found, operations: map[string]bool{}}
		t.open[key] = open
	}
	open.seen, open.operations[a.Operation] = now, true
	open.stays = open.stays || found.Credentials && a.System == "iam"
	if last, ok := t.logged[key]; ok && now.Sub(last) < troubleLogged {
		return
	}
	t.logged[key] = now
	attrs := []slog.Attr{
		slog.String("system", a.System), slog.String("operation", a.Operation), slog.Int("status", a.Status),
		slog.String("code", a.Failure.Code), slog.String("upstream_says", a.Failure.Message),
		slog.String("problem", found.Words), slog.String("look_at", found.Settings),
	}
	switch {
	case found.Credentials:
		t.logger.LogAttrs(ctx, slog.LevelError, "upstream refuses the gateway's credentials", attrs...)
	case a.Failure.Retryable:
		t.logger.LogAttrs(ctx, slog.LevelWarn, "upstream can't be reached", attrs...)
	default: // it will not pass by itself
		t.logger.LogAttrs(ctx, slog.LevelError, "upstream can't be reached", attrs...)
	}
}

// present is the trouble that has not ended. t.mu is held.
func (t *troubles) present() map[troubleKey]*trouble {
	now := t.now()
	maps.DeleteFunc(t.open, func(_ troubleKey, open *trouble) bool {
		return !open.stays && now.Sub(open.seen) > troubleLasts
	})
	return t.open
}

// count is how much trouble of credentials and of connections there is with a system.
func (t *troubles) count(system string) (credentials, unreachable int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, open := range t.present() {
		switch {
		case key.system != system:
		case open.Credentials:
			credentials++
		default:
			unreachable++
		}
	}
	return credentials, unreachable
}

// reasons lists the present trouble in words, in order of the systems.
func (t *troubles) reasons() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []string
	for key, open := range t.present() {
		list = append(list, key.system+" "+key.words+": look at "+open.Settings)
	}
	slices.Sort(list)
	return list
}
