package instances

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// TenantList is one generation of the rows of a type of the tenant zone, by resource id, rows without one last.
type TenantList struct {
	dataset.List[*model.TenantInstance]
}

// addTenant makes the lists of rows of the tenant zone, one for each type. The upstream sends a type's rows all at once
// (quirk 63), and no edition of its document says what they hold (quirk 101).
func addTenant(cfg dataset.Config) cache.Set[model.TenantInstanceType, *TenantList] {
	return dataset.AddWhole(cfg, dataset.Whole[model.TenantInstanceType, json.RawMessage, *TenantList]{
		Operation: OperationTenant,
		Ages:      cfg.Ages.Instances,
		Key:       func(kind model.TenantInstanceType) string { return string(kind) },
		Parameters: func(kind model.TenantInstanceType) map[string]any {
			return map[string]any{"type": kind}
		},
		Read: func(ctx context.Context, kind model.TenantInstanceType) (cache.Fetched[json.RawMessage], error) {
			answer, err := cfg.ESM.TenantInstances(ctx, string(kind))
			if err == nil && answer.Rows == nil && answer.Raw != nil {
				cfg.Unreadable(OperationTenant, "list")
			}
			return cache.Fetched[json.RawMessage]{Records: answer.Rows, Code: answer.Code}, err
		},
		Build: func(scope string, kind model.TenantInstanceType, f cache.Fetched[json.RawMessage]) (*TenantList, int64) {
			list, size := buildTenant(cfg.In(scope), kind, f.Records)
			list.Extent = dataset.ExtentOf(f)
			return list, size
		},
		Regions: (*TenantList).RegionCodes,
	})
}

// bytesOfTenantInstance is about what a row takes in memory beside its text.
const bytesOfTenantInstance = 250

// buildTenant orders the rows and gives the rows of one resource id their positions, so that a cursor stays at its
// place when rows before it come and go.
func buildTenant(
	cfg dataset.Config, kind model.TenantInstanceType, records []json.RawMessage,
) (*TenantList, int64) {
	all, size := make([]*model.TenantInstance, len(records)), int64(0)
	for i, record := range records {
		all[i] = convertTenantInstance(cfg, kind, record)
		size += int64(len(record)) + bytesOfTenantInstance
	}
	slices.SortFunc(all, func(a, b *model.TenantInstance) int {
		return cmp.Or(compareIDs(a, b), bytes.Compare(a.Raw, b.Raw))
	})
	for i, row := range all[min(1, len(all)):] {
		if before := all[i]; compareIDs(before, row) == 0 {
			row.Position = before.Position + 1
		}
	}
	return &TenantList{dataset.NewList(all, TenantOrder(), dataset.Extent{},
		func(i *model.TenantInstance) *string { return i.RegionCode })}, size
}

func resourceKey(row *model.TenantInstance) model.SortKey { return dataset.TextKey(row.ResourceID) }

func compareIDs(a, b *model.TenantInstance) int {
	return cmp.Or(dataset.NoneLast(a.ResourceID, b.ResourceID), strings.Compare(resourceKey(a).Text, resourceKey(b).Text))
}

// convertTenantInstance reads the two fields that a row is likely to have, where they are texts.
func convertTenantInstance(
	cfg dataset.Config, kind model.TenantInstanceType, record json.RawMessage,
) *model.TenantInstance {
	instance := &model.TenantInstance{Type: kind, Raw: record}
	var fields map[string]json.RawMessage
	if json.Unmarshal(record, &fields) != nil {
		return instance
	}
	instance.ResourceID, instance.RegionCode = textIn(fields["resource_id"]).Ptr(),
		cfg.RegionIn(textIn(fields["region_code"]), OperationTenant, "region_code")
	return instance
}

// textIn is the text of a field of an undocumented row; absent when it is anything but a text.
func textIn(raw json.RawMessage) loose.Text {
	var value loose.Text
	if !bytes.HasPrefix(raw, []byte(`"`)) || json.Unmarshal(raw, &value) != nil {
		return loose.Text{}
	}
	return value
}

// TenantOrder is the order of rows: by resource id, then by their position among the rows of that id.
func TenantOrder() dataset.Order[*model.TenantInstance] {
	return dataset.Order[*model.TenantInstance]{
		Name: "ti",
		Key:  resourceKey,
		ID:   func(row *model.TenantInstance) string { return fmt.Sprintf("%06d", row.Position) },
	}
}
