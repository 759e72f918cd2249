package sources

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// OperationPayPerUse is the upstream operation behind pay-per-use resources.
const OperationPayPerUse = "listCustomerOnDemandResources"

// idsOfACall is how many resource ids the upstream takes in one call (quirk 66).
const idsOfACall = 50

// PayPerUse is the source of the pay-per-use resources of customers: lists by the upstream's own filter, and single resources by id,
// 50 of a customer in a call.
type PayPerUse struct {
	lists *cache.Many[PayPerUseQuery, payPerUseRows, *PayPerUseList]
	byID  *cache.Many[PayPerUseKey, bss.Resource, *model.PayPerUseResource]
}

// PayPerUseKey names a resource of a customer.
type PayPerUseKey struct{ CustomerID, ResourceID string }

// PayPerUseList holds the resources of one query.
type PayPerUseList struct {
	// All holds each resource once, by resource id; those without one come last.
	All []*model.PayPerUseResource
	// Gaps are the rows that could not be read, by region code.
	Gaps []cache.Gap
	// Truncated tells that the list was longer than the pages that are read.
	Truncated bool

	byID map[string]*model.PayPerUseResource
}

// payPerUseRows is a list as it is kept.
type payPerUseRows struct {
	Rows      []bss.Resource `json:"rows"`
	Gaps      []cache.Gap    `json:"gaps,omitempty"`
	Truncated bool           `json:"truncated,omitempty"`
}

func newPayPerUse(cfg Config, regions *Regions) (*PayPerUse, error) {
	p := &PayPerUse{}
	var err error
	p.lists, err = cache.NewMany(cache.ManyConfig[PayPerUseQuery, payPerUseRows, *PayPerUseList]{
		Operation: OperationPayPerUse,
		Ages:      cfg.Ages.Instances,
		Tiers:     cfg.Tiers,
		// The language changes the descriptions, so data of one are none of the other (quirk 42).
		Text: func(q PayPerUseQuery) string { return "list " + cfg.Language + " " + q.text() },
		Fetch: func(ctx context.Context, scope string, queries []PayPerUseQuery) map[PayPerUseQuery]cache.Result[payPerUseRows] {
			return each(ctx, queries, func(ctx context.Context, q PayPerUseQuery) (payPerUseRows, bool, error) {
				rows, err := readPayPerUse(lane(ctx), cfg.BSS, q)
				if err == nil {
					err = ownResources(ctx, cfg, rows.Rows, q.CustomerID)
				}
				if err == nil {
					regions.learn(scope, payPerUseRegions(rows.Rows))
				}
				return rows, true, asFetchError(err)
			})
		},
		Build: func(q PayPerUseQuery, rows payPerUseRows) (*PayPerUseList, int64) {
			list := buildPayPerUse(cfg, q.CustomerID, rows)
			return list, int64(len(list.All)+1) * bytesOfPayPerUse
		},
	})
	if err != nil {
		return nil, fmt.Errorf("lists of pay-per-use resources: %w", err)
	}
	p.byID, err = cache.NewMany(cache.ManyConfig[PayPerUseKey, bss.Resource, *model.PayPerUseResource]{
		Operation:   OperationPayPerUse,
		Ages:        cfg.Ages.Instances,
		Tiers:       cfg.Tiers,
		NegativeFor: cfg.NotFoundFor,
		Text: func(k PayPerUseKey) string {
			return "one " + cfg.Language + " " + strconv.Quote(k.CustomerID) + " " + strconv.Quote(k.ResourceID)
		},
		Fetch: func(ctx context.Context, scope string, keys []PayPerUseKey) map[PayPerUseKey]cache.Result[bss.Resource] {
			return fetchPayPerUse(lane(ctx), cfg, keys, func(rows []bss.Resource) { regions.learn(scope, payPerUseRegions(rows)) })
		},
		Build: func(k PayPerUseKey, record bss.Resource) (*model.PayPerUseResource, int64) {
			return convertPayPerUse(cfg, k.CustomerID, record), bytesOfPayPerUse
		},
	})
	if err != nil {
		return nil, fmt.Errorf("pay-per-use resources by id: %w", err)
	}
	return p, nil
}

