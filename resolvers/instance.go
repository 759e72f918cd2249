package resolvers

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
)

// meteredTypes are the types of the instances that services meter.
func meteredTypes(services []*model.CloudService) []model.InstanceType {
	var types []model.InstanceType
	for _, service := range services {
		if service != nil {
			if kind, metered := service.Type.InstanceType(); metered {
				types = append(types, kind)
			}
		}
	}
	return types
}

// instancesOfService is a page of the instances that a service meters in its region; nil where it meters none.
func instancesOfService(
	ctx context.Context, service *model.CloudService, filter *model.InstanceFilter, orderBy *model.InstanceOrder,
	args paging.Args,
) (*model.InstanceConnection, error) {
	kind, metered := service.Type.InstanceType()
	if !metered {
		return nil, nil //nolint:nilnil // the upstream has none, and that is no failure
	}
	return load(ctx).InstancePage(ctx, loaders.InstancesOf{Type: kind, Region: service.RegionCode}, filter, orderBy,
		args)
}

// serviceOfInstance is the service that meters an instance, in its region; nil when it names no region.
func serviceOfInstance(instance *model.Instance) *model.CloudService {
	if instance.RegionCode == nil {
		return nil
	}
	return model.NewCloudService(*instance.RegionCode, instance.Type.CloudServiceType())
}
