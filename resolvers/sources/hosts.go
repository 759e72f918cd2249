package sources

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// OperationHostDetails is the upstream operation behind hosts.
const OperationHostDetails = "listHostDetails"

// Hosts is the source of physical hosts: one snapshot of the whole list, which every query of hosts is answered from, and single
// hosts by id where that costs less than the list.
type Hosts struct {
	snapshot *cache.Snapshot[esm.HostDetail, *HostList]
	byID     *cache.Many[string, esm.HostDetail, *model.Host]
	// lastRows is how many hosts the last list of a scope had, by scope.
	lastRows byScope[int]
	// quotaLeft tells how many calls the operation has left; nil where its quota is too large to matter.
	quotaLeft func(context.Context) int
	// pageSize is how many hosts a page of the list has.
	pageSize int
}

// HostList is one generation of the complete host list, in default order, with its indexes.
type HostList struct {
	// All holds every host, by name and id.
	All []*model.Host
	// Gaps are the rows that could not be read, by region code.
	Gaps []cache.Gap
	// Truncated tells that the list was longer than the pages that are read.
	Truncated bool

	byID     map[string]*model.Host
	bySerial map[string]*model.Host
	byRegion map[string][]*model.Host
	// byOwnSerial, byAddress and byName hold nil where several hosts share the key.
	byOwnSerial map[string]*model.Host
	byAddress   map[string]*model.Host
	byName      map[regionName]*model.Host
	orders      orderCache[*model.Host]
	summary     sync.Once
	counts      *model.HostSummary
}

type regionName struct{ region, name string }

func newHosts(cfg Config, regions *Regions) (*Hosts, error) {
	h := &Hosts{quotaLeft: cfg.HostQuotaLeft, pageSize: cmp.Or(cfg.PageSize, defaultPageSize)}
	var err error
	if h.lastRows, err = newByScope[int](); err != nil {
		return nil, err
	}
	h.snapshot, err = cache.NewSnapshot(cache.SnapshotConfig[esm.HostDetail, *HostList]{
		Operation:    OperationHostDetails,
		Ages:         cfg.Ages.Hosts,
		Tiers:        cfg.Tiers,
		KeepOneEmpty: true,
		Fetch: func(ctx context.Context, _ cache.Key) (cache.Fetched[esm.HostDetail], error) {
			list, err := cfg.ESM.HostDetails(lane(ctx), windowEndingNow(cfg.Now(), cfg.Windows.Hosts), "")
			return fetched(list, "REGION_ID"), asFetchError(err)
		},
		Build: func(key cache.Key, f cache.Fetched[esm.HostDetail]) (*HostList, int64) {
			list := buildHosts(cfg, f)
			regions.learn(key.Scope, list.RegionCodes())
			h.lastRows.put(key.Scope, len(list.All))
			return list, int64(len(list.All)) * bytesOfHost
		},
	})
	if err != nil {
		return nil, fmt.Errorf("host snapshot: %w", err)
	}
	h.byID, err = cache.NewMany(cache.ManyConfig[string, esm.HostDetail, *model.Host]{
		Operation:   OperationHostDetails,
		Ages:        cfg.Ages.Hosts,
		Tiers:       cfg.Tiers,
		NegativeFor: cfg.NotFoundFor,
		Text:        func(hostID string) string { return hostID },
		Fetch: func(ctx context.Context, _ string, hostIDs []string) map[string]cache.Result[esm.HostDetail] {
			return each(ctx, hostIDs, func(ctx context.Context, hostID string) (esm.HostDetail, bool, error) {
				list, err := cfg.ESM.HostDetails(lane(ctx), windowEndingNow(cfg.Now(), cfg.Windows.Hosts), hostID)
				if err == nil && len(list.Bad) > 0 { // what can't be read is not a host that there isn't
					err = GapError(OperationHostDetails)
				}
				if err != nil || len(list.Rows) == 0 {
					return esm.HostDetail{}, err != nil, asFetchError(err)
				}
				return list.Rows[0], true, nil
			})
		},
		Build: func(_ string, record esm.HostDetail) (*model.Host, int64) {
			return convertHost(cfg, record), bytesOfHost
		},
	})
	if err != nil {
		return nil, fmt.Errorf("hosts by id: %w", err)
	}
	return h, nil
}

func (h *Hosts) close() {
	h.snapshot.Close()
	h.byID.Close()
}

// Peek gives the host list when memory has it; it never waits.
func (h *Hosts) Peek(ctx context.Context, scope string) (cache.Held[*HostList], bool) {
	return h.snapshot.Peek(ctx, cache.Key{Scope: scope})
}

// Load gives the host list, fetched when it must be.
func (h *Hosts) Load(ctx context.Context, scope string, maxAge time.Duration) (cache.Held[*HostList], error) {
	return h.snapshot.Get(ctx, cache.Key{Scope: scope}, maxAge)
}

// bytesOfHost is about what a converted host takes in memory.
const bytesOfHost = 2500