// bytesOfPayPerUse is about what a converted resource takes in memory.
const bytesOfPayPerUse = 1500

func (p *PayPerUse) close() {
	p.lists.Close()
	p.byID.Close()
}

// fetchPayPerUse reads resources by id: as few calls for each customer as the upstream's batches allow, some at once.
func fetchPayPerUse(
	ctx context.Context, cfg Config, keys []PayPerUseKey, seen func([]bss.Resource),
) map[PayPerUseKey]cache.Result[bss.Resource] {
	ids := map[string][]string{}
	for _, key := range keys {
		ids[key.CustomerID] = append(ids[key.CustomerID], key.ResourceID)
	}
	var (
		mu      sync.Mutex
		results = make(map[PayPerUseKey]cache.Result[bss.Resource], len(keys))
		group   errgroup.Group
	)
	group.SetLimit(parallelCalls)
	for customer, wanted := range ids {
		for batch := range slices.Chunk(wanted, idsOfACall) {
			group.Go(func() error {
				list, err := cfg.BSS.ResourcesByID(ctx, bss.Filter{CustomerID: customer}, batch)
				if err == nil {
					err = ownResources(ctx, cfg, list.Rows, customer)
				}
				if err != nil {
					list = rest.List[bss.Resource]{}
				}
				mu.Lock()
				defer mu.Unlock()
				seen(list.Rows)
				maps.Copy(results, payPerUseResults(customer, batch, list, err))
				return nil // each batch has an error of its own
			})
		}
	}
	_ = group.Wait()
	return results
}

// ownResources refuses rows of another customer than was asked for.
func ownResources(ctx context.Context, cfg Config, rows []bss.Resource, customer string) error {
	spec := rest.Spec{System: "bss", Operation: OperationPayPerUse}
	return ownRows(ctx, cfg, spec, rows, customer, "customer_id", func(r bss.Resource) loose.Text { return r.CustomerID })
}

// payPerUseResults is what one batch brought. Where rows could not be read, a resource that is missing may be among them.
func payPerUseResults(
	customer string, batch []string, list rest.List[bss.Resource], err error,
) map[PayPerUseKey]cache.Result[bss.Resource] {
	results := make(map[PayPerUseKey]cache.Result[bss.Resource], len(batch))
	if err == nil && len(list.Bad) > 0 {
		err = &rest.Error{System: "bss", Operation: OperationPayPerUse, Kind: rest.BadResponse, Retryable: true, Err: errUnreadableRows}
	}
	if err != nil {
		for _, id := range batch {
			results[PayPerUseKey{customer, id}] = cache.Result[bss.Resource]{Err: asFetchError(err)}
		}
	}
	for _, row := range list.Rows {
		results[PayPerUseKey{customer, row.ResourceID.String()}] = cache.Result[bss.Resource]{Record: row}
	}
	return results
}

// PeekList gives the resources of a query when memory has them; it never waits.
func (p *PayPerUse) PeekList(ctx context.Context, scope string, q PayPerUseQuery) (cache.Outcome[*PayPerUseList], bool) {
	return p.lists.Peek(ctx, scope, q)
}

// LoadLists gives the resources of queries.
func (p *PayPerUse) LoadLists(
	ctx context.Context, scope string, queries []PayPerUseQuery, maxAge time.Duration,
) map[PayPerUseQuery]cache.Outcome[*PayPerUseList] {
	return p.lists.Get(ctx, scope, queries, maxAge)
}

// Peek gives a resource when memory knows it; it never waits.
func (p *PayPerUse) Peek(ctx context.Context, scope string, key PayPerUseKey) (cache.Outcome[*model.PayPerUseResource], bool) {
	return p.byID.Peek(ctx, scope, key)
}

// Load gives resources by id.
func (p *PayPerUse) Load(
	ctx context.Context, scope string, keys []PayPerUseKey, maxAge time.Duration,
) map[PayPerUseKey]cache.Outcome[*model.PayPerUseResource] {
	return p.byID.Get(ctx, scope, keys, maxAge)
}

// ByID is the resource with a global id; nil when the list has none.
func (l *PayPerUseList) ByID(id string) *model.PayPerUseResource { return l.byID[id] }
