package sources

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// PayPerUseQuery is a question for pay-per-use resources, as the upstream is asked it: the gateway filters nothing itself.
type PayPerUseQuery struct {
	// CustomerID is the customer's account; mandatory. Region, ServiceTypeCode and Partner are empty when not asked.
	CustomerID, Region, ServiceTypeCode, Partner string
	// Status is the upstream's number, 0 when not asked.
	Status int
	// EffectiveFrom and EffectiveTo are seconds since 1970; 0 when not asked.
	EffectiveFrom, EffectiveTo int64
	// IDs is a sorted JSON list of resource ids; empty when all are asked.
	IDs string
}

// NewPayPerUseQuery is the question of a filter; nil asks for all of the customer's resources.
func NewPayPerUseQuery(customerID string, f *model.PayPerUseResourceFilter) (PayPerUseQuery, error) {
	q := PayPerUseQuery{CustomerID: customerID}
	if f == nil {
		return q, nil
	}
	q.Region, q.ServiceTypeCode, q.Partner = text(f.Region), text(f.ServiceTypeCode), text(f.IndirectPartnerID)
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
func (q PayPerUseQuery) text() string {
	return fmt.Sprintf("%q %q %q %q %d %d %d %s",
		q.CustomerID, q.Region, q.ServiceTypeCode, q.Partner, q.Status, q.EffectiveFrom, q.EffectiveTo, q.IDs)
}

// readPayPerUse asks the upstream, all pages.
func readPayPerUse(ctx context.Context, client *bss.Client, q PayPerUseQuery) (payPerUseRows, error) {
	filter := bss.Filter{
		CustomerID: q.CustomerID, RegionCode: q.Region, ServiceTypeCode: q.ServiceTypeCode, IndirectPartnerID: q.Partner,
		Status: q.Status, EffectiveFrom: timeOfSeconds(q.EffectiveFrom), EffectiveTo: timeOfSeconds(q.EffectiveTo),
	}
	var (
		list rest.List[bss.Resource]
		err  error
	)
	if q.IDs == "" {
		list, err = client.Resources(ctx, filter)
	} else {
		var ids []string
		if err := json.Unmarshal([]byte(q.IDs), &ids); err != nil {
			return payPerUseRows{}, fmt.Errorf("resource ids of a query: %w", err)
		}
		list, err = client.ResourcesByID(ctx, filter, ids)
	}
	f := fetched(list, "region_code")
	return payPerUseRows{Rows: f.Records, Gaps: f.Gaps, Truncated: f.Truncated}, err
}

// payPerUseRegions are the regions that rows name.
func payPerUseRegions(rows []bss.Resource) []string {
	var codes []string
	for _, row := range rows {
		if code := row.RegionCode.String(); code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}
