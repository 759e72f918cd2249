package resolvers

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// payPerUseResources is a page of a customer's resources. Bounds in the wrong order are refused (quirk 106).
func payPerUseResources(
	ctx context.Context, customerID string, filter *model.PayPerUseResourceFilter, args paging.Args,
) (*model.PayPerUseResourceConnection, error) {
	if filter != nil && filter.EffectiveFrom != nil && filter.EffectiveTo != nil &&
		filter.EffectiveFrom.After(*filter.EffectiveTo) {
		return nil, &rest.InputError{Field: "filter", Message: "effectiveFrom must not be after effectiveTo."}
	}
	return load(ctx).PayPerUsePage(ctx, customerID, filter, args)
}
