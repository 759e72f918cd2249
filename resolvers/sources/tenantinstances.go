package sources

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// OperationTenantInstances is the upstream operation behind rows of the tenant zone.
const OperationTenantInstances = "listTenantInstanceData"

// TenantInstances is the source of the rows of the tenant zone: one snapshot for each type. The upstream sends a type's rows all at
// once (quirk 63), and no edition of its document says what they hold (quirk 101).
type TenantInstances struct {
	snapshot *cache.Snapshot[json.RawMessage, *TenantInstanceList]
}

// TenantInstanceList is one generation of the rows of a type.
type TenantInstanceList struct {
	// All holds every row, by resource id, rows without one last.
	All []*model.TenantInstance
}

func newTenantInstances(cfg Config, regions *Regions) (*TenantInstances, error) {
	snapshot, err := cache.NewSnapshot(cache.SnapshotConfig[json.RawMessage, *TenantInstanceList]{
		Operation: OperationTenantInstances,
		Ages:      cfg.Ages.Instances,
		Tiers:     cfg.Tiers,
		Fetch: func(ctx context.Context, key cache.Key) (cache.Fetched[json.RawMessage], error) {
			answer, err := cfg.ESM.TenantInstances(lane(ctx), key.Part)
			if err == nil && answer.Rows == nil && answer.Raw != nil {
				cfg.Unreadable(OperationTenantInstances, "list")
			}
			return cache.Fetched[json.RawMessage]{Records: answer.Rows}, asFetchError(err)
		},
		Build: func(key cache.Key, f cache.Fetched[json.RawMessage]) (*TenantInstanceList, int64) {
			list, size := buildTenantInstances(model.TenantInstanceType(key.Part), f.Records)
			regions.learn(key.Scope, regionsOfTenantInstances(list.All))
			return list, size
		},
	})
	if err != nil {
		return nil, fmt.Errorf("tenant instance snapshot: %w", err)
	}
	return &TenantInstances{snapshot: snapshot}, nil
}

func (t *TenantInstances) close() { t.snapshot.Close() }

// Peek gives the rows of a type when memory has them; it never waits.
func (t *TenantInstances) Peek(
	ctx context.Context, scope string, kind model.TenantInstanceType,
) (cache.Held[*TenantInstanceList], bool) {
	return t.snapshot.Peek(ctx, cache.Key{Scope: scope, Part: string(kind)})
}

// Load gives the rows of a type, fetched when they must be.
func (t *TenantInstances) Load(
	ctx context.Context, scope string, kind model.TenantInstanceType, maxAge time.Duration,
) (cache.Held[*TenantInstanceList], error) {
	return t.snapshot.Get(ctx, cache.Key{Scope: scope, Part: string(kind)}, maxAge)
}

// bytesOfTenantInstance is about what a row takes in memory beside its text.
const bytesOfTenantInstance = 250

// buildTenantInstances orders the rows and gives the rows of one resource id their positions, so that a cursor stays at its place when
// rows before it come and go.
func buildTenantInstances(kind model.TenantInstanceType, records []json.RawMessage) (*TenantInstanceList, int64) {
	list := &TenantInstanceList{All: make([]*model.TenantInstance, len(records))}
	size := int64(0)
	for i, record := range records {
		list.All[i] = convertTenantInstance(kind, record)
		size += int64(len(record)) + bytesOfTenantInstance
	}
	slices.SortFunc(list.All, func(a, b *model.TenantInstance) int {
		return cmp.Or(compareKeys(resourceKey(a), resourceKey(b)), bytes.Compare(a.Raw, b.Raw))
	})
	for i, row := range list.All[min(1, len(list.All)):] {
		if before := list.All[i]; compareKeys(resourceKey(before), resourceKey(row)) == 0 {
			row.Position = before.Position + 1
		}
	}
	return list, size
}

func resourceKey(row *model.TenantInstance) model.SortKey { return textKey(row.ResourceID) }

func compareKeys(a, b model.SortKey) int {
	switch {
	case a.Null == b.Null:
		return strings.Compare(a.Text, b.Text)
	case a.Null:
		return 1
	default:
		return -1
	}
}

// convertTenantInstance reads the two fields that a row is likely to have, where they are texts; anything else stays in the row as it came.
func convertTenantInstance(kind model.TenantInstanceType, record json.RawMessage) *model.TenantInstance {
	instance := &model.TenantInstance{Type: kind, Raw: record}
	var fields map[string]json.RawMessage
	if json.Unmarshal(record, &fields) != nil {
		return instance
	}
	instance.ResourceID, instance.RegionCode = textIn(fields["resource_id"]).Ptr(), regionCode(textIn(fields["region_code"]))
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

func regionsOfTenantInstances(rows []*model.TenantInstance) []string {
	codes := map[string]bool{}
	for _, row := range rows {
		if row.RegionCode != nil {
			codes[*row.RegionCode] = true
		}
	}
	return sortedKeys(codes)
}

// TenantInstanceOrder is the order of rows: by resource id, then by their position among the rows of that id.
func TenantInstanceOrder() Order[*model.TenantInstance] {
	return Order[*model.TenantInstance]{
		Name: "ti",
		Key:  resourceKey,
		ID:   func(row *model.TenantInstance) string { return fmt.Sprintf("%06d", row.Position) },
	}
}
