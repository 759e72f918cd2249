package redistest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// slots is how many slots a Cluster has.
const slots = 16384

// Cluster is a Redis Cluster of three masters with a replica each.
type Cluster struct {
	// Nodes are the masters of the start, and then their replicas in the same order.
	Nodes []*Server

	tb    testing.TB
	buses []string // the port of each node for the others
	ids   []string
}

// StartCluster runs a Cluster that replaces a master that has been away for a second, and waits until all nodes agree.
// The arguments are for its servers.
func StartCluster(tb testing.TB, args ...string) *Cluster {
	tb.Helper()
	c := &Cluster{tb: tb}
	for range 6 {
		bus := strconv.Itoa(portOf(tb, freeAddress(tb)))
		c.buses = append(c.buses, bus)
		node := Start(tb, append([]string{
			"--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-port", bus, "--dir", tb.TempDir(),
			"--repl-diskless-sync-delay", "0",
		}, args...)...)
		c.Nodes = append(c.Nodes, node)
		c.ids = append(c.ids, fmt.Sprint(node.Command("CLUSTER", "MYID")))
	}
	for i, node := range c.Nodes {
		node.Command("CLUSTER", "SET-CONFIG-EPOCH", i+1)
		if i < 3 {
			node.Command("CLUSTER", "ADDSLOTSRANGE", i*slots/3, (i+1)*slots/3-1)
		}
		if i > 0 {
			host, port := node.hostAndPort()
			c.Nodes[0].Command("CLUSTER", "MEET", host, port, c.buses[i])
		}
	}
	c.await("the nodes do not know each other", func(node *Server) bool {
		return node.info("cluster_known_nodes", "CLUSTER", "INFO") == "6" &&
			node.info("cluster_state", "CLUSTER", "INFO") == "ok"
	})
	for i, node := range c.Nodes[3:] {
		node.Command("CLUSTER", "REPLICATE", c.ids[i])
	}
	c.await("the replicas have no master", func(node *Server) bool {
		own := node.info("connected_slaves", "INFO", "replication") == "1" ||
			node.info("master_link_status", "INFO", "replication") == "up"
		answer, err := node.try("CLUSTER", "NODES")
		return err == nil && own && strings.Count(fmt.Sprint(answer), "slave") == 3
	})
	return c
}

func (c *Cluster) await(what string, done func(*Server) bool) {
	c.tb.Helper()
	testkit.Within(c.tb, formed, what, func() bool {
		return !slices.ContainsFunc(c.Nodes, func(node *Server) bool { return !done(node) })
	})
}

// URL returns the address for redis.Open, of three of the nodes.
func (c *Cluster) URL() string {
	return "redis://" + c.Nodes[0].Addr + "," + c.Nodes[1].Addr + "," + c.Nodes[2].Addr
}

// MasterOf returns the node that has a key now, as a node that is alive sees it, and a replica of it; nil where it has
// none.
func (c *Cluster) MasterOf(key string) (master, replica *Server) {
	c.tb.Helper()
	for _, node := range c.Nodes {
		slot, err := node.try("CLUSTER", "KEYSLOT", key)
		if err != nil {
			continue
		}
		answer, err := node.try("CLUSTER", "SLOTS")
		ranges, _ := answer.([]any)
		if err != nil {
			continue
		}
		for _, part := range ranges {
			fields, _ := part.([]any)
			if len(fields) < 3 || fields[0].(int64) > slot.(int64) || fields[1].(int64) < slot.(int64) {
				continue
			}
			if master = c.node(fields[2]); len(fields) > 3 {
				replica = c.node(fields[3])
			}
			return master, replica
		}
	}
	c.tb.Fatalf("no node knows who has %s", key)
	return nil, nil
}

// node is the one that an entry of CLUSTER SLOTS names.
func (c *Cluster) node(entry any) *Server {
	fields, _ := entry.([]any)
	if len(fields) < 2 {
		return nil
	}
	for _, node := range c.Nodes {
		if node.Addr == fmt.Sprintf("%v:%v", fields[0], fields[1]) {
			return node
		}
	}
	return nil
}

// Switch has the replica of a key's master take its place though that is well.
func (c *Cluster) Switch(key string) {
	c.tb.Helper()
	_, replica := c.MasterOf(key)
	if replica == nil {
		c.tb.Fatalf("the master of %s has no replica", key)
	}
	replica.Command("CLUSTER", "FAILOVER")
}

// AwaitMaster waits until another node than one has a key, and returns it.
func (c *Cluster) AwaitMaster(key string, old *Server) *Server {
	c.tb.Helper()
	var master *Server
	testkit.Within(c.tb, formed, "no replica is promoted", func() bool {
		master, _ = c.MasterOf(key)
		return master != nil && master != old && master.info("role", "INFO", "replication") == "master"
	})
	return master
}
