package instances

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// What an instance and one of its metering periods take in memory, about.
const (
	bytesOfInstance = 1500
	bytesOfRecord   = 350
)

// instanceRow is a row with its times read.
type instanceRow struct {
	esm.ResourceInstance
	beginAt, recordedAt *time.Time
}

// timed reports whether a time of the row is known.
func (r instanceRow) timed() bool { return r.beginAt != nil || r.recordedAt != nil }

// build puts the rows of a key together. The upstream counts the end of a window in, and does not say which of a row's
// times it means (quirk 51): a row is left out when neither is in the span of the key.
func build(cfg dataset.Config, key Key, f cache.Fetched[esm.ResourceInstance]) *List {
	rows := map[string][]instanceRow{}
	for _, record := range f.Records {
		row := instanceRow{ResourceInstance: record}
		row.beginAt = cfg.Instant(record.BeginTime, cfg.MeterZone, Operation, "begin_time")
		row.recordedAt = cfg.Instant(record.RecordedAt, cfg.MeterZone, Operation, "time_stamp")
		if !key.From.IsZero() && row.timed() && !key.Holds(row.beginAt) && !key.Holds(row.recordedAt) {
			continue
		}
		rows[record.ResourceID.String()] = append(rows[record.ResourceID.String()], row)
	}
	list := &List{byID: make(map[string]*model.Instance, len(rows)), byParent: map[string][]*model.Instance{}}
	all := make([]*model.Instance, 0, len(rows))
	for resourceID, own := range rows {
		instance := convertInstance(cfg, key.Type, own)
		instance.Truncated = f.Truncated
		list.byID[resourceID] = instance
		all = append(all, instance)
	}
	order := OrderOf(nil)
	list.List = dataset.NewList(dataset.Sorted(order, all), order, dataset.ExtentOf(f),
		func(i *model.Instance) *string { return i.RegionCode })
	for _, instance := range list.All {
		if parent := dataset.Text(instance.ParentResourceID); parent != "" && parent != instance.ResourceID {
			list.byParent[parent] = append(list.byParent[parent], instance)
		}
	}
	return list
}

// convertInstance puts the rows of one resource id together, of which there is one at least. The latest metering period
// gives the instance's own figures.
func convertInstance(cfg dataset.Config, kind model.InstanceType, rows []instanceRow) *model.Instance {
	slices.SortStableFunc(rows, func(a, b instanceRow) int {
		return cmp.Or(compareLatest(a.beginAt, b.beginAt), compareLatest(a.recordedAt, b.recordedAt),
			strings.Compare(a.FactorName.String(), b.FactorName.String()),
			strings.Compare(a.RecordType.String(), b.RecordType.String()))
	})
	r := rows[0]
	instance := &model.Instance{
		ID:                   model.NewID(model.KindInstance, string(kind), r.ResourceID.String()),
		Type:                 kind,
		ResourceID:           r.ResourceID.String(),
		ResourceTypeCode:     r.ResourceTypeCode.Ptr(),
		ResourceSpecCode:     r.ResourceSpecCode.Ptr(),
		CloudServiceTypeCode: r.ServiceTypeCode.Ptr(),
		RegionCode:           cfg.RegionIn(r.RegionCode, Operation, "region_code"),
		AvailabilityZone:     r.ZoneCode.Ptr(),
		DomainID:             r.DomainID.Ptr(),
		DomainName:           r.DomainName.Ptr(),
		ProjectID:            r.ProjectID.Ptr(),
		EnterpriseProjectID:  r.EnterpriseProjectID.Ptr(),
		ParentResourceID:     r.ParentResource.Ptr(),
		RootResourceID:       r.RootResource.Ptr(),
		ServiceParameters:    r.ServiceParameters.Ptr(),
		PartnerInformation:   r.PartnerInfo.Ptr(),
		ExtendedParameters:   r.Extension.Ptr(),
		ExtendedParameters2:  r.Extension2.Ptr(),
		SiteCode:             r.SiteCode.Ptr(),
		Tag:                  r.Tag.Ptr(),
		Records:              convertUsageRecords(cfg, rows),
	}
	latest := instance.Records[0]
	instance.AccumulateFactorName, instance.AccumulateFactorValue = latest.AccumulateFactorName,
		latest.AccumulateFactorValue
	instance.BeginAt, instance.RecordedAt = latest.BeginAt, latest.RecordedAt
	instance.RecordType, instance.ErrorMessage = latest.RecordType, latest.ErrorMessage
	instance.UsageTotals = sumUsage(instance.Records)
	return instance
}

// compareLatest orders instants, the latest first and nil last.
func compareLatest(a, b *time.Time) int {
	if a == nil || b == nil {
		return dataset.CompareTimes(a, b)
	}
	return b.Compare(*a)
}

// convertUsageRecords turns sorted rows into metering periods. A record's position is its place among those that begin
// at the same moment, so that the cursors of older periods stay what they are when a new one comes.
func convertUsageRecords(cfg dataset.Config, rows []instanceRow) []*model.UsageRecord {
	records := make([]*model.UsageRecord, 0, len(rows))
	for _, row := range rows {
		record := &model.UsageRecord{
			AccumulateFactorName: row.FactorName.Ptr(), BeginAt: row.beginAt, RecordedAt: row.recordedAt,
			RecordType: row.RecordType.Ptr(), ErrorMessage: row.ErrorMessage.Ptr(),
		}
		if value, ok := row.FactorValue.Decimal(); ok {
			record.AccumulateFactorValue = &value
		} else if row.FactorValue.Unreadable() {
			cfg.Unreadable(Operation, "accumulate_factor_value")
		}
		if n := len(records); n > 0 && dataset.CompareTimes(records[n-1].BeginAt, record.BeginAt) == 0 {
			record.Position = records[n-1].Position + 1
		}
		records = append(records, record)
	}
	return records
}

// sumUsage adds the quantities of each factor exactly, in the order of their names; records without a name come last.
func sumUsage(records []*model.UsageRecord) []*model.UsageTotal {
	totals := []*model.UsageTotal{}
	byName := map[string]*model.UsageTotal{}
	for _, record := range records {
		total := byName[dataset.Text(record.AccumulateFactorName)]
		if total == nil {
			total = &model.UsageTotal{AccumulateFactorName: record.AccumulateFactorName, Total: decimal.Zero}
			byName[dataset.Text(record.AccumulateFactorName)] = total
			totals = append(totals, total)
		}
		if record.AccumulateFactorValue == nil {
			total.RecordsLeftOut++
			continue
		}
		total.Total = total.Total.Add(*record.AccumulateFactorValue)
		total.Records++
	}
	for _, total := range totals { // a sum has no digits that were sent: zeros at its end say nothing
		total.Total = decimal.RequireFromString(total.Total.String())
	}
	slices.SortFunc(totals, func(a, b *model.UsageTotal) int {
		if a.AccumulateFactorName == nil || b.AccumulateFactorName == nil {
			return cmp.Compare(len(dataset.Text(b.AccumulateFactorName)), len(dataset.Text(a.AccumulateFactorName)))
		}
		return strings.Compare(*a.AccumulateFactorName, *b.AccumulateFactorName)
	})
	return totals
}
