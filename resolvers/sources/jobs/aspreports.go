package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/gaussdb"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// The upstream operations of ASP reports. No document has the second and the third, which the operator must switch on.
const (
	OperationCollectReport = "collectAspReports"
	OperationListReports   = "listAspInfos"
	OperationAspStatus     = "showAspStatus"
)

// MaxReportAge is how far back a collection may reach.
const MaxReportAge = gaussdb.MaxAge

// FitsReportProject reports whether an id can be that of the project of a database.
func FitsReportProject(projectID string) bool { return gaussdb.FitsProject(projectID) }

var errReadingOff = errors.New("reading is switched off")

// SwitchedOff reports whether an error says that the operator has not switched the reading of a job's state on.
func SwitchedOff(err error) bool { return errors.Is(err, errReadingOff) }

// AspReports is the source of ASP reports: it starts their collection, remembers what was started and, where that is
// switched on, reads how it went.
type AspReports struct {
	// Project returns the project of the gateway's own token, for commands that name none; empty when there is none.
	Project func(context.Context) (string, error)
	// Reports holds reports; nil when reading is off.
	Reports cache.Set[AspReportKey, *AspReport]
	// Enabled holds whether active sessions are recorded on a database instance; nil when reading is off.
	Enabled cache.Set[DatabaseKey, *bool]

	client   *gaussdb.Client
	language gaussdb.Language
	commands *Commands
	memory   memory
}

// AspReportKey names a collection.
type AspReportKey struct{ ProjectID, InstanceID, JobID string }

// Possible reports whether a collection can have these ids: they go into a path of the upstream.
func (k AspReportKey) Possible() bool {
	return gaussdb.CheckReport(k.ProjectID, k.InstanceID, k.JobID) == nil
}

// DatabaseKey names a database instance.
type DatabaseKey struct{ ProjectID, InstanceID string }

func (k AspReportKey) parts() []string { return []string{k.ProjectID, k.InstanceID, k.JobID} }

// AspReport is what the upstream says of a collection.
type AspReport struct {
	Status     model.JobStatus
	StatusText *string
	// SizeKb is nil until the report is there.
	SizeKb *int
	// DownloadURL is a signed address, nil until the report is there: it must not be logged. It works for LinkLife from
	// the answer on.
	DownloadURL *string
	// Raw is the answer's row as it came. It may hold a signed address: it must not be logged.
	Raw []byte
}

// LinkLife is how long the link to a report works from the answer that it came in on.
const LinkLife = gaussdb.LinkLife

// NewAspReports makes the source of ASP reports.
func NewAspReports(cfg dataset.Config, commands *Commands) *AspReports {
	a := &AspReports{
		Project: cfg.Project, client: cfg.GaussDB, language: gaussdb.Language(cfg.Language),
		commands: commands, memory: newMemory(cfg, kindAspReport, commandRemembered),
	}
	if !cfg.ReadReports {
		return a
	}
	a.Reports = dataset.Add(cfg, cache.Dataset[AspReportKey, gaussdb.Report, *AspReport]{
		Operation:   OperationListReports,
		Ages:        cfg.Ages.Metrics,
		AgesOf:      func(r gaussdb.Report) cache.Ages { return reportAges(cfg, r) },
		NotFoundFor: time.Second,
		Key:         func(k AspReportKey) string { return jobKey(k.parts()) },
		Fetch: dataset.Each(func(ctx context.Context, _ string, k AspReportKey) (gaussdb.Report, bool, error) {
			return cfg.GaussDB.Report(ctx, k.ProjectID, k.InstanceID, k.JobID)
		}),
		Build: func(_ string, _ AspReportKey, r gaussdb.Report) (*AspReport, int64) {
			return convertReport(cfg, r), int64(len(r.Raw)) + 300
		},
	})
	a.Enabled = dataset.Add(cfg, cache.Dataset[DatabaseKey, loose.Text, *bool]{
		Operation: OperationAspStatus,
		Ages:      cfg.Ages.Metrics,
		Key:       func(k DatabaseKey) string { return k.ProjectID + " " + k.InstanceID },
		Fetch: dataset.Each(func(ctx context.Context, _ string, k DatabaseKey) (loose.Text, bool, error) {
			status, err := cfg.GaussDB.Collecting(ctx, k.ProjectID, k.InstanceID)
			return status, true, err
		}),
		Build: func(_ string, _ DatabaseKey, status loose.Text) (*bool, int64) { return enabled(cfg, status), 100 },
	})
	return a
}

