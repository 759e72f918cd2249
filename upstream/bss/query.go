package bss

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Filter is the customer and the limits of a query.
type Filter struct {
	// CustomerID is the customer's account, at most 64 characters; mandatory.
	CustomerID string
	// RegionCode and ServiceTypeCode limit to a region and a service; "" does not.
	RegionCode, ServiceTypeCode string
	// EffectiveFrom and EffectiveTo are the upstream's own filter on the time of validity, in whole seconds; zero does not
	// limit. What exactly they bound is not settled (QUIRKS 105).
	EffectiveFrom, EffectiveTo time.Time
	// Status limits to one status, 1 to 6; 0 does not.
	Status int
	// IndirectPartnerID is the customer's second-tier partner; "" means none. Later editions only.
	IndirectPartnerID string
}

// The documented limits of a call (QUIRKS 57, 66). Without a limit of its own a call gives ten rows.
const (
	maxBatch = 50
	pageSize = 100
)

// queryBody is the request as the wire has it.
type queryBody struct {
	CustomerID         string   `json:"customer_id"`
	RegionCode         string   `json:"region_code,omitempty"`
	ServiceTypeCode    string   `json:"service_type_code,omitempty"`
	ResourceIDs        []string `json:"resource_ids,omitempty"` // an empty list would widen the query (QUIRKS 102)
	EffectiveTimeBegin string   `json:"effective_time_begin,omitempty"`
	EffectiveTimeEnd   string   `json:"effective_time_end,omitempty"`
	Offset             int      `json:"offset"`
	Limit              int      `json:"limit"`
	Status             int      `json:"status,omitempty"`
	IndirectPartnerID  string   `json:"indirect_partner_id,omitempty"`
}

// Resources lists all resources of one customer that pass the filter, with a delay that differs for each service
// (QUIRKS 95).
func (c *Client) Resources(ctx context.Context, f Filter) (rest.List[Resource], error) {
	body, err := f.body()
	if err != nil {
		return rest.List[Resource]{}, err
	}
	var list rest.List[Resource]
	if err := c.read(ctx, &list, body); err != nil {
		return rest.List[Resource]{}, err
	}
	return list, nil
}

// CheckCredentials asks for one resource of a customer; nil means that BSS accepts the credentials it was made with. An
// answer with a code of BSS's own, such as that of an unknown customer, says so too. No documented call checks a token.
func (c *Client) CheckCredentials(ctx context.Context, customerID string) error {
	body, err := Filter{CustomerID: customerID}.body()
	if err != nil {
		return err
	}
	body.Limit = 1
	_, err = rest.Call(ctx, c.rest, listCustomerOnDemandResources, rest.Request{Header: c.header(), Body: body})
	return err
}

// ResourcesByID lists the resources with the given ids, as far as the customer has them and they pass the filter: 50
// ids a call, one call after the other, each id once. No ids cost no call, since BSS answers an empty list with
// everything (QUIRKS 102).
func (c *Client) ResourcesByID(ctx context.Context, f Filter, ids []string) (rest.List[Resource], error) {
	body, err := f.body()
	if err != nil {
		return rest.List[Resource]{}, err
	}
	if slices.ContainsFunc(ids, func(id string) bool { return id == "" || len(id) > maxIDLength }) {
		return rest.List[Resource]{}, refuse("resourceIds", "must have 1 to 255 bytes each")
	}
	var list rest.List[Resource]
	for batch := range slices.Chunk(distinct(ids), maxBatch) {
		body.ResourceIDs = batch
		if err := c.read(ctx, &list, body); err != nil {
			return rest.List[Resource]{}, err
		}
	}
	return list, nil
}

func distinct(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		known := seen[id]
		seen[id] = true
		return known
	})
}

const (
	maxCodeLength = 64
	maxIDLength   = 255
)

// body checks the filter and makes the request of it.
func (f Filter) body() (queryBody, error) {
	switch {
	case f.CustomerID == "" || len(f.CustomerID) > maxCodeLength:
		return queryBody{}, refuse("customerId", "must have 1 to 64 characters")
	case len(f.RegionCode) > maxCodeLength:
		return queryBody{}, refuse("regionCode", "must not have more than 64 characters")
	case len(f.ServiceTypeCode) > maxCodeLength:
		return queryBody{}, refuse("serviceTypeCode", "must not have more than 64 characters")
	case len(f.IndirectPartnerID) > maxCodeLength:
		return queryBody{}, refuse("indirectPartnerId", "must not have more than 64 characters")
	case f.Status < 0 || f.Status > 6:
		return queryBody{}, refuse("status", "must be 1 to 6")
	case !f.EffectiveFrom.IsZero() && !f.EffectiveTo.IsZero() && f.EffectiveFrom.After(f.EffectiveTo):
		return queryBody{}, refuse("effectiveFrom", "must not be after effectiveTo")
	}
	return queryBody{
		CustomerID:         f.CustomerID,
		RegionCode:         f.RegionCode,
		ServiceTypeCode:    f.ServiceTypeCode,
		EffectiveTimeBegin: wholeSeconds(f.EffectiveFrom),
		EffectiveTimeEnd:   wholeSeconds(f.EffectiveTo),
		Limit:              pageSize,
		Status:             f.Status,
		IndirectPartnerID:  f.IndirectPartnerID,
	}, nil
}

// wholeSeconds writes a time with a literal Z, as BSS demands (QUIRKS 49); "" for the zero time.
func wholeSeconds(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// header has the headers of a call besides those of the client.
func (c *Client) header() http.Header {
	if c.options.Language == "" {
		return nil
	}
	return http.Header{"X-Language": {string(c.options.Language)}}
}
