package sources

import (
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
)

// AlarmMatches tells whether an alarm passes the filter; a nil filter lets every alarm pass. hostOf is asked only when the
// filter names hosts.
func AlarmMatches(f *model.AlarmFilter, now time.Time, hostOf func(*model.Alarm) *string) func(*model.Alarm) bool {
	if f == nil {
		return func(*model.Alarm) bool { return true }
	}
	severities, sources, services := setOf(f.Severities), setOf(f.Sources), setOf(f.Services)
	regions, definitions, hosts := setOf(f.Regions), setOf(f.DefinitionIds), setOf(f.HostIds)
	contains := strings.ToLower(text(f.NameContains))
	span := SpanOf(f.LastOccurred, now)
	return func(a *model.Alarm) bool {
		return (f.Cleared == nil || *f.Cleared != a.Active()) &&
			(f.Acknowledged == nil || *f.Acknowledged == (a.Acknowledged != nil && *a.Acknowledged)) &&
			severities.has(a.Severity) && sources.has(&a.Source) && services.has(a.Service) &&
			regions.has(a.RegionCode) && definitions.has(a.DefinitionID) &&
			(contains == "" || strings.Contains(strings.ToLower(text(a.Name)), contains)) &&
			(f.LastOccurred == nil || span.holds(a.LastOccurredAt)) &&
			(hosts == nil || hosts.has(hostOf(a)))
	}
}

// SpanOf is the span that a range means at a moment; open ends stay zero.
func SpanOf(r *model.TimeRange, now time.Time) Span {
	var span Span
	if r == nil {
		return span
	}
	if r.Last != nil {
		return Span{From: now.Add(-*r.Last), To: now}
	}
	if r.From != nil {
		span.From = *r.From
	}
	if r.To != nil {
		span.To = *r.To
	}
	return span
}

// holds tells whether an instant lies in the span; an unknown one does not.
func (s Span) holds(t *time.Time) bool {
	return t != nil && (s.From.IsZero() || !t.Before(s.From)) && (s.To.IsZero() || t.Before(s.To))
}
