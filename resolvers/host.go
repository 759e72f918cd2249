package resolvers

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// oneHost is the host with an id or a serial number, whichever is given.
func oneHost(ctx context.Context, hostID, serialNumber *string) (*model.Host, error) {
	switch {
	case hostID != nil && serialNumber == nil:
		return load(ctx).Host(ctx, *hostID)
	case hostID == nil && serialNumber != nil:
		return load(ctx).HostBySerialNumber(ctx, *serialNumber)
	default:
		return nil, &rest.InputError{Field: "hostId", Message: "Give exactly one of hostId and serialNumber."}
	}
}
