package quota

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// Group is one quota of an upstream.
type Group struct {
	// Name is what Take is called with. It is part of the key in Redis.
	Name string
	// Limit is how many calls the upstream allows in any Window.
	Limit int
	// Window is the length of the upstream's window.
	Window time.Duration
	// Headroom lengthens the counted window by this part of it, because the upstream counts arrivals and this package
	// counts sendings. 0 means 0.05, negative none.
	Headroom float64
	// BackgroundShare is the part of the limit that LaneBackground may have, between 0 and 1. 0 means 0.5.
	BackgroundShare float64
}

func (g *Group) check() error {
	switch {
	case g.Name == "":
		return errors.New("quota: a group has no name")
	case g.Limit < 1:
		return fmt.Errorf("quota: group %q: limit %d is below 1", g.Name, g.Limit)
	case g.Window < time.Millisecond:
		return fmt.Errorf("quota: group %q: window %v is below 1 ms", g.Name, g.Window)
	case g.Headroom > 1:
		return fmt.Errorf("quota: group %q: headroom %v is above 1", g.Name, g.Headroom)
	case g.BackgroundShare < 0 || g.BackgroundShare > 1:
		return fmt.Errorf("quota: group %q: background share %v is not between 0 and 1", g.Name, g.BackgroundShare)
	}
	g.Headroom = max(cmp.Or(g.Headroom, 0.05), 0)
	g.BackgroundShare = cmp.Or(g.BackgroundShare, 0.5)
	return nil
}

// Options are the settings that the groups of a replica share. The zero value counts in the process only.
type Options struct {
	// Redis must not evict; nil counts in the process. Its timeouts should be short and obey contexts.
	Redis *redis.Connection
	// Replica is the name of this process in Redis, for example the host name. A new process of the same name replaces
	// one that died. It may be empty: then the share of a dead process stays free for five minutes.
	Replica string
	// Environment keeps the keys of several sites in one Redis apart.
	Environment string
	// Account keeps the keys of gateways apart whose calls the upstream counts apart, in one environment. It is part of
	// the key, so it must not be secret. Equal on all replicas; it may be empty when there is only one account.
	Account string
	// MaxReplicas is how many replicas share the limit when Redis was never seen. 0 means 4.
	MaxReplicas int
	// OutageShare is the part of a limit that all replicas together may spend while Redis is lost, between 0 and 1. Equal
	// on all replicas. 0 means 0.8.
	OutageShare float64
	// Heartbeat is the silence after which a replica counts as gone; heartbeats are three times as frequent. Equal on all
	// replicas. 0 means 5 s.
	Heartbeat time.Duration
	// Timeout bounds one trip to Redis. 0 means 100 ms.
	Timeout time.Duration
	// Now is the clock; nil means time.Now. A clock that is moved back stands still until it catches up.
	Now func() time.Time
	// Rand returns numbers in [0, 1) that spread the replicas; nil means math/rand/v2.
	Rand func() float64
	// Logger gets the loss and return of Redis, and refusals by the upstream; nil discards.
	Logger *slog.Logger
	// OnEvent gets these and further events, outside any lock. It must not block. nil discards.
	OnEvent func(Event)
}

func (o *Options) complete() error {
	if o.MaxReplicas < 0 || o.Heartbeat < 0 || o.Timeout < 0 {
		return fmt.Errorf("quota: replicas %d, heartbeat %v, timeout %v: none may be negative",
			o.MaxReplicas, o.Heartbeat, o.Timeout)
	}
	if !(o.OutageShare >= 0 && o.OutageShare <= 1) { // also NaN
		return fmt.Errorf("quota: outage share %v is not between 0 and 1", o.OutageShare)
	}
	o.OutageShare = cmp.Or(o.OutageShare, 0.8)
	o.MaxReplicas = cmp.Or(o.MaxReplicas, 4)
	o.Heartbeat = cmp.Or(o.Heartbeat, 5*time.Second)
	o.Timeout = cmp.Or(o.Timeout, 100*time.Millisecond)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	if o.OnEvent == nil {
		o.OnEvent = func(Event) {}
	}
	return nil
}