func buildHosts(cfg Config, f cache.Fetched[esm.HostDetail]) *HostList {
	list := &HostList{
		Gaps:        f.Gaps,
		Truncated:   f.Truncated,
		byID:        make(map[string]*model.Host, len(f.Records)),
		bySerial:    make(map[string]*model.Host, len(f.Records)),
		byRegion:    map[string][]*model.Host{},
		byOwnSerial: make(map[string]*model.Host, len(f.Records)),
		byAddress:   make(map[string]*model.Host, len(f.Records)),
		byName:      make(map[regionName]*model.Host, len(f.Records)),
	}
	hosts := make([]*model.Host, 0, len(f.Records))
	for _, record := range f.Records {
		host := convertHost(cfg, record)
		if host == nil || list.byID[host.HostID] != nil {
			continue
		}
		list.byID[host.HostID] = host
		hosts = append(hosts, host)
	}
	list.All = HostOrderOf(nil).Sorted(hosts)
	for _, host := range list.All {
		list.index(host)
	}
	return list
}

func (l *HostList) index(host *model.Host) {
	if host.SerialNumber != nil {
		if l.bySerial[*host.SerialNumber] == nil {
			l.bySerial[*host.SerialNumber] = host
		}
		indexUnique(l.byOwnSerial, *host.SerialNumber, host)
	}
	region := text(host.RegionCode)
	if region != "" {
		l.byRegion[region] = append(l.byRegion[region], host)
	}
	for _, address := range host.IPAddresses {
		indexUnique(l.byAddress, address, host)
	}
	if host.Name != nil && region != "" {
		indexUnique(l.byName, regionName{region, *host.Name}, host)
	}
}

// indexUnique keeps the value under its key, or nil once another value has the same key.
func indexUnique[K comparable, V any](index map[K]*V, key K, value *V) {
	if before, taken := index[key]; taken && before != value {
		value = nil
	}
	index[key] = value
}

// ByID is the host with an id; nil when the list has none.
func (l *HostList) ByID(hostID string) *model.Host { return l.byID[hostID] }

// BySerialNumber is the host with a serial number; nil when the list has none.
func (l *HostList) BySerialNumber(serial string) *model.Host { return l.bySerial[serial] }

// InRegion holds the hosts of a region, by name and id.
func (l *HostList) InRegion(code string) []*model.Host { return l.byRegion[code] }

// RegionCodes are the regions that hosts name, in order.
func (l *HostList) RegionCodes() []string { return sortedKeys(l.byRegion) }

// Summary counts all hosts; worked out at the first question.
func (l *HostList) Summary() *model.HostSummary {
	l.summary.Do(func() { l.counts = SummariseHosts(l.All) })
	return l.counts
}

// InOrder holds all hosts in another order than the default one; sorted at the first question.
func (l *HostList) InOrder(order Order[*model.Host]) []*model.Host {
	return l.orders.in(order, HostOrderOf(nil).Name, l.All)
}

// HostOrderOf is the order that a query asks for; nil means the default one, by name and id.
func HostOrderOf(o *model.HostOrder) Order[*model.Host] {
	order := Order[*model.Host]{ID: func(h *model.Host) string { return h.HostID }}
	field := model.HostOrderFieldName
	if o != nil {
		field, order.Descending = o.Field, o.Direction == model.OrderDirectionDesc
	}
	switch field {
	case model.HostOrderFieldMemory:
		order.Name, order.Key = "hm", func(h *model.Host) model.SortKey { return numberKey(h.MemoryGib) }
	case model.HostOrderFieldCluster:
		order.Name, order.Key = "hc", func(h *model.Host) model.SortKey { return textKey(h.Cluster) }
	case model.HostOrderFieldRack:
		order.Name, order.Key = "hr", func(h *model.Host) model.SortKey { return textKey(h.Rack) }
	case model.HostOrderFieldName:
		order.Name, order.Key = "hn", func(h *model.Host) model.SortKey { return textKey(h.Name) }
	}
	if order.Descending {
		order.Name += "-"
	}
	return order
}

// windowEndingNow is a span of the given length up to the next whole minute, so that calls within a minute are the same call.
func windowEndingNow(now time.Time, length time.Duration) esm.Window {
	end := now.Truncate(time.Minute)
	if end.Before(now) {
		end = end.Add(time.Minute)
	}
	return esm.Window{From: end.Add(-length), To: end}
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}

// HostMatches tells whether a host passes the filter; a nil filter lets every host pass.
func HostMatches(f *model.HostFilter) func(*model.Host) bool {
	if f == nil {
		return func(*model.Host) bool { return true }
	}
	regions, ids, serials := setOf(f.Regions), setOf(f.HostIds), setOf(f.SerialNumbers)
	clusters, zones, architectures := setOf(f.Clusters), setOf(f.AvailabilityZones), setOf(f.CPUArchitectures)
	contains := strings.ToLower(text(f.NameContains))
	return func(h *model.Host) bool {
		return regions.has(h.RegionCode) && ids.has(&h.HostID) && serials.has(h.SerialNumber) &&
			clusters.has(h.Cluster) && zones.has(h.AvailabilityZone) && architectures.has(h.CPUArchitecture) &&
			(contains == "" || strings.Contains(strings.ToLower(text(h.Name)), contains))
	}
}
