package redis

import (
	"context"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// triedFor is how long a write that tries Redis stays there.
const triedFor = time.Second

// doubt is a fault of writes that was seen so many times when a command succeeded. The command may have written
// nothing: a script that finds nothing to do, or the node of another key in a Cluster.
type doubt struct {
	kind, key string
	times     int
}

// ofWrites reports whether a kind of fault is over when a write succeeds, whichever it is: those of all writes, while
// Redis may take everything else, and those of a server that can't serve yet, or of its part of a Cluster.
func ofWrites(kind string) bool {
	switch kind {
	case "read_only", "out_of_memory", "cannot_save", "no_replicas", "loading", "no_master", "cluster_down":
		return true
	}
	return false
}

// tryWrites settles doubts by a write of its own beside the key that was refused, one at a time: the fault ends when
// Redis takes it, and was seen again when it does not. Any other outcome leaves it as it is, until it is forgotten.
func (h *health) tryWrites(ctx context.Context, doubtful []doubt) {
	if len(doubtful) == 0 || !h.trying.CompareAndSwap(false, true) {
		return
	}
	defer h.trying.Store(false)
	ctx = context.WithValue(context.WithoutCancel(ctx), admitted{}, true)
	client := h.client.(goredis.UniversalClient)
	tried := map[string]bool{}
	for _, d := range doubtful {
		if tried[d.kind] {
			continue
		}
		tried[d.kind] = true
		cmd := client.Set(ctx, besideKey(d.key), "", triedFor)
		if err := cmd.Err(); err == nil {
			h.wrote(ctx, d)
		} else if fault := FaultOf(err, h.o.Settings); fault != nil && fault.Kind == d.kind {
			h.refused(ctx, *fault, commandOf(cmd))
		}
	}
}

// wrote ends a fault, unless it was seen again meanwhile.
func (h *health) wrote(ctx context.Context, d doubt) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.faults[d.kind]; f != nil && f.times == d.times {
		h.end(ctx, d.kind)
	}
}

// besideKey returns a key in the same slot of a Cluster as another one, so that the same node is asked.
func besideKey(key string) string {
	if _, rest, ok := strings.Cut(key, "{"); ok {
		if tag, _, ok := strings.Cut(rest, "}"); ok && tag != "" {
			key = tag
		}
	}
	return "opsgraph:check:v1:{" + key + "}"
}
