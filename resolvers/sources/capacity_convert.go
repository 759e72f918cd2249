package sources

import (
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// convertServiceCapacity turns a row into a measurement of the service that was asked for: the row's own word for it is spelt in
// many ways (quirk 33).
func convertServiceCapacity(cfg Config, service model.CloudServiceType, r esm.ServiceCapacity) *model.ServiceCapacity {
	metric := foldMetric(r.MetricType)
	row := &model.ServiceCapacity{
		Service:                service,
		RegionCode:             cfg.regionCode(r.Region),
		Zone:                   cfg.zone(r.ZoneType),
		ZoneText:               r.ZoneType.Ptr(),
		MetricType:             metric,
		MetricTypeText:         r.MetricType.Ptr(),
		Unit:                   serviceUnit(service, text(metric)),
		ReportedAllocatedRatio: cfg.number(r.AllocatedRatio, OperationServiceCapacity, "allocated_ratio"),
		ResourceType:           r.ResourceType.Ptr(),
		AvailabilityZoneID:     r.ZoneID.Ptr(),
		AvailabilityZoneName:   r.ZoneName.Ptr(),
		ObservedAt:             cfg.instant(r.Timestamp, time.UTC, OperationServiceCapacity, "timestamp"),
	}
	if row.RegionCode == nil {
		cfg.Unreadable(OperationServiceCapacity, "region")
	}
	row.Quantities = cfg.quantities(OperationServiceCapacity, r.Total, r.Used, r.Free, r.Allocated, r.Available, r.UsedRatio, r.ResourceCount)
	return row
}

// convertPhysicalCapacity turns a row into a measurement; the kind of pool is in one of two keys (quirk 7).
func convertPhysicalCapacity(cfg Config, r esm.PhysicalCapacity) *model.PhysicalCapacity {
	metric := foldMetric(r.MetricType)
	row := &model.PhysicalCapacity{
		DeviceType:     cfg.deviceType(r.Device()),
		DeviceTypeText: r.Device().Ptr(),
		RegionCode:     cfg.regionCode(r.Region),
		Zone:           cfg.zone(r.ZoneType),
		ZoneText:       r.ZoneType.Ptr(),
		ResourceType:   r.ResourceType.Ptr(),
		MetricType:     metric,
		MetricTypeText: r.MetricType.Ptr(),
		ObservedAt:     cfg.instant(r.Timestamp, time.UTC, OperationPhysicalCapacity, "timestamp"),
	}
	row.Unit = physicalUnit(row.DeviceType, text(metric))
	if row.RegionCode == nil {
		cfg.Unreadable(OperationPhysicalCapacity, "region")
	}
	row.Quantities = cfg.quantities(OperationPhysicalCapacity, r.Total, r.Used, r.Free, r.Allocated, r.Available, r.UsedRatio, r.ResourceCount)
	return row
}

// quantities passes the figures through as sent (quirk 28: they need not add up) and computes only the allocated share, from
// the two figures that every service documents.
func (cfg Config) quantities(operation string, total, used, free, allocated, available, usedRatio, count loose.Number) model.Quantities {
	q := model.Quantities{
		Total:             cfg.number(total, operation, "total"),
		Used:              cfg.number(used, operation, "used"),
		Free:              cfg.number(free, operation, "free"),
		Allocated:         cfg.number(allocated, operation, "allocated"),
		Available:         cfg.number(available, operation, "available"),
		ReportedUsedRatio: cfg.number(usedRatio, operation, "used_ratio"),
		ResourceCount:     wholeNumber(count),
	}
	if q.Allocated != nil && q.Available != nil && *q.Allocated >= 0 && *q.Available >= 0 && *q.Allocated+*q.Available > 0 {
		share := *q.Allocated / (*q.Allocated + *q.Available)
		q.Allocation = &share
	}
	return q
}

// foldMetric folds the spellings of one model word (quirk 110): lower case, without the prefix dbtype:, Connetion as connection.
func foldMetric(t loose.Text) *string {
	if t.IsAbsent() {
		return nil
	}
	folded := strings.TrimPrefix(strings.ToLower(t.String()), "dbtype:")
	switch folded {
	case "connetion":
		folded = "connection"
	case "cpu":
		folded = "vcpu"
	}
	return &folded
}

// zone folds the words of zones (quirk 34): KVM_POD and <SERVICE>_POD are tenant zones.
func (cfg Config) zone(t loose.Text) *model.CapacityZone {
	var zone model.CapacityZone
	switch folded := loose.Fold(t.String()); {
	case t.IsAbsent():
		return nil
	case folded == loose.Fold("MANAGE"):
		zone = model.CapacityZoneManage
	case strings.HasSuffix(folded, loose.Fold("POD")):
		zone = model.CapacityZonePod
	default:
		cfg.Unknown("CapacityZone")
		return nil
	}
	return &zone
}

func (cfg Config) deviceType(t loose.Text) *model.DeviceType {
	var device model.DeviceType
	switch {
	case t.IsAbsent():
		return nil
	case strings.EqualFold(t.String(), esm.DeviceTypeCompute):
		device = model.DeviceTypeCompute
	case strings.EqualFold(t.String(), esm.DeviceTypeStorage):
		device = model.DeviceTypeStorage
	default:
		cfg.Unknown("DeviceType")
		return nil
	}
	return &device
}

// serviceUnit is the unit of a row's figures (quirk 25); nil where service and metric type don't tell.
func serviceUnit(service model.CloudServiceType, metric string) *model.CapacityUnit {
	var unit model.CapacityUnit
	switch service {
	case model.CloudServiceTypeEcsVM:
		unit = model.CapacityUnitVMS
	case model.CloudServiceTypeBms:
		unit = model.CapacityUnitServers
	case model.CloudServiceTypeEvs, model.CloudServiceTypeObs, model.CloudServiceTypeSfs:
		unit = model.CapacityUnitTerabytes
	case model.CloudServiceTypeEip:
		unit = model.CapacityUnitAddresses
	case model.CloudServiceTypeRds:
		unit = model.CapacityUnitInstances
	case model.CloudServiceTypeDeh:
		unit = model.CapacityUnitHosts
	case model.CloudServiceTypeDcc:
		return unitOfMetric(metric, map[string]model.CapacityUnit{
			"vcpu": model.CapacityUnitCores, "memory": model.CapacityUnitTerabytes, "host": model.CapacityUnitHosts,
		})
	case model.CloudServiceTypeVpn:
		return unitOfMetric(metric, map[string]model.CapacityUnit{
			"connection": model.CapacityUnitConnections, "gateway": model.CapacityUnitGateways,
		})
	default:
		return nil
	}
	return &unit
}

func physicalUnit(device *model.DeviceType, metric string) *model.CapacityUnit {
	if device != nil && *device == model.DeviceTypeStorage {
		unit := model.CapacityUnitTerabytes
		return &unit
	}
	return unitOfMetric(metric, map[string]model.CapacityUnit{
		"vcpu": model.CapacityUnitCores, "memory": model.CapacityUnitTerabytes,
	})
}

func unitOfMetric(metric string, units map[string]model.CapacityUnit) *model.CapacityUnit {
	unit, ok := units[metric]
	if !ok {
		return nil
	}
	return &unit
}
