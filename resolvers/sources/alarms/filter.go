package alarms

import (
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// Matches reports whether an alarm passes the filter; nil lets all pass. hostOf is called only when it names hosts.
func Matches(f *model.AlarmFilter, now time.Time, hostOf func(*model.Alarm) *string) func(*model.Alarm) bool {
	if f == nil {
		return func(*model.Alarm) bool { return true }
	}
	severities, sources, services := dataset.SetOf(f.Severities), dataset.SetOf(f.Sources), dataset.SetOf(f.Services)
	regions, definitions, hosts := dataset.SetOf(f.Regions), dataset.SetOf(f.DefinitionIds), dataset.SetOf(f.HostIds)
	contains := strings.ToLower(dataset.Text(f.NameContains))
	span, within := dataset.Since(f.LastOccurred, now), dataset.Since(f.Range, now)
	return func(a *model.Alarm) bool {
		return (f.Cleared == nil || *f.Cleared != a.Active()) &&
			(f.Acknowledged == nil || *f.Acknowledged == (a.Acknowledged != nil && *a.Acknowledged)) &&
			severities.Has(a.Severity) && sources.Has(&a.Source) && services.Has(a.Service) &&
			regions.Has(a.RegionCode) && definitions.Has(a.DefinitionID) &&
			(contains == "" || strings.Contains(strings.ToLower(dataset.Text(a.Name)), contains)) &&
			(f.LastOccurred == nil || span.Holds(a.LastOccurredAt)) &&
			(f.Range == nil || within.Holds(a.LastOccurredAt)) &&
			(hosts == nil || hosts.Has(hostOf(a)))
	}
}
