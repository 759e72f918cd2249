package workspace

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Range bounds a figure, both ends included; a nil end is open.
type Range struct{ Min, Max *int }

// Order is how an export is sorted. The zero value leaves it to Workspace.
type Order struct {
	// Field is one of the Sort words of the export.
	Field string
	// Descending turns the order; it counts only with a Field.
	Descending bool
}

type exportTask struct {
	TaskID loose.Text `json:"task_id"`
}

var (
	// projectPattern allows any id that fits into a path; no document gives its form.
	projectPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	errNoTaskID    = errors.New("answer has no task id")
)

// FitsProject reports whether an id can be that of a project.
func FitsProject(projectID string) bool { return projectPattern.MatchString(projectID) }

// start checks the project, calls, and returns the id of the task.
func (c *Client) start(
	ctx context.Context, e rest.Endpoint[exportTask], projectID string, parameters *parameters,
) (string, error) {
	if !FitsProject(projectID) {
		return "", refuse("projectId", "must be 1 to 64 letters, digits, - or _")
	}
	if parameters.err != nil {
		return "", parameters.err
	}
	answer, err := rest.Call(ctx, c.rest, e, rest.Request{
		Path:  map[string]string{"project_id": projectID},
		Query: parameters.query,
	})
	if err != nil {
		return "", err
	}
	if answer.Body.TaskID.IsAbsent() {
		return "", e.Fail(rest.BadResponse, errNoTaskID)
	}
	return answer.Body.TaskID.String(), nil
}

// parameters collects a query and its first error.
type parameters struct {
	query url.Values
	err   error
}

func (p *parameters) refuse(field, message string) {
	if p.err == nil {
		p.err = refuse(field, message)
	}
}

// window adds both ends, which are mandatory, in UTC.
func (p *parameters) window(from, to time.Time, layout string) {
	switch {
	case from.IsZero():
		p.refuse("from", "must not be empty")
	case to.IsZero():
		p.refuse("to", "must not be empty")
	case !from.Before(to):
		p.refuse("from", "must be before to")
	}
	p.query.Set("start_time", from.UTC().Format(layout))
	p.query.Set("end_time", to.UTC().Format(layout))
}

// maxTextLength is far above any name or id.
const maxTextLength = 255

func (p *parameters) text(field, name, value string) {
	if len(value) > maxTextLength {
		p.refuse(field, "must not have more than 255 bytes")
	}
	if value != "" {
		p.query.Set(name, value)
	}
}

// bounds adds the ends of a range. The upstream finds nothing for inverted ones instead of failing (QUIRKS 106).
func (p *parameters) bounds(field, least, greatest string, r Range) {
	for name, end := range map[string]*int{least: r.Min, greatest: r.Max} {
		if end == nil {
			continue
		}
		if *end < 0 {
			p.refuse(field, "must not be negative")
		}
		p.query.Set(name, strconv.Itoa(*end))
	}
	if r.Min != nil && r.Max != nil && *r.Min > *r.Max {
		p.refuse(field, "must have a least value not above the greatest")
	}
}

func (p *parameters) order(o Order, fields ...string) {
	if o.Field == "" {
		if o.Descending {
			p.refuse("order", "has a direction without a field")
		}
		return
	}
	if !slices.Contains(fields, o.Field) {
		p.refuse("order", "has an unknown field")
	}
	direction := "ASC"
	if o.Descending {
		direction = "DESC"
	}
	p.query.Set("sort_field", o.Field)
	p.query.Set("sort_type", direction)
}
