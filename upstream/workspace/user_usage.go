package workspace

import (
	"context"
	"net/url"
	"time"
)

// MaxUserWindow bounds the export of user usage. "Data within a maximum of 30 days" may mean its span, which this
// package checks, or its age, which the callers check: they have the clock (QUIRKS 56).
const MaxUserWindow = 30 * 24 * time.Hour

// SortUserUsage sorts users by the duration of use.
const SortUserUsage = "user_usage"

// UserUsageRequest describes an export of user usage.
type UserUsageRequest struct {
	// ProjectID is the project of the desktops.
	ProjectID string
	// From and To bound the time, From before To, at most MaxUserWindow apart.
	From, To time.Time
	// Username is found anywhere in a user's name; "" does not filter.
	Username string
	// UsageHours bounds the hours of use.
	UsageHours Range
	// EnterpriseProjectID limits to one enterprise project; "" does not.
	EnterpriseProjectID string
	// Order is by SortUserUsage or none.
	Order Order
}

// ExportUserUsage starts an export of the usage of each user and returns the id of its task. It is a command, never
// repeated, although it is sent as a GET (QUIRKS 78).
func (c *Client) ExportUserUsage(ctx context.Context, in UserUsageRequest) (string, error) {
	p := &parameters{query: url.Values{}}
	p.window(in.From, in.To, c.timeLayout)
	if in.To.Sub(in.From) > MaxUserWindow {
		p.refuse("from", "must not be more than 30 days before to")
	}
	p.text("username", "username", in.Username)
	p.bounds("usageHours", "usage_min_hours", "usage_max_hours", in.UsageHours)
	p.text("enterpriseProjectId", "enterprise_project_id", in.EnterpriseProjectID)
	p.order(in.Order, SortUserUsage)
	return c.start(ctx, exportUserUsageStatistics, in.ProjectID, p)
}
