// Package alarms is the source of alarms: the two upstream lists, always read whole, and views that combine them.
package alarms

import (
	"context"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// The upstream operations of alarms.
const (
	OperationService = "listCloudServiceAlarms"
	OperationDevice  = "listDeviceAlarms"
)

// OperationOf is the upstream operation of one of the two lists.
func OperationOf(source model.AlarmSource) string {
	if source == model.AlarmSourceDevice {
		return OperationDevice
	}
	return OperationService
}

// Source is the source of alarms.
type Source struct {
	// Lists are the two upstream lists.
	Lists map[model.AlarmSource]*cache.Set[struct{}, *List]
}

// List is one generation of one upstream list, latest occurrence first.
type List struct {
	dataset.List[*model.Alarm]
	Source model.AlarmSource
	// Unchecked reports that the reading may have missed alarms, and that there was none before to take them from.
	Unchecked bool

	byCSN map[string]*model.Alarm

	mu    sync.Mutex
	alone *View // of this list by itself
	both  *View // of this list and the newest one of the other kind
}

// ByCSN is the alarm with a serial number; nil when the list has none.
func (l *List) ByCSN(csn string) *model.Alarm { return l.byCSN[csn] }

// New makes the source.
func New(cfg dataset.Config) *Source {
	return &Source{Lists: map[model.AlarmSource]*cache.Set[struct{}, *List]{
		model.AlarmSourceCloudService: add(cfg, model.AlarmSourceCloudService, cfg.ESM.ServiceAlarms),
		model.AlarmSourceDevice:       add(cfg, model.AlarmSourceDevice, cfg.ESM.DeviceAlarms),
	}}
}

func add(
	cfg dataset.Config, source model.AlarmSource, call func(context.Context, esm.Window) (rest.List[esm.Alarm], error),
) *cache.Set[struct{}, *List] {
	return dataset.AddWhole(cfg, dataset.Whole[struct{}, esm.Alarm, *List]{
		Operation:    OperationOf(source),
		Ages:         cfg.Ages.Alarms,
		KeepOneEmpty: true,
		Row:          esm.Alarm.RowKey,
		Listed: func(_ struct{}, a esm.Alarm) bool {
			last, known := a.LatestOccurrence.Instant(time.UTC)
			return !known || !last.Before(cfg.Now().Add(-cfg.Windows.Alarms))
		},
		Read: func(ctx context.Context, _ struct{}) (cache.Fetched[esm.Alarm], error) {
			window := cfg.UntilNow(cfg.Windows.Alarms)
			window.To = window.To.Add(beyondNow)
			list, err := call(ctx, window)
			return dataset.FetchedOf(list, "LogicalRegionId"), err
		},
		Build: func(_ string, _ struct{}, f cache.Fetched[esm.Alarm]) (*List, int64) {
			list := build(cfg, source, f)
			return list, int64(len(list.All)) * bytesOfAlarm
		},
		Regions: (*List).RegionCodes,
	})
}

// beyondNow is how far the window of alarms reaches into the future, which the upstream takes: no clock that is ahead of
// ours hides the newest of them.
const beyondNow = 24 * time.Hour

// ViewOf puts one or two lists together. A list keeps its newest views, so that queries share their indexes.
func ViewOf(lists ...*List) *View {
	first := lists[0]
	first.mu.Lock()
	defer first.mu.Unlock()
	slot := &first.alone
	if len(lists) > 1 {
		slot = &first.both
	}
	if *slot == nil || !(*slot).isOf(lists) {
		*slot = newView(lists)
	}
	return *slot
}

// bytesOfAlarm is about what a converted alarm takes in memory.
const bytesOfAlarm = 1500

func build(cfg dataset.Config, source model.AlarmSource, f cache.Fetched[esm.Alarm]) *List {
	list := &List{Source: source, Unchecked: f.Unchecked, byCSN: make(map[string]*model.Alarm, len(f.Records))}
	alarms := make([]*model.Alarm, 0, len(f.Records))
	for _, record := range f.Records {
		alarm := convertAlarm(cfg, source, record)
		if alarm == nil || list.byCSN[alarm.Csn] != nil {
			continue
		}
		list.byCSN[alarm.Csn] = alarm
		alarms = append(alarms, alarm)
	}
	list.List = listOf(OrderOf(nil).Sorted(alarms), dataset.ExtentOf(f))
	return list
}

// listOf makes a list of alarms that stand in default order.
func listOf(sorted []*model.Alarm, extent dataset.Extent) dataset.List[*model.Alarm] {
	return dataset.NewList(sorted, OrderOf(nil), extent, func(a *model.Alarm) *string { return a.RegionCode })
}
