package live

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
)

// TestMissedAlarmIsPublished: an alarm that the first reading missed is no change, and another replica that polls next
// must know of it, also where another alarm has gone meanwhile, so that there are as many as before.
func TestMissedAlarmIsPublished(t *testing.T) {
	began := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	listOf := func(ages ...int) *alarms.List {
		list := &alarms.List{}
		for _, age := range ages {
			at := began.Add(-time.Duration(age) * time.Minute)
			list.All = append(list.All, &model.Alarm{Csn: at.Format(time.TimeOnly), LastOccurredAt: &at})
		}
		return list
	}
	first := listOf(1, 3)
	first.Unchecked = true
	readings := []*alarms.List{first, listOf(1, 2), listOf(1, 2)}
	one, other := &alarmStates{source: model.AlarmSourceDevice}, &alarmStates{source: model.AlarmSourceDevice}
	var published events.State
	for i, by := range []*alarmStates{one, one, other} {
		held := cache.Held[*alarms.List]{Value: readings[i], Generation: uint64(i + 1)}
		found, err := by.compare(published, held, began)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range found.changes {
			t.Errorf("reading %d: %s %s", i, change.Kind, change.Alarm.Csn)
		}
		published.Known, published.Generation = true, found.generation
		if found.state != nil {
			published.Data = found.state
		}
	}
	var states map[string]string
	if err := json.Unmarshal(published.Data, &states); err != nil || len(states) != 2 {
		t.Errorf("published %v, %v", states, err)
	}
}
