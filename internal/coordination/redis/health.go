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
	// scriptQuiet is how long a fault of commands must not have been seen until a script that succeeds counts: it may
	// have come to its end by a way on which the refused command does not stand.
	scriptQuiet = 10 * time.Second
	// triedEvery is how often writes are tried while other commands succeed than those that were refused: these may not
	// come again for long.
	triedEvery = time.Second
)

// health knows what Redis refuses now: each kind of fault with the commands that it was the answer to. A fault ends
// when one of these commands succeeds; one of permissions, or of unknown commands, when all of them do; one of writes
// when a write does, which is tried while any command succeeds (writes.go).
type health struct {
	o       Options
	address string
	client  any          // a goredis.UniversalClient, see Universal
	some    atomic.Int32 // kinds of faults; while there are none, a success costs no lock
	trying  atomic.Bool  // a write is tried now

	mu     sync.Mutex
	faults map[string]*openFault
	logged map[string]time.Time // by kind
}

type openFault struct {
	Fault
	seen     time.Time
	times    int // it was seen
	tried    time.Time
	commands map[string]bool
	key      string // of the last command that it was the answer to
}

func newHealth(o Options, address string, client goredis.UniversalClient) *health {
	return &health{
		o: o, address: address, client: client, faults: map[string]*openFault{}, logged: map[string]time.Time{},
	}
}

// note takes the answers to commands that were sent together, and how the sending ended: go-redis gives a command its
// error later where it is alone, or where its connection was refused.
func (h *health) note(ctx context.Context, cmds []goredis.Cmder, sent error) {
	var doubtful []doubt
	for _, cmd := range cmds {
		err := cmd.Err()
		if len(cmds) == 1 || err == nil && !slices.ContainsFunc(cmds, failed) {
			err = sent
		}
		if fault := FaultOf(err, h.o.Settings); fault != nil {
			h.refused(ctx, *fault, commandOf(cmd))
		} else if h.some.Load() > 0 && ran(err) {
			doubtful = append(doubtful, h.ran(ctx, commandOf(cmd))...)
		}
	}
	h.tryWrites(ctx, doubtful)
}

func failed(cmd goredis.Cmder) bool { return cmd.Err() != nil }

// ran reports whether Redis ran the command.
func ran(err error) bool {
	var answered goredis.Error
	return err == nil || errors.As(err, &answered) && !goredis.HasErrorPrefix(err, "NOSCRIPT")
}

// command is what faults know of a command.
type command struct {
	// name is its name; each script has one of its own, however it is run.
	name   string
	script bool
	// key is the first one that it names; empty without any.
	key string
}

func commandOf(cmd goredis.Cmder) command {
	args := cmd.Args()
	text := func(i int) string {
		if i >= len(args) {
			return ""
		}
		text, _ := args[i].(string)
		return text
	}
	switch cmd.Name() {
	case "evalsha":
		return command{name: text(1), script: true, key: text(3)}
	case "eval":
		sum := sha1.Sum([]byte(text(1)))
		return command{name: hex.EncodeToString(sum[:]), script: true, key: text(3)}
	default:
		return command{name: cmd.Name(), key: text(1)}
	}
}

func (h *health) refused(ctx context.Context, fault Fault, by command) {
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
	f.seen, f.times, f.key = now, f.times+1, by.key
	f.commands[by.name] = true
	if last, ok := h.logged[fault.Kind]; ok && now.Sub(last) < faultLogged {
		return
	}
	h.logged[fault.Kind] = now
	h.o.Logger.LogAttrs(ctx, slog.LevelError, "redis refuses commands", slog.String("use", h.o.Use),
		slog.String("redis_address", h.address), slog.String("fault", fault.Kind), slog.String("problem", fault.Words),
		slog.String("do", fault.Advice))
}

// ran takes note of a command that Redis has run, and returns the faults of which that shows too little.
func (h *health) ran(ctx context.Context, by command) (doubtful []doubt) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for kind, f := range h.faults {
		refused := f.commands[by.name]
		switch {
		case ofWrites(kind):
			if now := h.o.Now(); refused || now.Sub(f.tried) >= triedEvery {
				f.tried = now
				doubtful = append(doubtful, doubt{kind, f.key, f.times})
			}
			continue
		case !refused:
			continue
		case ofCommands(kind):
			if by.script && h.o.Now().Sub(f.seen) < scriptQuiet {
				continue
			}
			if delete(f.commands, by.name); len(f.commands) > 0 {
				continue
			}
		}
		h.end(ctx, kind)
	}
	return doubtful
}

// ofCommands reports whether a kind of fault is about some commands, each of which can be refused alone.
func ofCommands(kind string) bool { return kind == "no_permission" || kind == "unknown_command" }

// end forgets a fault. The lock is held.
func (h *health) end(ctx context.Context, kind string) {
	delete(h.faults, kind)
	h.some.Store(int32(len(h.faults)))
	h.o.Logger.LogAttrs(ctx, slog.LevelInfo, "redis takes commands again", slog.String("use", h.o.Use),
		slog.String("redis_address", h.address), slog.String("fault", kind))
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
