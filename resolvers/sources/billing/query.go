package billing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Query asks for pay-per-use resources by the upstream's own filter: the gateway filters nothing itself.
type Query struct {
	// CustomerID is the customer's account; mandatory. Region, ServiceTypeCode and Partner are empty when not asked.
	CustomerID, Region, ServiceTypeCode, Partner string
	// Status is the upstream's number, 0 when not asked.
	Status int
	// EffectiveFrom and EffectiveTo are seconds since 1970; 0 when not asked.
	EffectiveFrom, EffectiveTo int64
	// IDs is a sorted JSON list of resource ids; empty when all are asked.
	IDs string
}

// NewQuery is the question of a filter; nil asks for all of the customer's resources.
func NewQuery(customerID string, f *model.PayPerUseResourceFilter) (Query, error) {
	q := Query{CustomerID: customerID}
	if f == nil {
		return q, nil
	}
	q.Region, q.ServiceTypeCode = dataset.Text(f.Region), dataset.Text(f.ServiceTypeCode)
	q.Partner = dataset.Text(f.IndirectPartnerID)
	if f.Status != nil {
		q.Status = slices.Index(model.AllPayPerUseStatus, *f.Status) + 1
	}
	q.EffectiveFrom, q.EffectiveTo = secondsOf(f.EffectiveFrom), secondsOf(f.EffectiveTo)
	if f.ResourceIds != nil {
		ids := slices.Clone(f.ResourceIds)
		slices.Sort(ids)
		written, err := json.Marshal(slices.Compact(ids))
		if err != nil {
			return q, fmt.Errorf("encode resource ids: %w", err)
		}
		q.IDs = string(written)
	}
	return q, nil
}

func secondsOf(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.Unix()
}

func timeOfSeconds(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// text is the question in a form that differs for different ones.
func (q Query) text() string {
	key := make([]byte, 0, dataset.KeyBytes)
	for _, word := range []string{q.CustomerID, q.Region, q.ServiceTypeCode, q.Partner} {
		key = append(strconv.AppendQuote(key, word), ' ')
	}
	for _, number := range []int64{int64(q.Status), q.EffectiveFrom, q.EffectiveTo} {
		key = append(strconv.AppendInt(key, number, 10), ' ')
	}
	return string(append(key, q.IDs...))
}

// readQuery asks the upstream, all pages.
func readQuery(ctx context.Context, cfg dataset.Config, q Query) (rows, error) {
	filter := bss.Filter{
		CustomerID: q.CustomerID, RegionCode: q.Region, ServiceTypeCode: q.ServiceTypeCode, IndirectPartnerID: q.Partner,
		Status: q.Status, EffectiveFrom: timeOfSeconds(q.EffectiveFrom), EffectiveTo: timeOfSeconds(q.EffectiveTo),
	}
	var list rest.List[bss.Resource]
	var err error
	if q.IDs == "" {
		list, err = cfg.BSS.Resources(ctx, filter)
	} else {
		var ids []string
		if err := json.Unmarshal([]byte(q.IDs), &ids); err != nil {
			return rows{}, fmt.Errorf("resource ids of a query: %w", err)
		}
		list, err = cfg.BSS.ResourcesByID(ctx, filter, ids)
	}
	if err != nil {
		return rows{}, fmt.Errorf("resources of a query: %w", err)
	}
	f := dataset.FetchedOf(cfg, Operation, list, "region_code")
	return dataset.Asked(ctx, cfg, Operation, "region_code", f, q.asks), nil
}

// asks reports whether a row is of the region and of the service that the question names.
func (q Query) asks(r bss.Resource) bool {
	return (q.Region == "" || dataset.IsAbout(r.RegionCode, q.Region)) &&
		(q.ServiceTypeCode == "" || dataset.IsAbout(r.ServiceTypeCode, q.ServiceTypeCode))
}

// regionsOf are the regions that rows name.
func regionsOf(read []bss.Resource) []string {
	var codes []string
	for _, row := range read {
		if code := row.RegionCode.String(); code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}
