package sources

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// The upstream operations behind alarms.
const (
	OperationServiceAlarms = "listCloudServiceAlarms"
	OperationDeviceAlarms  = "listDeviceAlarms"
)

// AlarmOperation is the upstream operation behind one of the two lists.
func AlarmOperation(source model.AlarmSource) string {
	if source == model.AlarmSourceDevice {
		return OperationDeviceAlarms
	}
	return OperationServiceAlarms
}

// Alarms is the source of alarms: one snapshot for each of the two upstream lists, always read whole, and views that put them
// together with the host list.
type Alarms struct {
	snapshots map[model.AlarmSource]*cache.Snapshot[esm.Alarm, *AlarmList]
}

// AlarmList is one generation of one upstream list, latest occurrence first.
type AlarmList struct {
	Source model.AlarmSource
	All    []*model.Alarm
	// Gaps are the rows that could not be read, by region code.
	Gaps []cache.Gap
	// Truncated tells that the list was longer than the pages that are read.
	Truncated bool
	byCSN     map[string]*model.Alarm

	mu    sync.Mutex
	alone *AlarmView // of this list by itself
	both  *AlarmView // of this list and the newest one of the other kind
}

// ByCSN is the alarm with a serial number; nil when the list has none.
func (l *AlarmList) ByCSN(csn string) *model.Alarm { return l.byCSN[csn] }

func newAlarms(cfg Config, regions *Regions) (*Alarms, error) {
	a := &Alarms{snapshots: map[model.AlarmSource]*cache.Snapshot[esm.Alarm, *AlarmList]{}}
	calls := map[model.AlarmSource]func(context.Context, esm.Window) (rest.List[esm.Alarm], error){
		model.AlarmSourceCloudService: cfg.ESM.ServiceAlarms,
		model.AlarmSourceDevice:       cfg.ESM.DeviceAlarms,
	}
	var errs []error
	for source, call := range calls {
		snapshot, err := cache.NewSnapshot(cache.SnapshotConfig[esm.Alarm, *AlarmList]{
			Operation:    AlarmOperation(source),
			Ages:         cfg.Ages.Alarms,
			Tiers:        cfg.Tiers,
			KeepOneEmpty: true,
			Fetch: func(ctx context.Context, _ cache.Key) (cache.Fetched[esm.Alarm], error) {
				list, err := call(lane(ctx), windowEndingNow(cfg.Now(), cfg.Windows.Alarms))
				return fetched(list, "LogicalRegionId"), asFetchError(err)
			},
			Build: func(key cache.Key, f cache.Fetched[esm.Alarm]) (*AlarmList, int64) {
				list := buildAlarms(cfg, source, f)
				regions.learn(key.Scope, regionsOfAlarms(list.All))
				return list, int64(len(list.All)) * bytesOfAlarm
			},
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("%s snapshot: %w", AlarmOperation(source), err))
		}
		a.snapshots[source] = snapshot
	}
	return a, errors.Join(errs...)
}

func (a *Alarms) close() {
	for _, snapshot := range a.snapshots {
		snapshot.Close()
	}
}

// Peek gives one upstream list when memory has it; it never waits.
func (a *Alarms) Peek(ctx context.Context, scope string, source model.AlarmSource) (cache.Held[*AlarmList], bool) {
	return a.snapshots[source].Peek(ctx, cache.Key{Scope: scope})
}

// Load gives one upstream list, fetched when it must be.
func (a *Alarms) Load(
	ctx context.Context, scope string, source model.AlarmSource, maxAge time.Duration,
) (cache.Held[*AlarmList], error) {
	return a.snapshots[source].Get(ctx, cache.Key{Scope: scope}, maxAge)
}

// ViewOf puts one or two lists together. A list keeps its newest views, so that queries share their indexes.
func ViewOf(lists ...*AlarmList) *AlarmView {
	first := lists[0]
	first.mu.Lock()
	defer first.mu.Unlock()
	slot := &first.alone
	if len(lists) > 1 {
		slot = &first.both
	}
	if *slot == nil || !(*slot).isOf(lists) {
		*slot = newAlarmView(lists)
	}
	return *slot
}

// bytesOfAlarm is about what a converted alarm takes in memory.
const bytesOfAlarm = 1500

func buildAlarms(cfg Config, source model.AlarmSource, f cache.Fetched[esm.Alarm]) *AlarmList {
	list := &AlarmList{
		Source: source, Gaps: f.Gaps, Truncated: f.Truncated, byCSN: make(map[string]*model.Alarm, len(f.Records)),
	}
	alarms := make([]*model.Alarm, 0, len(f.Records))
	for _, record := range f.Records {
		alarm := convertAlarm(cfg, source, record)
		if alarm == nil || list.byCSN[alarm.Csn] != nil {
			continue
		}
		list.byCSN[alarm.Csn] = alarm
		alarms = append(alarms, alarm)
	}
	list.All = AlarmOrderOf(nil).Sorted(alarms)
	return list
}

func regionsOfAlarms(alarms []*model.Alarm) []string {
	codes := map[string]bool{}
	for _, alarm := range alarms {
		if alarm.RegionCode != nil {
			codes[*alarm.RegionCode] = true
		}
	}
	return sortedKeys(codes)
}
