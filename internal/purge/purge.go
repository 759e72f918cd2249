// Package purge forgets held data on the order of an operator: in this replica at once, in the others as soon as they
// have read of it, and in Redis. It begins no upstream call and touches no quota. It does not know what the data are.
package purge

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/purges"
)

// everything stands for all operations, or all tenants.
const everything = "*"

// burst is how many orders may come at once; then one a second, whoever sends them.
const burst = 5

// Sets are the held data.
type Sets interface {
	// Operations are the upstream operations of which data are held.
	Operations() []string
	// Highest is the highest number that is known of a purge of any data.
	Highest() uint64
	// Covered reports whether memory has data of a tenant that covers reports.
	Covered(covers func(scope string) bool) bool
	// Purge forgets data of an operation, or of all where it is empty, and tells what went by operation.
	Purge(ctx context.Context, operation string, order cache.Purge) (map[string]cache.Purged, error)
}

// Tenants tells tenants apart as the log names them.
type Tenants interface {
	// TenantOf is the id of the tenant of a scope.
	TenantOf(scope string) string
	// MayBeDomain reports whether a text could be the scope of a tenant that nothing is held of here.
	MayBeDomain(text string) bool
}

// Options are what a purger needs.
type Options struct {
	// Token is what operators send; not empty.
	Token string
	// Log tells the other replicas; nil where there are none.
	Log *purges.Log
	// LookEvery is how soon this replica learns of what others were told.
	LookEvery time.Duration
	// Keep is how long any data are held at most.
	Keep    time.Duration
	Sets    Sets
	Tenants Tenants
	// Own is the id of the tenant whose data are the gateway's own; empty where it has none.
	Own string
	// Sweep removes what was made of data that went, and counts it.
	Sweep func() int
	// Nearest returns the name that a mistyped one most likely means.
	Nearest func(word string, names []string) string
	Now     func() time.Time
	Logger  *slog.Logger
}

// Purger forgets held data. It is safe for concurrent use.
type Purger struct {
	options Options
	token   [sha256.Size]byte
	rate    *rate.Limiter

	mu    sync.Mutex        // one purge at a time, from its number on
	known map[string]uint64 // numbers of the purges that were carried out and may still be in the log, by name

	stop    context.CancelFunc
	looking sync.WaitGroup
}

// New makes a purger, and carries out what others were told before this replica came. Close ends it.
func New(ctx context.Context, o Options) *Purger {
	p := &Purger{
		options: o, token: sha256.Sum256([]byte(o.Token)), rate: rate.NewLimiter(rate.Every(time.Second), burst),
		known: map[string]uint64{}, stop: func() {},
	}
	if o.Log == nil {
		return p
	}
	p.look(ctx)
	ctx, p.stop = context.WithCancel(context.WithoutCancel(ctx))
	p.looking.Go(func() {
		tick := time.NewTicker(o.LookEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.look(ctx)
			case <-ctx.Done():
				return
			}
		}
	})
	return p
}

// Close ends the looks at other replicas' orders. Closing nil does nothing.
func (p *Purger) Close() {
	if p == nil {
		return
	}
	p.stop()
	p.looking.Wait()
}

// look carries out what other replicas were told to purge.
func (p *Purger) look(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	all, err := p.options.Log.All(ctx)
	if err != nil {
		return // Redis is away, which its own health says
	}
	known := make(map[string]uint64, len(all))
	for _, purge := range all {
		known[purge.Name()] = purge.Number
		if p.known[purge.Name()] >= purge.Number {
			continue
		}
		if gone := p.carryOut(ctx, purge, false); gone.Entries+gone.KeptAnswers > 0 {
			p.options.Logger.LogAttrs(ctx, slog.LevelInfo, "purged for another replica", attributesOf(purge, gone)...)
		}
	}
	p.known = known
}

// dropped is what this replica has forgotten.
type dropped struct {
	// Entries are those of memory, Bytes what they took, KeptAnswers the answers that were made of them.
	Entries     int   `json:"entries"`
	Bytes       int64 `json:"bytes"`
	KeptAnswers int   `json:"keptAnswers"`
	// Redis counts the entries that were removed there, Operations those of memory by upstream operation.
	Redis      int            `json:"redis"`
	Operations map[string]int `json:"operations"`
	// RedisIncomplete is set when Redis has some of them still, until their age ends.
	RedisIncomplete bool `json:"redisIncomplete"`
}

// carryOut forgets what a purge means. Only the replica that was ordered removes data from Redis: by the time that
// others do, newer ones may be there. p.mu is held.
func (p *Purger) carryOut(ctx context.Context, purge purges.Purge, ordered bool) (gone dropped) {
	sets, err := p.options.Sets.Purge(ctx, purge.Operation, cache.Purge{
		Name: purge.Name(), Number: purge.Number, Redis: ordered, Covers: p.covers(purge.Tenant),
		Until: p.options.Now().Add(p.options.Keep),
	})
	if err != nil { // no replica that knows of the purge takes what Redis has still
		gone.RedisIncomplete = true
		p.options.Logger.WarnContext(ctx, "purged data not removed from redis", slog.Any("error", err))
	}
	gone.Operations = make(map[string]int, len(sets))
	for operation, of := range sets {
		gone.Operations[operation] = of.Entries
		gone.Entries += of.Entries
		gone.Bytes += of.Bytes
		gone.Redis += of.Removed
	}
	gone.KeptAnswers = p.options.Sweep()
	return gone
}

// covers reports which scopes are those of a tenant; empty means all.
func (p *Purger) covers(tenant string) func(scope string) bool {
	if tenant == "" {
		return func(string) bool { return true }
	}
	return func(scope string) bool { return p.options.Tenants.TenantOf(scope) == tenant }
}

func nameOrAll(name string) string {
	if name == "" {
		return everything
	}
	return name
}

func attributesOf(purge purges.Purge, gone dropped) []slog.Attr {
	return []slog.Attr{
		slog.String("operation", nameOrAll(purge.Operation)), slog.String("tenant", nameOrAll(purge.Tenant)),
		slog.Int("entries", gone.Entries), slog.Int64("bytes", gone.Bytes), slog.Int("kept_answers", gone.KeptAnswers),
		slog.Int("redis", gone.Redis),
	}
}
