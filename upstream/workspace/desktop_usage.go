package workspace

import (
	"context"
	"net/url"
	"time"
)

// MaxDesktopAge is how far back an export of desktop usage may reach. Callers check it: they have the clock. A day's
// figures are there from 02:00 of the next day on, in a zone that is not stated, and a window shorter than a day may
// find nothing (QUIRKS 56).
const MaxDesktopAge = 180 * day

const day = 24 * time.Hour

// The words that sort desktops: by the duration of use, by the time without use.
const (
	SortDesktopUsage = "desktop_usage"
	SortDesktopIdle  = "desktop_idle_duration"
)

// DesktopUsageRequest describes an export of desktop usage.
type DesktopUsageRequest struct {
	// ProjectID is the project of the desktops.
	ProjectID string
	// From and To bound the time, From before To, both within MaxDesktopAge before now.
	From, To time.Time
	// ResourceName is found anywhere in a desktop's name; "" does not filter.
	ResourceName string
	// ResourceID is one desktop; "" does not filter. Later editions only.
	ResourceID string
	// IdleDays bounds the days without use, UsageHours the hours of use.
	IdleDays, UsageHours Range
	// EnterpriseProjectID limits to one enterprise project; "" does not.
	EnterpriseProjectID string
	// Order is by SortDesktopUsage, by SortDesktopIdle or none.
	Order Order
}

// ExportDesktopUsage starts an export of the usage of each desktop and returns the id of its task. It is a command,
// never repeated, although it is sent as a GET (QUIRKS 78).
func (c *Client) ExportDesktopUsage(ctx context.Context, in DesktopUsageRequest) (string, error) {
	p := &parameters{query: url.Values{}}
	p.window(in.From, in.To, c.timeLayout)
	// the first of the 180 days counts from its start, the last one is not over
	if in.To.Sub(in.From) > MaxDesktopAge+day {
		p.refuse("from", "must not be more than 180 days and a part of a day before to")
	}
	p.text("resourceName", "resource_name", in.ResourceName)
	p.text("resourceId", "resource_id", in.ResourceID)
	p.bounds("idleDays", "min_idle_days", "max_idle_days", in.IdleDays)
	p.bounds("usageHours", "usage_min_hours", "usage_max_hours", in.UsageHours)
	p.text("enterpriseProjectId", "enterprise_project_id", in.EnterpriseProjectID)
	p.order(in.Order, SortDesktopUsage, SortDesktopIdle)
	return c.start(ctx, exportDesktopUsageStatistics, in.ProjectID, p)
}
