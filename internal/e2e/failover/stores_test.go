package failover

import (
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// store is a Redis that survives the loss of a server.
type store interface {
	URL() string
	// master is the server that has the book of the quota.
	master() *redistest.Server
	// heir waits until another server has it.
	heir(old *redistest.Server) *redistest.Server
	// switchOver has another server take over though the master is well.
	switchOver()
}

// quotaKey is in the slot of the quota's book in a Cluster.
const quotaKey = "{" + config.QuotaMinute + "}"

type sentinels struct{ *redistest.Sentinels }

func startSentinels(t *testing.T) store { t.Helper(); return sentinels{redistest.StartSentinels(t)} }

func (s sentinels) master() *redistest.Server                    { return s.Master() }
func (s sentinels) heir(old *redistest.Server) *redistest.Server { return s.AwaitMaster(old) }
func (s sentinels) switchOver()                                  { s.Switch() }

type cluster struct{ *redistest.Cluster }

func startCluster(t *testing.T) store { t.Helper(); return cluster{redistest.StartCluster(t)} }

func (c cluster) master() *redistest.Server {
	master, _ := c.MasterOf(quotaKey)
	return master
}

func (c cluster) heir(old *redistest.Server) *redistest.Server { return c.AwaitMaster(quotaKey, old) }
func (c cluster) switchOver()                                  { c.Switch(quotaKey) }

// blow takes a master away; back is what becomes of it once another one was promoted.
type blow func(s store, master *redistest.Server) (back func())

func killed(_ store, master *redistest.Server) func() {
	master.Kill()
	return func() {}
}

func killedAndBack(_ store, master *redistest.Server) func() {
	master.Kill()
	return master.Restart
}

func frozen(_ store, master *redistest.Server) func() {
	master.Pause()
	return master.Resume
}

func switched(s store, _ *redistest.Server) func() {
	s.switchOver()
	return func() {}
}

// way is a way in which the master of the quota is replaced.
type way struct {
	name  string
	small bool // it is run by `make test` too
	start func(t *testing.T) store
	blow  blow
}

func ways() []way {
	return []way{
		{"Sentinel: master killed", true, startSentinels, killed},
		{"Sentinel: master killed, and back empty", false, startSentinels, killedAndBack},
		{"Sentinel: master frozen, and thawed", false, startSentinels, frozen},
		{"Sentinel: SENTINEL FAILOVER", false, startSentinels, switched},
		{"Cluster: master killed", true, startCluster, killed},
		{"Cluster: master frozen, and thawed", false, startCluster, frozen},
		{"Cluster: CLUSTER FAILOVER", false, startCluster, switched},
	}
}

// fail replaces the master, and returns the server that is promoted.
func (w way) fail(s store) *redistest.Server {
	old := s.master()
	back := w.blow(s, old)
	promoted := s.heir(old)
	back()
	return promoted
}
