package loaders

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/instances"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
)

// Begin begins to read a list that the operation will surely ask for, by the upstream operation and the key of its
// estimate: a field that asks for it later joins in, and has its outcome, failures too. What is no whole list is left
// to the fields.
func (s *Set) Begin(operation string, key any) {
	switch operation {
	case hosts.Operation:
		begin(s, s.sources.Hosts.List, key)
	case devices.Operation:
		begin(s, s.sources.Devices.List, key)
	case devices.OperationClusters:
		begin(s, s.sources.Devices.Clusters, key)
	case capacity.OperationService:
		begin(s, s.sources.Capacity.Services, key)
	case capacity.OperationPhysical:
		begin(s, s.sources.Capacity.Physical, key)
	case alarms.OperationService:
		begin(s, s.sources.Alarms.Lists[model.AlarmSourceCloudService], key)
	case alarms.OperationDevice:
		begin(s, s.sources.Alarms.Lists[model.AlarmSourceDevice], key)
	case metrics.OperationServers:
		begin(s, s.sources.Metrics.Boards, key)
	case instances.Operation:
		begin(s, s.sources.Instances.Lists, key)
	case instances.OperationTenant:
		begin(s, s.sources.Instances.Tenant, key)
	}
}

func begin[K comparable, V any](s *Set, from cache.Set[K, V], key any) {
	if of, ok := key.(K); ok {
		load(s, from).begin(of)
	}
}

// begin sends a key at once. Nothing is noted of it until a field asks, which then gets the outcome of this batch.
func (l *loader[K, V]) begin(key K) {
	l.mu.Lock()
	if l.begun == nil {
		l.begun = map[K]struct{}{}
	}
	l.begun[key] = struct{}{}
	l.mu.Unlock()
	l.batches().Load(l.set.ctx, key)
	l.batches().Flush()
}
