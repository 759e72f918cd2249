package loaders

import (
	"context"
	"fmt"
	"sync"

	"github.com/opsgraph/opsgraph/graph/model"
)

// Nodes are the objects with global ids, in their order; nil for an id without one. Each has an error of its own.
func (s *Set) Nodes(ctx context.Context, ids []string) ([]model.Node, []error) {
	nodes, errs := make([]model.Node, len(ids)), make([]error, len(ids))
	var wait sync.WaitGroup
	for i, id := range ids {
		wait.Go(func() { nodes[i], errs[i] = s.node(ctx, id) })
	}
	wait.Wait()
	return nodes, errs
}

// node reads the object of an id again. The ids are checked before execution.
func (s *Set) node(ctx context.Context, id string) (model.Node, error) {
	global, err := model.ParseID(id)
	if err != nil {
		return nil, err
	}
	first, second := global.Parts[0], ""
	if len(global.Parts) > 1 {
		second = global.Parts[1]
	}
	switch global.Kind {
	case model.KindRegion:
		return orNil(s.KnownRegion(ctx, first))
	case model.KindHost:
		return orNil(s.Host(ctx, first))
	case model.KindVirtualMachine:
		return orNil(s.machine(ctx, first, id))
	case model.KindCloudService:
		return orNil(s.cloudService(ctx, first, model.CloudServiceType(second)))
	case model.KindAlarm:
		if !model.AlarmSource(first).IsValid() {
			return nil, nil
		}
		return orNil(s.alarm(ctx, model.AlarmSource(first), second))
	case model.KindInstance:
		return orNil(s.instance(ctx, model.InstanceType(first), second))
	case model.KindDevice:
		return orNil(s.device(ctx, first))
	case model.KindAuditEvent:
		return orNil(s.auditEvent(ctx, global))
	case model.KindLoadBalancerCluster:
		return orNil(s.cluster(ctx, first))
	case model.KindSharedScreen:
		return orNil(s.SharedScreen(ctx, first))
	case model.KindMeterJob:
		return orNil(s.MeterJob(ctx, first, second))
	case model.KindPayPerUseResource:
		return orNil(s.payPerUseNode(ctx, id, global.Parts))
	case model.KindAspReportJob:
		return orNil(s.aspReportNode(ctx, global.Parts))
	case model.KindUsageExportJob:
		return orNil(s.usageExportNode(ctx, global.Parts))
	default:
		return nil, fmt.Errorf("node of kind %q: %w", global.Kind, model.ErrInvalidID)
	}
}

// cloudService is the service of a kind in a region; nil when either is not known.
func (s *Set) cloudService(
	ctx context.Context, region string, kind model.CloudServiceType,
) (*model.CloudService, error) {
	if !kind.IsValid() {
		return nil, nil //nolint:nilnil // the kind was there once, which is no failure
	}
	if known, err := s.KnownRegion(ctx, region); err != nil || known == nil {
		return nil, err
	}
	return model.NewCloudService(region, kind), nil
}

// orNil makes a nil pointer a nil Node: an interface that holds a nil pointer would be taken for an object.
func orNil[T any, P interface {
	*T
	model.Node
}](object P, err error) (model.Node, error) {
	if object == nil || err != nil {
		return nil, err
	}
	return object, nil
}
