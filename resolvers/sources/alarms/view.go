package alarms

import (
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// View is what queries read of alarms: both upstream lists as one, latest occurrence first, with indexes. It belongs to
// one generation of each list and is immutable but for what it works out once.
type View struct {
	dataset.List[*model.Alarm]
	// Hosts and Devices are the joins to the newest lists of hosts and of devices that were asked for: see [View.JoinTo].
	Hosts, Devices dataset.Memo[*Join]

	lists     []*List
	byService map[serviceInRegion][]*model.Alarm
	summaries dataset.Kept[dataset.Place[*model.Alarm], *model.AlarmCounts]
}

type serviceInRegion struct {
	region  string
	service model.CloudServiceType
}

// Join is which alarms are about which things of one generation of another list.
type Join struct {
	// ByAlarm holds the id of the thing that an alarm is about, ByID the alarms about a thing, latest first.
	ByAlarm map[*model.Alarm]string
	ByID    map[string][]*model.Alarm
}

// JoinTo joins the alarms to the things that they are about; idOf is false when none or more than one was recognised.
func (v *View) JoinTo(idOf func(*model.Alarm) (string, bool)) *Join {
	join := &Join{ByAlarm: map[*model.Alarm]string{}, ByID: map[string][]*model.Alarm{}}
	for _, alarm := range v.All {
		if id, ok := idOf(alarm); ok {
			join.ByAlarm[alarm] = id
			join.ByID[id] = append(join.ByID[id], alarm)
		}
	}
	return join
}

func newView(lists []*List) *View {
	view := &View{lists: slices.Clone(lists), byService: map[serviceInRegion][]*model.Alarm{}}
	var all []*model.Alarm
	var extent dataset.Extent
	for _, list := range lists { // each is in default order
		all = dataset.Merged(OrderOf(nil), all, list.All)
		extent.Truncated = extent.Truncated || list.Truncated
	}
	view.List = listOf(all, extent)
	for _, alarm := range view.All {
		if alarm.Service != nil {
			key := serviceInRegion{dataset.Text(alarm.RegionCode), *alarm.Service}
			view.byService[key] = append(view.byService[key], alarm)
		}
	}
	return view
}

func (v *View) isOf(lists []*List) bool { return slices.Equal(v.lists, lists) }

// OfService is the part of the alarms of a service in a region.
func (v *View) OfService(region string, service model.CloudServiceType) dataset.Part[*model.Alarm] {
	return dataset.Part[*model.Alarm]{
		Items: v.byService[serviceInRegion{region, service}], Name: "service " + string(service) + " in " + region,
		Holds: func(a *model.Alarm) bool {
			return a.Service != nil && *a.Service == service && dataset.Text(a.RegionCode) == region
		},
	}
}

// About is what a part has of the alarms that are about some things, by the join to these.
func (v *View) About(join *Join, ids []string, of dataset.Part[*model.Alarm]) dataset.Part[*model.Alarm] {
	if of.Name == "" {
		wanted := dataset.SetOf(ids)
		return dataset.Part[*model.Alarm]{Items: dataset.Select(of.Items, func(a *model.Alarm) bool {
			id, known := join.ByAlarm[a]
			return known && wanted.Has(&id)
		})}
	}
	var found []*model.Alarm
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		found = append(found, join.ByID[id]...)
	}
	if of.Holds != nil {
		found = dataset.Select(found, of.Holds)
	}
	return dataset.Part[*model.Alarm]{Items: dataset.Sorted(OrderOf(nil), found)}
}

// Summary counts the alarms of a part that pass a filter: once for the same question.
func (v *View) Summary(part dataset.Part[*model.Alarm], f dataset.Filter[*model.Alarm]) *model.AlarmCounts {
	counted, kept := v.Selected(part, f, OrderOf(nil))
	if !kept {
		return Summarise(counted)
	}
	return dataset.Once(&v.summaries, counted, 2*v.MostKept(), func() *model.AlarmCounts { return Summarise(counted) })
}

// GapIn reports whether rows of a region could not be read in one of the lists, and the upstream operation of that
// list.
func (v *View) GapIn(region string) (operation string, gap bool) {
	for _, list := range v.lists {
		if list.GapIn(region) {
			return OperationOf(list.Source), true
		}
	}
	return "", false
}
