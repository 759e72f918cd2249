package sources

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// OperationInstances is the upstream operation behind metered instances.
const OperationInstances = "listCloudResourceInstanceData"

// Instances is the source of metered instances: one snapshot for each type of the default window, and one for each span that a query
// names. The upstream's call is fast and has no filter but the type, so a list is read whole.
type Instances struct {
	// Limit is what holds for the spans that a query names.
	Limit RangeLimit

	snapshot *cache.Snapshot[esm.ResourceInstance, *InstanceList]
}

// InstanceKey names a list: a type and a span in whole hours, or the default window when the span is zero.
type InstanceKey struct {
	Type model.InstanceType
	Span
}

// part is the key's name among the snapshots. The default window is no part of it: it moves with every minute.
func (k InstanceKey) part() string {
	if k.From.IsZero() {
		return string(k.Type)
	}
	return fmt.Sprintf("%s %d %d", k.Type, k.From.Unix(), k.To.Unix())
}

var errInstancePart = errors.New("not the name of a list of instances")

func instanceKeyOf(part string) (InstanceKey, error) {
	word, ends, named := strings.Cut(part, " ")
	key := InstanceKey{Type: model.InstanceType(word)}
	if !named {
		return key, nil
	}
	var from, to int64
	if _, err := fmt.Sscanf(ends, "%d %d", &from, &to); err != nil {
		return key, fmt.Errorf("%w: %w", errInstancePart, err)
	}
	key.Span = Span{From: time.Unix(from, 0).UTC(), To: time.Unix(to, 0).UTC()}
	return key, nil
}

func newInstances(cfg Config, regions *Regions) (*Instances, error) {
	i := &Instances{Limit: RangeLimit{Of: "instances", Default: cfg.Windows.Instances, Most: cfg.Windows.InstanceRange, Step: time.Hour}}
	var err error
	i.snapshot, err = cache.NewSnapshot(cache.SnapshotConfig[esm.ResourceInstance, *InstanceList]{
		Operation:    OperationInstances,
		Ages:         cfg.Ages.Instances,
		Tiers:        cfg.Tiers,
		KeepOneEmpty: true,
		Fetch: func(ctx context.Context, key cache.Key) (cache.Fetched[esm.ResourceInstance], error) {
			asked, err := instanceKeyOf(key.Part)
			if err != nil {
				return cache.Fetched[esm.ResourceInstance]{}, err
			}
			list, err := cfg.ESM.ResourceInstances(lane(ctx), string(asked.Type), instanceWindow(cfg, asked), 0)
			return instanceRows(list), asFetchError(err)
		},
		Build: func(key cache.Key, f cache.Fetched[esm.ResourceInstance]) (*InstanceList, int64) {
			kind, _, _ := strings.Cut(key.Part, " ")
			list := buildInstances(cfg, model.InstanceType(kind), f)
			regions.learn(key.Scope, sortedKeys(list.byRegion))
			return list, int64(len(list.All))*bytesOfInstance + int64(len(f.Records))*bytesOfRecord
		},
	})
	if err != nil {
		return nil, fmt.Errorf("instances: %w", err)
	}
	return i, nil
}

// instanceRows is what a list keeps of its rows. One without a resource id is no instance: it counts as unreadable.
func instanceRows(list rest.List[esm.ResourceInstance]) cache.Fetched[esm.ResourceInstance] {
	f := fetched(list, "region_code")
	nameless := map[string]int{}
	f.Records = Select(f.Records, func(r esm.ResourceInstance) bool {
		if r.ResourceID.IsAbsent() {
			nameless[r.RegionCode.String()]++
			return false
		}
		return true
	})
	for i, gap := range f.Gaps {
		f.Gaps[i].Rows += nameless[gap.Part]
		delete(nameless, gap.Part)
	}
	for _, region := range sortedKeys(nameless) {
		f.Gaps = append(f.Gaps, cache.Gap{Part: region, Reason: "unreadable rows", Rows: nameless[region]})
	}
	return f
}

// instanceWindow is what the upstream is asked for: the default window up to now, or the hours of the key as far as they have begun.
func instanceWindow(cfg Config, key InstanceKey) esm.Window {
	window := windowEndingNow(cfg.Now(), cfg.Windows.Instances)
	if key.From.IsZero() {
		return window
	}
	if key.To.Before(window.To) {
		window.To = key.To
	}
	return esm.Window{From: key.From, To: window.To}
}

func (i *Instances) close() { i.snapshot.Close() }

// Peek gives a list when memory has it; it never waits.
func (i *Instances) Peek(ctx context.Context, scope string, key InstanceKey) (cache.Held[*InstanceList], bool) {
	return i.snapshot.Peek(ctx, cache.Key{Scope: scope, Part: key.part()})
}

// Load gives a list, fetched when it must be.
func (i *Instances) Load(ctx context.Context, scope string, key InstanceKey, maxAge time.Duration) (cache.Held[*InstanceList], error) {
	return i.snapshot.Get(ctx, cache.Key{Scope: scope, Part: key.part()}, maxAge)
}

// InstanceList is one generation of the instances of a type, in default order, with its indexes.
type InstanceList struct {
	// All holds every instance, by resource id.
	All []*model.Instance
	// Gaps are the rows that could not be read, by region code.
	Gaps []cache.Gap
	// Truncated tells that the list was longer than the pages that are read.
	Truncated bool

	byID     map[string]*model.Instance
	byRegion map[string][]*model.Instance
	byParent map[string][]*model.Instance
	orders   orderCache[*model.Instance]
}

// ByID is the instance with a resource id; nil when the list has none.
func (l *InstanceList) ByID(resourceID string) *model.Instance { return l.byID[resourceID] }

// InRegion holds the instances of a region, by resource id.
func (l *InstanceList) InRegion(code string) []*model.Instance { return l.byRegion[code] }

// OfParent holds the instances that name another resource as their parent, by resource id. None is its own parent.
func (l *InstanceList) OfParent(resourceID string) []*model.Instance { return l.byParent[resourceID] }

// InOrder holds all instances in another order than the default one; sorted at the first question.
func (l *InstanceList) InOrder(order Order[*model.Instance]) []*model.Instance {
	return l.orders.in(order, InstanceOrderOf(nil).Name, l.All)
}
