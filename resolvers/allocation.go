package resolvers

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// allocationTable is a table of what is allocated; thresholds that leave no room between them are refused.
func allocationTable(ctx context.Context, of loaders.AllocationOf) (*model.AllocationTable, error) {
	if of.NearlyFull > of.Full {
		return nil, &rest.InputError{Field: "nearlyFull", Message: "nearlyFull must not be more than full."}
	}
	return load(ctx).AllocationTable(ctx, of)
}
