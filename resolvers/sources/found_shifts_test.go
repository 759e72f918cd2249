package sources_test

import (
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/audit"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/instances"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// TestFound_F3_EveryListShifts has each list of several pages move its first row to its end between the first page and
// the second: no reading lacks the row that this hides, and none costs a further call.
func TestFound_F3_EveryListShifts(t *testing.T) {
	const rows = 25
	var shift atomic.Bool
	all, upstream := sourcestest.NewLists(t, func(_ string, query url.Values) []any {
		list := make([]any, rows)
		for i := range list {
			n := i
			if shift.Load() && query.Get("offset_value") != "0" {
				n = (i + 1) % rows
			}
			id := "id-" + strconv.Itoa(n)
			now := sourcestest.Millis(sourcestest.Now())
			list[i] = sourcestest.Row{
				"csn": id, "HOST_ID": id, "device_id": id, "cluster_id": id, "resource_id": id, "id": id,
				"metric_type": id, "resource_type": id, "region": "cn-north-1", "region_id": "cn-north-1",
				"REGION_ID": "cn-north-1", "region_code": "cn-north-1", "LogicalRegionId": "cn-north-1",
				"timestamp": now, "latest_occur_utc": now, "start_time": "2026-11-21 17:00:00", "begin_time": "20261121090000",
			}
		}
		return list
	}, func(cfg *dataset.Config, options *esm.Options) {
		cfg.Windows.Alarms = 24 * time.Hour
		options.SlowPageSize, options.FastPageSize = 10, 10
	})
	ctx := t.Context()
	today := sourcestest.Now().Truncate(24 * time.Hour)
	for name, count := range map[string]func() (int, error){
		"hosts": func() (int, error) {
			o := all.Hosts.List.One(ctx, "", struct{}{}, 0)
			return len(o.Held.Value.All), o.Err
		},
		"alarms": func() (int, error) {
			o := all.Alarms.Lists[model.AlarmSourceDevice].One(ctx, "", dataset.Span{}, 0)
			return len(o.Held.Value.All), o.Err
		},
		"devices": func() (int, error) {
			o := all.Devices.List.One(ctx, "", struct{}{}, 0)
			return len(o.Held.Value.All), o.Err
		},
		"clusters": func() (int, error) {
			o := all.Devices.Clusters.One(ctx, "", struct{}{}, 0)
			return len(o.Held.Value.All), o.Err
		},
		"capacity": func() (int, error) {
			o := all.Capacity.Services.One(ctx, "", model.CloudServiceTypeEip, 0)
			return len(o.Held.Value.All()), o.Err
		},
		"physical capacity": func() (int, error) {
			o := all.Capacity.Physical.One(ctx, "", struct{}{}, 0)
			return len(o.Held.Value.InRegion("cn-north-1")), o.Err
		},
		"audit": func() (int, error) {
			o := all.Audit.Logs.One(ctx, "", audit.Days{First: today, Last: today}, 0)
			return len(o.Held.Value.All), o.Err
		},
		"instances": func() (int, error) {
			o := all.Instances.Lists.One(ctx, "", instances.Key{Type: model.InstanceTypeEcs}, 0)
			return len(o.Held.Value.All), o.Err
		},
	} {
		for reading := range 3 {
			shift.Store(reading == 1)
			before := len(upstream.Asked())
			if got, err := count(); err != nil || got != rows {
				t.Errorf("%s, reading %d: %d rows, want %d: %v", name, reading, got, rows, err)
			}
			if calls := len(upstream.Asked()) - before; calls != 3 {
				t.Errorf("%s, reading %d: %d calls, want 3", name, reading, calls)
			}
			upstream.Advance(3 * time.Minute)
		}
	}
}
