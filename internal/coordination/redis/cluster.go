package redis

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	goredis "github.com/redis/go-redis/v9"
)

// cluster makes go-redis's client of a Cluster as quick and as careful as that of a server:
//
//   - Each node has a breaker of its own: one that is away or frozen does not keep commands from the others, and costs
//     its time limit three times, then nothing.
//   - A command is sent once. The client would send it again after a failure, three times with pauses, though a script
//     may have run. Only a node that says that another one has the key (MOVED, ASK) has run nothing.
//   - After a failure the client asks at once which nodes there are, so that it finds the one that was promoted. By
//     itself it would ask once in ten seconds.
type cluster struct {
	client *goredis.ClusterClient
	health *health
	away   away
}

// watchCluster puts the breakers before the nodes of a client that has sent nothing yet.
func watchCluster(client *goredis.ClusterClient, o Options, h *health) *cluster {
	c := &cluster{client: client, health: h, away: away{now: o.Now, nodes: map[string]*awayNode{}}}
	client.OnNewNode(func(node *goredis.Client) {
		address := node.Options().Addr
		node.AddHook(&nodeHook{address: address, breaker: newBreaker(o, address), health: h, away: &c.away})
	})
	client.AddHook(&clusterHook{cluster: c})
	return c
}

const (
	// awayFor is how long a node that is away counts after a command was last meant for it, where no such command has
	// succeeded elsewhere: another node has its place.
	awayFor = 3 * time.Second
	// awayKeys is how many keys are remembered of a node that is away.
	awayKeys = 64
)

// away has the nodes that do not answer.
type away struct {
	now  func() time.Time
	some atomic.Int32 // of them; while there are none, a success costs no lock

	mu    sync.Mutex
	nodes map[string]*awayNode // by address
}

type awayNode struct {
	last time.Time       // when a command was last meant for it
	keys map[string]bool // in the slots of such commands
}

// lost notes that commands meant for a node were not answered.
func (a *away) lost(address string, cmds []goredis.Cmder) {
	a.mu.Lock()
	defer a.mu.Unlock()
	node := a.nodes[address]
	if node == nil {
		node = &awayNode{keys: map[string]bool{}}
		a.nodes[address] = node
	}
	node.last = a.now()
	if len(node.keys) < awayKeys {
		node.keys[besideKey(commandOf(cmds[0]).key)] = true
	}
	a.some.Store(int32(len(a.nodes)))
}

// back notes that a node has answered.
func (a *away) back(address string) {
	if a.some.Load() == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.nodes, address)
	a.some.Store(int32(len(a.nodes)))
}

// served notes that a command has succeeded: a node for which such commands were meant has been replaced.
func (a *away) served(cmd goredis.Cmder) {
	if a.some.Load() == 0 {
		return
	}
	key := besideKey(commandOf(cmd).key)
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.DeleteFunc(a.nodes, func(_ string, node *awayNode) bool { return node.keys[key] })
	a.some.Store(int32(len(a.nodes)))
}

// any reports whether a node is away that commands are meant for.
func (a *away) any() bool {
	if a.some.Load() == 0 {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	maps.DeleteFunc(a.nodes, func(_ string, node *awayNode) bool { return now.Sub(node.last) > awayFor })
	a.some.Store(int32(len(a.nodes)))
	return len(a.nodes) > 0
}

// once is the context key of commands that a Cluster gets, with the *sent of those that go together.
type once struct{}

// sent are commands that a node has got, or was to get, with what became of each.
type sent struct {
	mu      sync.Mutex
	outcome map[goredis.Cmder]error
}

// note keeps the outcome of commands, unless they are to be sent to another node.
func (s *sent) note(cmds []goredis.Cmder, outcome func(goredis.Cmder) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cmd := range cmds {
		if err := outcome(cmd); !elsewhere(err) {
			s.outcome[cmd] = err
		}
	}
}

// fresh are the commands that no node has got yet.
func (s *sent) fresh(cmds []goredis.Cmder) []goredis.Cmder {
	s.mu.Lock()
	defer s.mu.Unlock()
	var fresh []goredis.Cmder
	for _, cmd := range cmds {
		if _, done := s.outcome[cmd]; !done {
			fresh = append(fresh, cmd)
		}
	}
	return fresh
}

// settle gives each command its outcome, which the client may have written over, and returns the first error.
func (s *sent) settle(cmds []goredis.Cmder) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var first error
	for _, cmd := range cmds {
		if err, done := s.outcome[cmd]; done {
			cmd.SetErr(err)
		}
		if err := cmd.Err(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// elsewhere reports whether a node has not run a command because another one has its key, or because it is no longer
// part of the Cluster.
func elsewhere(err error) bool {
	return goredis.HasErrorPrefix(err, "MOVED") || goredis.HasErrorPrefix(err, "ASK") || errors.Is(err, goredis.ErrClosed)
}

// finalError hides an error from the client, which would send its command again.
type finalError struct{ cause error }

func (e *finalError) Error() string { return "not sent again: " + e.cause.Error() }

// clusterHook stands before all nodes.
type clusterHook struct{ *cluster }

// DialHook leaves dialling alone.
func (h *clusterHook) DialHook(next goredis.DialHook) goredis.DialHook { return next }

// ProcessHook sends a command once.
func (h *clusterHook) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		err := next(context.WithValue(ctx, once{}, &sent{}), cmd)
		if final, ok := errors.AsType[*finalError](err); ok {
			err = final.cause
		}
		cmd.SetErr(err)
		h.ended(ctx, []goredis.Cmder{cmd}, err)
		return err
	}
}

// ProcessPipelineHook sends each command of a pipeline once.
func (h *clusterHook) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		s := &sent{outcome: make(map[goredis.Cmder]error, len(cmds))}
		_ = next(context.WithValue(ctx, once{}, s), cmds) // settle has the error of each command
		err := s.settle(cmds)
		h.ended(ctx, cmds, err)
		return err
	}
}

