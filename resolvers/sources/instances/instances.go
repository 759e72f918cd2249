// Package instances is the source of metered instances and of the rows of the tenant zone.
package instances

import (
	"context"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// The upstream operations of metered instances and rows of the tenant zone.
const (
	Operation       = "listCloudResourceInstanceData"
	OperationTenant = "listTenantInstanceData"
)

// Source is the source of metered instances: a list for each type of the default window, and one for each span that a
// query names. The upstream's call is fast and has no filter but the type, so a list is read whole.
type Source struct {
	// Limit is what holds for the spans that a query names.
	Limit dataset.RangeLimit
	// Lists holds the lists of instances, Tenant the rows of the tenant zone by type.
	Lists  cache.Set[Key, *List]
	Tenant cache.Set[model.TenantInstanceType, *TenantList]
}

// Key names a list: a type and a span in whole hours, or the default window when the span is zero.
type Key struct {
	Type model.InstanceType
	dataset.Span
}

// text is the key as text, without the default window, which moves with every minute.
func (k Key) text() string {
	if k.From.IsZero() {
		return string(k.Type)
	}
	return string(k.AppendKey(append(append(make([]byte, 0, dataset.KeyBytes), k.Type...), ' ')))
}

// List is one generation of the instances of a type, by resource id, with its indexes.
type List struct {
	dataset.List[*model.Instance]

	byID     map[string]*model.Instance
	byParent map[string][]*model.Instance
}

// New makes the source.
func New(cfg dataset.Config) *Source {
	return &Source{
		Limit: dataset.RangeLimit{
			Of: "instances", Default: cfg.Windows.Instances, Most: cfg.Windows.InstanceRange, Step: time.Hour,
		},
		Lists: dataset.AddWhole(cfg, dataset.Whole[Key, esm.ResourceInstance, *List]{
			Operation:    Operation,
			Ages:         cfg.Ages.Instances,
			KeepOneEmpty: true,
			Row:          esm.ResourceInstance.RowKey,
			Key:          Key.text,
			Parameters: func(key Key) map[string]any {
				return key.Parameters(map[string]any{"type": key.Type})
			},
			Read: func(ctx context.Context, key Key) (cache.Fetched[esm.ResourceInstance], error) {
				list, err := cfg.ESM.ResourceInstances(ctx, string(key.Type), window(cfg, key), 0)
				f := dataset.FetchedOf(cfg, Operation, list, "region_code")
				return dataset.Asked(ctx, cfg, Operation, "cloud_service_type_code", f, rowsOf(key.Type)), err
			},
			Build: func(scope string, key Key, f cache.Fetched[esm.ResourceInstance]) (*List, int64) {
				list := build(cfg.In(scope), key, f)
				return list, int64(len(list.All))*bytesOfInstance + int64(len(f.Records))*bytesOfRecord
			},
			Regions: (*List).RegionCodes,
		}),
		Tenant: addTenant(cfg),
	}
}

// rowsOf says which rows are about a type. The documents state the service codes of three types: a row with the code of
// another one of them is about that one, a row with any other code is taken for what was asked.
func rowsOf(kind model.InstanceType) func(esm.ResourceInstance) bool {
	types := map[string]model.InstanceType{
		"hws.service.type.ec2": model.InstanceTypeEcs, "hws.service.type.ebs": model.InstanceTypeEvs,
		"hws.service.type.obs": model.InstanceTypeObs,
	}
	return func(r esm.ResourceInstance) bool {
		of, stated := types[strings.ToLower(r.ServiceTypeCode.String())]
		return !stated || of == kind
	}
}

// window is the upstream's window: the default one up to now, or the hours of the key as far as they have begun.
func window(cfg dataset.Config, key Key) esm.Window {
	asked := cfg.UntilNow(cfg.Windows.Instances)
	if key.From.IsZero() {
		return asked
	}
	if key.To.Before(asked.To) {
		asked.To = key.To
	}
	return esm.Window{From: key.From, To: asked.To}
}

// ByID is the instance with a resource id; nil when the list has none.
func (l *List) ByID(resourceID string) *model.Instance { return l.byID[resourceID] }

// OfParent holds the instances that name another resource as their parent, by resource id. None is its own parent.
func (l *List) OfParent(resourceID string) []*model.Instance { return l.byParent[resourceID] }
