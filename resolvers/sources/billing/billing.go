// Package billing is the source of the pay-per-use resources of customers: lists by the upstream's own filter, and
// single resources by id, 50 of a customer in a call.
package billing

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Operation is the upstream operation of pay-per-use resources.
const Operation = "listCustomerOnDemandResources"

// idsOfACall is how many resource ids the upstream takes in one call (quirk 66).
const idsOfACall = 50

// Source is the source of pay-per-use resources.
type Source struct {
	// Lists holds the resources of queries, ByID single ones.
	Lists cache.Set[Query, *List]
	ByID  cache.Set[Key, *model.PayPerUseResource]
}

// Key names a resource of a customer.
type Key struct{ CustomerID, ResourceID string }

// List holds the resources of one query, each once, by resource id; those without one come last.
type List struct {
	dataset.List[*model.PayPerUseResource]
	byID map[string]*model.PayPerUseResource
}

// rows is a list as it is kept.
type rows = cache.Fetched[bss.Resource]

// New makes the source. Keys have the language, which changes the descriptions (quirk 42).
func New(cfg dataset.Config) *Source {
	return &Source{
		Lists: dataset.Add(cfg, cache.Dataset[Query, rows, *List]{
			Operation: Operation,
			Ages:      cfg.Ages.Instances,
			Key:       func(q Query) string { return "list " + cfg.Language + " " + q.text() },
			Fetch: dataset.Each(func(ctx context.Context, scope string, q Query) (rows, bool, error) {
				read, err := readQuery(ctx, cfg, q)
				if err == nil {
					err = ownResources(ctx, cfg, read.Records, q.CustomerID)
				}
				if err == nil {
					cfg.Learn(scope, regionsOf(read.Records))
				}
				return read, true, err
			}),
			Build: func(scope string, q Query, read rows) (*List, int64) {
				list := build(cfg.In(scope), q.CustomerID, read)
				return list, int64(len(list.All)+1) * bytesOfResource
			},
		}),
		ByID: dataset.Add(cfg, cache.Dataset[Key, bss.Resource, *model.PayPerUseResource]{
			Operation:   Operation,
			Ages:        cfg.Ages.Instances,
			NotFoundFor: cfg.NotFoundFor,
			Key: func(k Key) string {
				key := append(append(make([]byte, 0, dataset.KeyBytes), "one "...), cfg.Language...)
				key = strconv.AppendQuote(append(key, ' '), k.CustomerID)
				return string(strconv.AppendQuote(append(key, ' '), k.ResourceID))
			},
			Fetch: func(ctx context.Context, scope string, keys []Key) map[Key]cache.Result[bss.Resource] {
				ctx, release := rest.Hold(dataset.Lane(ctx))
				defer release()
				return fetchByID(ctx, cfg, keys,
					func(rows []bss.Resource) { cfg.Learn(scope, regionsOf(rows)) })
			},
			Build: func(scope string, k Key, record bss.Resource) (*model.PayPerUseResource, int64) {
				return convertPayPerUse(cfg.In(scope), k.CustomerID, record), bytesOfResource
			},
		}),
	}
}

// bytesOfResource is about what a converted resource takes in memory.
const bytesOfResource = 1500

// fetchByID reads resources by id: as few calls for each customer as the upstream's batches allow, some at once.
func fetchByID(
	ctx context.Context, cfg dataset.Config, keys []Key, seen func([]bss.Resource),
) map[Key]cache.Result[bss.Resource] {
	ids := map[string][]string{}
	for _, key := range keys {
		ids[key.CustomerID] = append(ids[key.CustomerID], key.ResourceID)
	}
	var (
		mu      sync.Mutex
		results = make(map[Key]cache.Result[bss.Resource], len(keys))
		group   errgroup.Group
	)
	group.SetLimit(dataset.ParallelCalls)
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
				found := resultsOf(customer, batch, list, err)
				mu.Lock()
				seen(list.Rows)
				maps.Copy(results, found)
				mu.Unlock()
				for _, id := range batch {
					key := Key{CustomerID: customer, ResourceID: id}
					if result, ok := found[key]; ok || ctx.Err() == nil {
						cache.Arrived(ctx, key, result, ok)
					}
				}
				return nil // each batch has an error of its own
			})
		}
	}
	_ = group.Wait()
	return results
}

// ownResources refuses rows of another customer than was asked for.
func ownResources(ctx context.Context, cfg dataset.Config, rows []bss.Resource, customer string) error {
	spec := dataset.Reading("bss", Operation)
	return dataset.OwnRows(ctx, cfg, spec, rows, customer, "customer_id",
		func(r bss.Resource) loose.Text { return r.CustomerID })
}

// resultsOf are the results of one batch. Where a list may lack rows, a missing resource may be one of them.
func resultsOf(
	customer string, batch []string, list rest.List[bss.Resource], err error,
) map[Key]cache.Result[bss.Resource] {
	results := make(map[Key]cache.Result[bss.Resource], len(batch))
	if err == nil && (len(list.Bad) > 0 || list.Truncated || list.Code != "") {
		err = &rest.Error{
			System: "bss", Operation: Operation, Kind: rest.BadResponse, Retryable: true, Err: dataset.ErrUnreadableRows,
		}
	}
	if err != nil {
		for _, id := range batch {
			results[Key{customer, id}] = cache.Result[bss.Resource]{Err: dataset.AsFetchError(err)}
		}
	}
	for _, row := range list.Rows {
		results[Key{customer, row.ResourceID.String()}] = cache.Result[bss.Resource]{Record: row}
	}
	return results
}

// ByID is the resource with a global id; nil when the list has none.
func (l *List) ByID(id string) *model.PayPerUseResource { return l.byID[id] }

// Absent reports whether a failure is that there is no billing system to ask.
func Absent(err error) bool { return rest.KindOf(err) == rest.NotConfigured }
