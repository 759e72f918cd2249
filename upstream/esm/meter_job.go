package esm

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// MeterJobRequest describes a search for usage records. Every field may be left out.
type MeterJobRequest struct {
	// HCSOID is the id of the site; "" does not limit.
	HCSOID string
	// RegionID is the code of a region, not the site's id as the document says (QUIRKS 100); "" does not limit.
	RegionID string
	// From and To are the first and the last day of records; only their dates count, each in its own location. The zero
	// time does not limit. The wire's own bound is exclusive (QUIRKS 55).
	From, To time.Time
}

// meterJobBody is the request as the wire has it.
type meterJobBody struct {
	HCSOID     string `json:"hcso_id,omitempty"`
	RegionID   string `json:"region_id,omitempty"`
	MinSDRTime string `json:"min_sdr_time,omitempty"` // first day
	MaxSDRTime string `json:"max_sdr_time,omitempty"` // day after the last one
}

type meterJobCreated struct {
	JobID loose.Text `json:"job_id"` // called id where the state is read (QUIRKS 12)
}

// MeterJobState is the state of a search.
type MeterJobState struct {
	JobID    loose.Text   `json:"id,omitzero"`
	Status   loose.Text   `json:"status,omitzero"`   // one of the MeterJob words, or another
	Progress loose.Number `json:"progress,omitzero"` // per cent
}

// The words of MeterJobState.Status.
const (
	MeterJobPending = "pending"
	MeterJobRunning = "running"
	MeterJobSuccess = "success"
	MeterJobFailure = "failure"
)

var errNoJobID = errors.New("answer has no job id")

// sdrDay is the layout of the bounds; the time of day does not count.
const sdrDay = "2006-01-02 00:00:00"

// CreateMeterJob starts a search for the usage records of the tenant domainID and returns its id. It is a command: each
// call starts one more search, and it is never repeated.
func (c *Client) CreateMeterJob(ctx context.Context, domainID string, in MeterJobRequest) (string, error) {
	body, err := in.body()
	if err != nil {
		return "", err
	}
	if err := checkID("domainId", domainID); err != nil {
		return "", err
	}
	answer, err := rest.Call(ctx, c.rest, createMeterQueryJob, rest.Request{
		Path: map[string]string{"domain_id": domainID},
		Body: body,
	})
	if err != nil {
		return "", err
	}
	if answer.Body.JobID.IsAbsent() {
		return "", createMeterQueryJob.Fail(rest.BadResponse, errNoJobID)
	}
	return answer.Body.JobID.String(), nil
}

func (in MeterJobRequest) body() (meterJobBody, error) {
	body := meterJobBody{HCSOID: in.HCSOID, RegionID: in.RegionID}
	if in.HCSOID != "" {
		if err := checkID("hcsoId", in.HCSOID); err != nil {
			return body, err
		}
	}
	if in.RegionID != "" {
		if err := checkPattern("regionId", in.RegionID, regionPattern, "1 to 255 letters, digits, - or _"); err != nil {
			return body, err
		}
	}
	if !in.From.IsZero() {
		body.MinSDRTime = in.From.Format(sdrDay)
	}
	if !in.To.IsZero() {
		body.MaxSDRTime = in.To.AddDate(0, 0, 1).Format(sdrDay)
		if body.MinSDRTime >= body.MaxSDRTime {
			return body, refuse("from", "must not be after to")
		}
	}
	return body, nil
}

// MeterJob reads the state of a search, which does not change once it is success or failure.
func (c *Client) MeterJob(ctx context.Context, domainID, jobID string) (MeterJobState, error) {
	path, err := jobPath(domainID, jobID)
	if err != nil {
		return MeterJobState{}, err
	}
	answer, err := rest.Call(ctx, c.rest, getMeterQueryJob, rest.Request{Path: path})
	if err == nil && answer.Body.Status.IsAbsent() {
		err = answer.Notice.Failure(getMeterQueryJob.Spec)
	}
	return answer.Body, err
}

func jobPath(domainID, jobID string) (map[string]string, error) {
	if err := checkID("domainId", domainID); err != nil {
		return nil, err
	}
	if err := checkID("jobId", jobID); err != nil {
		return nil, err
	}
	return map[string]string{"domain_id": domainID, "job_id": jobID}, nil
}

// MeterJobPage is one page of a finished search's records.
type MeterJobPage struct {
	Records []UsageRecord `json:"data"`   // may be empty while more pages follow (QUIRKS 64)
	Marker  loose.Text    `json:"marker"` // of the next page; absent after the last one
}

// repeats reports that a page holds the very records of the one before it: the upstream ignores the marker.
func (p MeterJobPage) repeats(before MeterJobPage) bool {
	return len(p.Records) > 0 && slices.EqualFunc(p.Records, before.Records,
		func(a, b UsageRecord) bool { return bytes.Equal(a.Raw, b.Raw) })
}

// RowCount implements [rest.Counted].
func (p *MeterJobPage) RowCount() int { return len(p.Records) }

// meterJobPageBody is the request for a page as the wire has it.
type meterJobPageBody struct {
	Marker string `json:"marker,omitempty"`
	Limit  int    `json:"limit,omitempty"`
}

// MaxMeterRecords is the largest number of records in a page.
const MaxMeterRecords = 200

// MeterJobRecords reads one page of the records of a finished search: the first for marker "", else the one of the
// previous page's marker. limit is 1 to MaxMeterRecords; 0 leaves it to the upstream, which takes 100.
func (c *Client) MeterJobRecords(ctx context.Context, domainID, jobID, marker string, limit int) (MeterJobPage, error) {
	request, err := recordsRequest(domainID, jobID, marker, limit)
	if err != nil {
		return MeterJobPage{}, err
	}
	answer, err := rest.Call(ctx, c.rest, listMeterJobSdrs, request(marker))
	if err == nil && answer.Body.Records == nil {
		err = answer.Notice.Failure(listMeterJobSdrs.Spec)
	}
	return answer.Body, err
}

// MeterJobRecordPages walks the records of a finished search from marker on ("" for the beginning), through pages
// without records, to the one without a marker. A repeated marker is an error.
func (c *Client) MeterJobRecordPages(
	ctx context.Context, domainID, jobID, marker string, limit int,
) iter.Seq2[MeterJobPage, error] {
	return func(yield func(MeterJobPage, error) bool) {
		request, err := recordsRequest(domainID, jobID, marker, limit)
		if err != nil {
			yield(MeterJobPage{}, err)
			return
		}
		pages := rest.Marked(ctx, c.rest, listMeterJobSdrs, rest.MarkerRequest[MeterJobPage]{
			Request:  request,
			Next:     func(page MeterJobPage) string { return page.Marker.String() },
			Same:     MeterJobPage.repeats,
			First:    marker,
			MaxPages: c.options.MaxPages,
		})
		for page, err := range pages {
			if !yield(page.Body, err) {
				return
			}
		}
	}
}

// recordsRequest checks the arguments and returns the request for the page of a marker.
func recordsRequest(domainID, jobID, marker string, limit int) (func(marker string) rest.Request, error) {
	path, err := jobPath(domainID, jobID)
	if err != nil {
		return nil, err
	}
	if marker != "" {
		if err := checkPattern("marker", marker, markerPattern, "a marker of an earlier page"); err != nil {
			return nil, err
		}
	}
	if limit < 0 || limit > MaxMeterRecords {
		return nil, refuse("limit", "must be 1 to 200")
	}
	return func(marker string) rest.Request {
		return rest.Request{Path: path, Body: meterJobPageBody{Marker: marker, Limit: limit}}
	}, nil
}