// enabled reads the words of the provider's client library; nil for any other.
func enabled(cfg dataset.Config, status loose.Text) *bool {
	switch status.String() {
	case "ON":
		return new(true)
	case "OFF":
		return new(false)
	}
	if !status.IsAbsent() {
		cfg.Unknown("AspStatus")
	}
	return nil
}

// reportAges are those of a job while the collection runs, then those of metrics: an answer may hold a signed address.
func reportAges(cfg dataset.Config, r gaussdb.Report) cache.Ages {
	if status, _ := reportStatus(r); status == model.JobStatusRunning {
		return cfg.Ages.Job
	}
	return cfg.Ages.Metrics
}

// reportStatus reads the words of the provider's client library; false for any other.
func reportStatus(r gaussdb.Report) (model.JobStatus, bool) {
	switch r.Status.String() {
	case "EXPORTING":
		return model.JobStatusRunning, true
	case "SUCCESS":
		return model.JobStatusSucceeded, true
	case "FAILED", "FAIL":
		return model.JobStatusFailed, true
	default:
		return model.JobStatusUnknown, r.Status.IsAbsent()
	}
}

func convertReport(cfg dataset.Config, r gaussdb.Report) *AspReport {
	status, known := reportStatus(r)
	if !known {
		cfg.Unknown("JobStatus")
	}
	report := &AspReport{
		Status: status, StatusText: r.Status.Ptr(), DownloadURL: r.DownloadURL.Ptr(), Raw: r.Raw,
	}
	if size, ok := r.FileSize.Int(); ok && size >= 0 && size <= math.MaxInt32 {
		report.SizeKb = new(int(size))
	}
	return report
}

// Reads reports whether the reading of reports is switched on.
func (a *AspReports) Reads() bool { return a.Reports != nil }

// Job is a collection with what the gateway remembers of it where the tenant started it. It costs no call.
func (a *AspReports) Job(ctx context.Context, scope string, key AspReportKey) *model.AspReportJob {
	job := model.NewAspReportJob(key.ProjectID, key.InstanceID, key.JobID)
	if note, ok := a.memory.of(ctx, scope, key.parts()...); ok {
		job.SubmittedAt, job.From, job.To = &note.At, &note.From, &note.To
	}
	return job
}

// AspReportCommand asks for a collection. Its input must have been checked.
type AspReportCommand struct {
	ProjectID  string
	InstanceID string
	From, To   time.Time
}

// Start sends the command, once for each key of the client's, and returns the job. An empty key means no key.
func (a *AspReports) Start(ctx context.Context, scope, key string, c AspReportCommand) (*model.AspReportJob, error) {
	jobID, err := a.commands.once(ctx, commandKey(key, scope, OperationCollectReport, "by key"), c,
		func(ctx context.Context) (string, error) {
			id, err := a.client.CollectReport(ctx, gaussdb.CollectRequest{
				ProjectID: c.ProjectID, InstanceID: c.InstanceID, From: c.From, To: c.To, Language: a.language,
			})
			if err != nil {
				return "", fmt.Errorf("start asp report: %w", err)
			}
			a.memory.keep(ctx, scope, span{c.From, c.To}, c.ProjectID, c.InstanceID, id)
			return id, nil
		})
	if err != nil {
		return nil, err
	}
	started := AspReportKey{c.ProjectID, c.InstanceID, jobID}
	if a.Reports != nil {
		// A "no such report" from before the job existed must not hide it; a Redis out of reach forgets it in a second.
		_ = a.Reports.Drop(ctx, scope, started)
	}
	return a.Job(ctx, scope, started), nil
}

// NotRead is the error of an operation while the reading is switched off: a part of the upstream that is not
// configured.
func (a *AspReports) NotRead(operation string) error {
	return &rest.Error{System: "gaussdb", Operation: operation, Kind: rest.NotConfigured, Err: errReadingOff}
}
