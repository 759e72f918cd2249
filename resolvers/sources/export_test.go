package sources

// NewAlarmView makes a view that no list keeps.
func NewAlarmView(lists ...*AlarmList) *AlarmView { return newAlarmView(lists) }

// Once lets tests run commands that have no upstream.
var Once = once
