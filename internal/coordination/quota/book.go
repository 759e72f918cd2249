package quota

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

const (
	// forgetAfter is how long the share of a silent replica is kept free for it.
	forgetAfter = 5 * time.Minute
	// depth is how many coming tokens a refusal lists.
	depth = 64
	// figures is how many numbers precede them in a reply.
	figures = 13
)

//go:embed book.lua
var bookScript string

var (
	errNoMember = errors.New("the shared count does not know this replica")
	errLate     = errors.New("the command ran too late")
	errReply    = errors.New("the reply is cut")
)

// book is the client of book.lua for one group. Each operation is one trip.
type book struct {
	run     func(ctx context.Context, keys []string, args ...any) ([]int64, error) // the script, in Redis
	key     atomic.Pointer[string]
	member  string
	replica string
	fixed   []any
	timeout time.Duration
	elapsed func() time.Duration
	share   func() int   // tokens a window that this replica spends when Redis is lost
	ahead   atomic.Int64 // clock of Redis less elapsed, in microseconds; 0: not known
}

// reply is the answer of every operation.
type reply struct {
	granted, left int
	effective     float64
	used, own     int           // tokens in the window, of all and of this replica
	contenders    int           // replicas that have spent or wait for tokens, with this one
	rivals, alive int           // other replicas that wait; replicas with a heartbeat
	share         int           // tokens a window for this replica when Redis is lost
	back          time.Duration // until the oldest token comes back
	paused        time.Duration // until the pause after a refusal by the upstream ends
	moment        int64         // of the operation, in microseconds by the clock of Redis
	waits         []time.Duration
}

func newBook(g *group, o Options, member string) *book {
	script := goredis.NewScript(bookScript)
	b := &book{
		run: func(ctx context.Context, keys []string, args ...any) ([]int64, error) {
			return script.Run(ctx, redis.Client(o.Redis), keys, args...).Int64Slice()
		},
		member: member, replica: o.Replica,
		fixed: []any{
			g.limit, g.spent.span.Microseconds(), max(1, g.leaseTime.Microseconds()), g.backgroundShare,
			o.Heartbeat.Microseconds(), forgetAfter.Microseconds(), o.OutageShare,
		},
		timeout: o.Timeout,
		elapsed: g.elapsed,
		share:   g.ownShare,
	}
	b.open(o.Environment, o.Account, g.name)
	return b
}

// open has the book be that of an account. It has a name in the key, not a version: two versions of the gateway must
// count in one book.
func (b *book) open(environment, account, group string) {
	key := "opsgraph:" + environment + ":quota:" + account + "{" + group + "}"
	b.key.Store(&key)
}

// call runs one operation. A command that runs after its timeout does nothing: the other replicas must not believe that
// this one is in contact.
func (b *book) call(ctx context.Context, operation string, more ...any) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	latest := int64(0)
	if ahead := b.ahead.Load(); ahead != 0 {
		latest = (b.elapsed() + 2*b.timeout).Microseconds() + ahead
	}
	args := make([]any, 0, 5+len(b.fixed)+len(more))
	args = append(args, operation, b.member, b.replica, latest)
	args = append(append(args, b.fixed...), b.share())
	args = append(args, more...)
	numbers, err := b.run(ctx, []string{*b.key.Load()}, args...)
	if err != nil {
		return reply{}, fmt.Errorf("quota book %s: %w", operation, err)
	}
	r, err := b.read(numbers)
	if err != nil {
		return reply{}, fmt.Errorf("quota book %s: %w", operation, err)
	}
	return r, nil
}

func (b *book) read(numbers []int64) (reply, error) {
	if len(numbers) < 2 {
		return reply{}, errReply
	}
	b.ahead.Store(numbers[1] - b.elapsed().Microseconds())
	switch {
	case numbers[0] == -1:
		return reply{}, errNoMember
	case numbers[0] == -2:
		return reply{}, errLate
	case len(numbers) == 2:
		return reply{}, nil
	case len(numbers) < figures:
		return reply{}, errReply
	}
	r := reply{
		granted: int(numbers[2]), left: int(numbers[3]), effective: float64(numbers[4]) / 1000,
		used: int(numbers[5]), own: int(numbers[6]),
		contenders: int(numbers[7]), rivals: int(numbers[8]), alive: int(numbers[9]),
		share: int(numbers[10]), back: microseconds(numbers[11]),
		paused: microseconds(numbers[12]), moment: numbers[1],
	}
	for _, wait := range numbers[figures:] {
		r.waits = append(r.waits, microseconds(wait))
	}
	return r, nil
}

func microseconds(n int64) time.Duration { return time.Duration(n) * time.Microsecond }

// clock asks Redis for its time. It is harmless however late it runs.
func (b *book) clock(ctx context.Context) error {
	b.ahead.Store(0)
	_, err := b.call(ctx, "clock")
	return err
}

// take asks for tokens; waiting is how many more callers wait.
func (b *book) take(ctx context.Context, c class, want, waiting int) (reply, error) {
	return b.call(ctx, "take", int(c), want, waiting, depth)
}

// join makes this replica a member and records its spending that the book lacks.
func (b *book) join(ctx context.Context, had bool, alive int, now time.Duration, spent []spending) (reply, error) {
	args := make([]any, 0, 2+5*len(spent))
	args = append(args, had, alive)
	for _, s := range spent {
		args = append(args, s.number, (now - s.at).Microseconds(), s.count, int(s.class), s.shared)
	}
	return b.call(ctx, "join", args...)
}

// giveBack removes unused tokens.
func (b *book) giveBack(ctx context.Context, unused []*grant) (reply, error) {
	args := make([]any, 0, 2*len(unused))
	for _, t := range unused {
		args = append(args, int(t.class), t.moment)
	}
	return b.call(ctx, "giveback", args...)
}

func (b *book) slow(ctx context.Context, pause time.Duration) (reply, error) {
	return b.call(ctx, "slow", pause.Microseconds())
}

func (b *book) heartbeat(ctx context.Context, waiting bool) (reply, error) {
	return b.call(ctx, "heartbeat", waiting)
}

func (b *book) leave(ctx context.Context) error {
	_, err := b.call(ctx, "leave")
	return err
}

// answered reports whether Redis itself sent the error, so that the command has surely changed nothing.
func answered(err error) bool {
	var refusal goredis.Error
	return errors.As(err, &refusal) || errors.Is(err, errNoMember) || errors.Is(err, errLate)
}
