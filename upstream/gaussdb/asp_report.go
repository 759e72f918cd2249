package gaussdb

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"time"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// MaxAge is how far before the call both ends of a collection may lie (QUIRKS 56). Callers check it: they have the
// clock.
const MaxAge = 2 * 24 * time.Hour

// Language is the language of messages, in GaussDB's spelling (QUIRKS 42).
type Language string

// The languages. The zero value sends none, and GaussDB takes English.
const (
	Chinese Language = "zh-cn"
	English Language = "en-us"
)

// CollectRequest is the report to collect.
type CollectRequest struct {
	// ProjectID is the project of the instance: 32 letters and digits.
	ProjectID string
	// InstanceID is the database instance: 36 letters and digits, no UUID (QUIRKS 99).
	InstanceID string
	// From and To bound the period, From before To, both within MaxAge; fractions of a second are lost.
	From, To time.Time
	// Language is that of messages; "" leaves it to GaussDB.
	Language Language
}

// collectBody is the request as the wire has it.
type collectBody struct {
	StartTime string `json:"start_time"`
	EndTime   string `json:"end_time"`
}

type collected struct {
	JobID loose.Text `json:"job_id"`
}

var (
	projectPattern  = regexp.MustCompile(`^[0-9A-Za-z]{32}$`)
	instancePattern = regexp.MustCompile(`^[0-9A-Za-z]{36}$`)
	errNoJobID      = errors.New("answer has no job id")
)

// offsetTime is RFC 3339 but for the offset, which has no colon (QUIRKS 48).
const offsetTime = "2006-01-02T15:04:05-0700"

// CollectReport starts the collection and returns the id of its job, any 2xx being a success (QUIRKS 80). It is a
// command: each call starts one more collection, and it is never repeated. No documented operation reads the result.
func (c *Client) CollectReport(ctx context.Context, in CollectRequest) (string, error) {
	if err := in.check(); err != nil {
		return "", err
	}
	request := rest.Request{
		Path: map[string]string{"project_id": in.ProjectID, "instance_id": in.InstanceID},
		Body: collectBody{StartTime: in.From.UTC().Format(offsetTime), EndTime: in.To.UTC().Format(offsetTime)},
	}
	if in.Language != "" {
		request.Header = http.Header{"X-Language": {string(in.Language)}}
	}
	answer, err := rest.Call(ctx, c.rest, collectAspReports, request)
	if err != nil {
		return "", err
	}
	if answer.Body.JobID.IsAbsent() {
		return "", collectAspReports.Fail(rest.BadResponse, errNoJobID)
	}
	return answer.Body.JobID.String(), nil
}

// FitsProject reports whether an id can be that of the project of a database.
func FitsProject(projectID string) bool { return projectPattern.MatchString(projectID) }

func (in CollectRequest) check() error {
	switch {
	case !FitsProject(in.ProjectID):
		return refuse("projectId", "must be 32 letters and digits")
	case !instancePattern.MatchString(in.InstanceID):
		return refuse("instanceId", "must be 36 letters and digits")
	case in.From.IsZero():
		return refuse("from", "must not be empty")
	case in.To.IsZero():
		return refuse("to", "must not be empty")
	case !in.From.Before(in.To):
		return refuse("from", "must be before to")
	case in.Language != "" && in.Language != Chinese && in.Language != English:
		return refuse("language", "must be zh-cn or en-us")
	}
	return nil
}
