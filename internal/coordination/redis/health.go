package redis

import (
	"cmp"
	"context"
	"crypto/sha1" // the name that Redis gives a script
	"encoding/hex"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

const (
	// faultLasts is how long a fault counts after it was last seen, where its commands are not sent any more.
	faultLasts = 2 * time.Minute
	// faultLogged is how soon the same fault is logged again.
	faultLogged = 10 * time.Minute
)

// health knows what Redis refuses now: each kind of fault with the commands that it was the answer to. A fault ends
// when one of these commands succeeds; one of permissions, or of unknown commands, when all of them do.
type health struct {
	o       Options
	address string
	some    atomic.Int32 // kinds of faults; while there are none, a success costs no lock

	mu     sync.Mutex
	faults map[string]*openFault
	logged map[string]time.Time // by kind
}

type openFault struct {
	Fault
	seen     time.Time
	commands map[string]bool
}

func newHealth(o Options, address string) *health {
	return &health{o: o, address: address, faults: map[string]*openFault{}, logged: map[string]time.Time{}}
}

// note takes the answers to commands that were sent together, and how the sending ended: go-redis gives a command its
// error later where it is alone, or where its connection was refused.
func (h *health) note(ctx context.Context, cmds []goredis.Cmder, sent error) {
	for _, cmd := range cmds {
		err := cmd.Err()
		if len(cmds) == 1 || err == nil && !slices.ContainsFunc(cmds, failed) {
			err = sent
		}
		if fault := FaultOf(err, h.o.Settings); fault != nil {
			h.refused(ctx, *fault, commandOf(cmd))
		} else if h.some.Load() > 0 && ran(err) {
			h.ran(ctx, commandOf(cmd))
		}
	}
}

func failed(cmd goredis.Cmder) bool { return cmd.Err() != nil }

// ran reports whether Redis ran the command.
func ran(err error) bool {
	var answered goredis.Error
	return err == nil || errors.As(err, &answered) && !goredis.HasErrorPrefix(err, "NOSCRIPT")
}

// commandOf names a command; each script is one of its own, however it is run.
func commandOf(cmd goredis.Cmder) string {
	args := cmd.Args()
	if len(args) < 2 {
		return cmd.Name()
	}
	text, _ := args[1].(string)
	switch cmd.Name() {
	case "evalsha":
		return text
	case "eval":
		sum := sha1.Sum([]byte(text))
		return hex.EncodeToString(sum[:])
	default:
		return cmd.Name()
	}
}

func (h *health) refused(ctx context.Context, fault Fault, command string) {
	h.o.OnError(fault.Kind)
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.o.Now()
	f := h.faults[fault.Kind]
	if f == nil {
		f = &openFault{Fault: fault, commands: map[string]bool{}}
		h.faults[fault.Kind] = f
		h.some.Store(int32(len(h.faults)))
	}
	f.seen, f.commands[command] = now, true
	if last, ok := h.logged[fault.Kind]; ok && now.Sub(last) < faultLogged {
		return
	}
	h.logged[fault.Kind] = now
	h.o.Logger.LogAttrs(ctx, slog.LevelError, "redis refuses commands", slog.String("use", h.o.Use),
		slog.String("redis_address", h.address), slog.String("fault", fault.Kind), slog.String("problem", fault.Words),
		slog.String("do", fault.Advice))
}

func (h *health) ran(ctx context.Context, command string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for kind, f := range h.faults {
		if !f.commands[command] {
			continue
		}
		delete(f.commands, command)
		if (kind == "no_permission" || kind == "unknown_command") && len(f.commands) > 0 {
			continue
		}
		delete(h.faults, kind)
		h.some.Store(int32(len(h.faults)))
		h.o.Logger.LogAttrs(ctx, slog.LevelInfo, "redis takes commands again", slog.String("use", h.o.Use),
			slog.String("redis_address", h.address), slog.String("fault", kind))
	}
}

// present returns the faults of now, in the order of their kinds.
func (h *health) present() []Fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.o.Now()
	maps.DeleteFunc(h.faults, func(_ string, f *openFault) bool { return now.Sub(f.seen) > faultLasts })
	h.some.Store(int32(len(h.faults)))
	found := make([]Fault, 0, len(h.faults))
	for _, f := range h.faults {
		found = append(found, f.Fault)
	}
	slices.SortFunc(found, func(a, b Fault) int { return cmp.Compare(a.Kind, b.Kind) })
	return found
}
