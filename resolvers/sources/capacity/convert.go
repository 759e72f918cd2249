package capacity

import (
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// convertServiceCapacity turns a row into a measurement of the service that was asked for: rows spell it in many ways
// (quirk 33).
func convertServiceCapacity(
	cfg dataset.Config, service model.CloudServiceType, r esm.ServiceCapacity,
) *model.ServiceCapacity {
	metric := foldMetric(r.MetricType)
	row := &model.ServiceCapacity{
		Service:                service,
		RegionCode:             cfg.RegionCode(r.Region),
		RegionText:             r.Region.String(),
		Zone:                   zone(cfg, r.ZoneType),
		ZoneText:               r.ZoneType.Ptr(),
		MetricType:             metric,
		MetricTypeText:         r.MetricType.Ptr(),
		Unit:                   serviceUnit(service, dataset.Text(metric)),
		ReportedAllocatedRatio: cfg.Number(r.AllocatedRatio, OperationService, "allocated_ratio"),
		ResourceType:           r.ResourceType.Ptr(),
		AvailabilityZoneID:     r.ZoneID.Ptr(),
		AvailabilityZoneName:   r.ZoneName.Ptr(),
		ObservedAt:             cfg.Instant(r.Timestamp, time.UTC, OperationService, "timestamp"),
	}
	if row.RegionCode == nil {
		cfg.Unreadable(OperationService, "region")
	}
	row.Quantities = quantities(cfg, OperationService, r.Total, r.Used, r.Free, r.Allocated, r.AvailableQuantity(),
		r.UsedRatio, r.ResourceCount)
	return row
}

// convertPhysicalCapacity turns a row into a measurement; the kind of pool is in one of two keys (quirk 7).
func convertPhysicalCapacity(cfg dataset.Config, r esm.PhysicalCapacity) *model.PhysicalCapacity {
	metric := foldMetric(r.MetricType)
	row := &model.PhysicalCapacity{
		DeviceType:     deviceType(cfg, r.Device()),
		DeviceTypeText: r.Device().Ptr(),
		RegionCode:     cfg.RegionCode(r.Region),
		RegionText:     r.Region.String(),
		Zone:           zone(cfg, r.ZoneType),
		ZoneText:       r.ZoneType.Ptr(),
		ResourceType:   r.ResourceType.Ptr(),
		MetricType:     metric,
		MetricTypeText: r.MetricType.Ptr(),
		ObservedAt:     cfg.Instant(r.Timestamp, time.UTC, OperationPhysical, "timestamp"),
	}
	row.Unit = physicalUnit(row.DeviceType, dataset.Text(metric))
	if row.RegionCode == nil {
		cfg.Unreadable(OperationPhysical, "region")
	}
	row.Quantities = quantities(cfg, OperationPhysical, r.Total, r.Used, r.Free, r.Allocated, r.AvailableQuantity(),
		r.UsedRatio, r.ResourceCount)
	return row
}

// quantities keeps the figures as sent (quirk 28: they need not add up) and computes only the allocated share, from the
// two figures that every service documents.
func quantities(
	cfg dataset.Config, operation string, total, used, free, allocated, available, usedRatio, count loose.Number,
) model.Quantities {
	q := model.Quantities{
		Total:             cfg.Number(total, operation, "total"),
		Used:              cfg.Number(used, operation, "used"),
		Free:              cfg.Number(free, operation, "free"),
		Allocated:         cfg.Number(allocated, operation, "allocated"),
		Available:         cfg.Number(available, operation, "available"),
		ReportedUsedRatio: cfg.Number(usedRatio, operation, "used_ratio"),
		ResourceCount:     dataset.WholeNumber(count),
	}
	q.Allocation = model.AllocatedShare(q.Allocated, q.Available)
	return q
}

// foldMetric folds the spellings of a word (quirk 110): lower case, narrow letters, no blanks at the ends, without the
// prefix dbtype:, Connetion as connection.
func foldMetric(t loose.Text) *string {
	if t.IsAbsent() {
		return nil
	}
	folded := strings.TrimPrefix(strings.ToLower(loose.Narrow(t.String())), "dbtype:")
	switch folded {
	case "connetion":
		folded = "connection"
	case "cpu":
		folded = "vcpu"
	}
	return &folded
}

// zone folds the words of zones (quirk 34): KVM_POD and <SERVICE>_POD are tenant zones.
func zone(cfg dataset.Config, t loose.Text) *model.CapacityZone {
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

func deviceType(cfg dataset.Config, t loose.Text) *model.DeviceType {
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

// serviceUnit is the unit of a row's figures (quirk 25); nil where service and metric type don't say.
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
			"vcpu": model.CapacityUnitCores, "cpu": model.CapacityUnitCores,
			"memory": model.CapacityUnitTerabytes, "内存": model.CapacityUnitTerabytes,
			"host": model.CapacityUnitHosts, "主机": model.CapacityUnitHosts,
		})
	case model.CloudServiceTypeVpn:
		return unitOfMetric(metric, map[string]model.CapacityUnit{
			"connection": model.CapacityUnitConnections, "连接": model.CapacityUnitConnections,
			"gateway": model.CapacityUnitGateways, "网关": model.CapacityUnitGateways,
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
		"vcpu": model.CapacityUnitCores, "cpu": model.CapacityUnitCores,
		"memory": model.CapacityUnitTerabytes, "内存": model.CapacityUnitTerabytes,
	})
}

// unitOfMetric looks a word up however it is spelt (quirk 25: the documents' own words are in part hardly readable).
func unitOfMetric(metric string, units map[string]model.CapacityUnit) *model.CapacityUnit {
	unit, ok := units[loose.Fold(metric)]
	if !ok {
		return nil
	}
	return &unit
}
