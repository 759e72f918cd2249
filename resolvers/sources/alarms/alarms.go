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
	"github.com/opsgraph/opsgraph/upstream/loose"
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
	// Lists are the two upstream lists: of the window that ends now, by the zero span, which all queries share, and of
	// each span of days that a query names.
	Lists map[model.AlarmSource]cache.Set[dataset.Span, *List]
	limit dataset.RangeLimit
	back  time.Duration // how far the window that ends now reaches
}

const oneDay = 24 * time.Hour

// SpanOf is the list that a filter's range asks for: the whole days that hold it, so that queries of a day share its
// calls, or the zero span without a range. some is false where the range holds no moment up to now. It fails with an
// *rest.InputError on a range without a start, and on one that is longer than may be asked.
func (s *Source) SpanOf(within *model.TimeRange, now time.Time) (days dataset.Span, some bool, err error) {
	if within == nil {
		return dataset.Span{}, true, nil
	}
	days, err = s.limit.Window(within, now)
	return days, !days.Empty(), err
}

// Begin is the start of the window that ends now, of a list that was fetched at a moment.
func (s *Source) Begin(fetchedAt time.Time) time.Time { return dataset.Begin(fetchedAt, s.back) }

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
	return &Source{
		limit: dataset.RangeLimit{Of: "alarms", Most: cfg.Windows.AlarmRange, Step: oneDay},
		back:  cfg.Windows.Alarms,
		Lists: map[model.AlarmSource]cache.Set[dataset.Span, *List]{
			model.AlarmSourceCloudService: add(cfg, model.AlarmSourceCloudService, cfg.ESM.ServiceAlarms),
			model.AlarmSourceDevice:       add(cfg, model.AlarmSourceDevice, cfg.ESM.DeviceAlarms),
		},
	}
}

// keyOf is the key of a list, without the window that ends now, which moves with every minute.
func keyOf(days dataset.Span) string {
	if days.From.IsZero() {
		return ""
	}
	return string(days.AppendKey(make([]byte, 0, dataset.KeyBytes)))
}

// window is the upstream's window: the days as far as they have begun, or the one that ends now.
func window(cfg dataset.Config, days dataset.Span) esm.Window {
	asked := cfg.UntilNow(cfg.Windows.Alarms)
	asked.To = asked.To.Add(beyondNow)
	if days.From.IsZero() {
		return asked
	}
	if days.To.Before(asked.To) {
		asked.To = days.To
	}
	return esm.Window{From: days.From, To: asked.To}
}

func add(
	cfg dataset.Config, source model.AlarmSource, call func(context.Context, esm.Window) (rest.List[esm.Alarm], error),
) cache.Set[dataset.Span, *List] {
	return dataset.AddWhole(cfg, dataset.Whole[dataset.Span, esm.Alarm, *List]{
		Operation:    OperationOf(source),
		Ages:         cfg.Ages.Alarms,
		KeepOneEmpty: true,
		Key:          keyOf,
		Parameters:   func(days dataset.Span) map[string]any { return days.Parameters(nil) },
		Row:          esm.Alarm.RowKey,
		Listed: func(days dataset.Span, a esm.Alarm) bool {
			last, known := a.LatestOccurrence.Instant(time.UTC)
			switch {
			case !known:
				return true
			case days.From.IsZero():
				return !last.Before(cfg.Now().Add(-cfg.Windows.Alarms))
			}
			return days.Holds(&last)
		},
		Read: func(ctx context.Context, days dataset.Span) (cache.Fetched[esm.Alarm], error) {
			list, err := call(ctx, window(cfg, days))
			return dataset.FetchedOf(cfg, OperationOf(source), list, "LogicalRegionId"), err
		},
		Build: func(scope string, _ dataset.Span, f cache.Fetched[esm.Alarm]) (*List, int64) {
			dataset.LearnLabels(cfg, scope, f.Records, func(r esm.Alarm) (loose.Text, []loose.Text) {
				return r.LogicalRegionID, []loose.Text{r.RegionName}
			})
			list := build(cfg.In(scope), source, f)
			return list, int64(len(list.All)) * bytesOfAlarm
		},
		Regions: (*List).RegionCodes,
	})
}

// beyondNow is how far the window of alarms reaches into the future, which the upstream takes: no clock that is ahead
// of ours hides the newest of them.
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
	converter := newConverter(cfg, source)
	for i := range f.Records {
		alarm := converter.alarm(&f.Records[i])
		if list.byCSN[alarm.Csn] != nil {
			continue
		}
		list.byCSN[alarm.Csn] = alarm
		alarms = append(alarms, alarm)
	}
	list.List = listOf(dataset.Sorted(OrderOf(nil), alarms), dataset.ExtentOf(f))
	return list
}

// listOf makes a list of alarms that stand in default order.
func listOf(sorted []*model.Alarm, extent dataset.Extent) dataset.List[*model.Alarm] {
	return dataset.NewList(sorted, OrderOf(nil), extent, func(a *model.Alarm) *string { return a.RegionCode })
}