// ended takes note of commands that have ended, and looks for the nodes of now where one was not answered.
func (h *clusterHook) ended(ctx context.Context, cmds []goredis.Cmder, err error) {
	if ctx.Value(admitted{}) != nil {
		return // a try of the health's own
	}
	h.health.note(ctx, cmds, err)
	doubtful := false
	for _, cmd := range cmds {
		if ran(cmd.Err()) {
			h.away.served(cmd)
		}
		doubtful = doubtful || moved(cmd.Err())
	}
	if doubtful {
		h.client.ReloadState(ctx)
	}
}

// moved reports whether the nodes of a Cluster may be others now.
func moved(err error) bool {
	if err == nil || errors.Is(err, goredis.Nil) || errors.Is(err, context.Canceled) {
		return false
	}
	if _, answered := errors.AsType[goredis.Error](err); answered {
		fault := FaultOf(err, "")
		return fault != nil && (fault.Kind == "read_only" || fault.Kind == "cluster_down" || fault.Kind == "no_master")
	}
	return true
}

// nodeHook stands before one node.
type nodeHook struct {
	address string
	breaker circuitbreaker.CircuitBreaker[any]
	health  *health
	away    *away
}

// DialHook leaves dialling alone: a failed dial is a failure of the command that needed it.
func (h *nodeHook) DialHook(next goredis.DialHook) goredis.DialHook { return next }

// ProcessHook runs a single command through the breaker, and hides a failure of one that must not be sent again.
func (h *nodeHook) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		if h.holds(ctx) {
			return next(ctx, cmd)
		}
		err := h.through(ctx, []goredis.Cmder{cmd}, func(ctx context.Context) error { return next(ctx, cmd) })
		if _, inCluster := ctx.Value(once{}).(*sent); inCluster && err != nil && !elsewhere(err) {
			return &finalError{err}
		}
		return err
	}
}

// ProcessPipelineHook runs those commands of a pipeline through the breaker that no node has got yet.
func (h *nodeHook) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		if h.holds(ctx) {
			return next(ctx, cmds)
		}
		s, inCluster := ctx.Value(once{}).(*sent)
		if !inCluster || s.outcome == nil {
			return h.through(ctx, cmds, func(ctx context.Context) error { return next(ctx, cmds) })
		}
		fresh := s.fresh(cmds)
		if len(fresh) == 0 {
			return ErrUnavailable // each has its outcome
		}
		reached := false
		err := h.through(ctx, fresh, func(ctx context.Context) error {
			reached = true
			return next(ctx, fresh)
		})
		s.note(fresh, func(cmd goredis.Cmder) error {
			if !reached {
				return err
			}
			return cmd.Err()
		})
		return err
	}
}

// holds reports whether the breaker of this node has let in what sends the command: those for a new connection are sent
// inside the one that needed it.
func (h *nodeHook) holds(ctx context.Context) bool { return ctx.Value(admitted{}) == h }

// through sends commands through the breaker of the node as one call.
func (h *nodeHook) through(ctx context.Context, cmds []goredis.Cmder, send func(context.Context) error) error {
	if !h.breaker.TryAcquirePermit() {
		h.away.lost(h.address, cmds)
		return ErrUnavailable
	}
	ctx = context.WithValue(ctx, admitted{}, h)
	began := time.Now()
	err := send(ctx)
	h.health.o.OnCommand(classOf(cmds), time.Since(began))
	h.health.record(ctx, h.breaker, err)
	if h.breaker.IsClosed() {
		h.away.back(h.address)
	} else {
		h.away.lost(h.address, cmds)
	}
	return err
}
