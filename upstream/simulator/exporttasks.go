package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// These operations are outside the documents, in the form of the provider's SDK (ListExportTasks and DownloadExportFile
// of workspace v2).

const (
	exportCreating = "CREATING"
	exportSuccess  = "SUCCESS"
	exportFail     = "FAIL"
	exportExpired  = "EXPIRED"

	// exportKept is how long a file is kept; the SDK does not say.
	exportKept = 7 * day
	// failingName is the user or desktop name whose export fails.
	failingName = "fail-"
)

// exportJob is one export of statistics.
type exportJob struct {
	id, file, filter string
	begin, end       time.Time
	created          time.Time
}

// exportStore holds the exports of the process's life, newest last.
type exportStore struct {
	mu         sync.Mutex
	jobs       []exportJob
	downloaded map[string]bool
}

func (s *exportStore) add(j exportJob) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs = append(s.jobs[max(0, len(s.jobs)-mostJobs+1):], j)
}

// find is the export with an id, which a download marks as downloaded.
func (s *exportStore) find(id string, download bool) (exportJob, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.jobs, func(j exportJob) bool { return j.id == id })
	if i < 0 {
		return exportJob{}, false
	}
	if download {
		if s.downloaded == nil {
			s.downloaded = map[string]bool{}
		}
		s.downloaded[id] = true
	}
	return s.jobs[i], true
}

// tasks lists the exports as they are at a time, the first started first.
func (s *exportStore) tasks(now time.Time) []exportTask {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]exportTask, len(s.jobs))
	for i := range s.jobs {
		list[i] = s.jobs[i].task(now)
		list[i].IsDownload = s.downloaded[s.jobs[i].id]
	}
	return list
}

// exportTask is one export as the provider's SDK describes it.
type exportTask struct {
	TaskID     string `json:"task_id"`
	FileName   string `json:"file_name"`
	Status     string `json:"status"`
	FailReason string `json:"fail_reason,omitempty"`
	ErrorCode  string `json:"error_code,omitempty"`
	CreateTime string `json:"create_time"`
	EndTime    string `json:"end_time,omitempty"`
	IsDownload bool   `json:"is_download"`
}

// exportTime is the SDK's yyyy-MM-dd'T'HH:mm:ss.SSSZ.
const exportTime = "2006-01-02T15:04:05.000Z"

// task is the export in its present state. It takes as long as a metering job.
func (j *exportJob) task(now time.Time) exportTask {
	t := exportTask{
		TaskID: j.id, FileName: j.file, Status: exportCreating, CreateTime: j.created.UTC().Format(exportTime),
	}
	age := now.Sub(j.created)
	if age < jobTakes {
		return t
	}
	t.Status, t.EndTime = exportSuccess, j.created.Add(jobTakes).UTC().Format(exportTime)
	switch {
	case strings.HasPrefix(j.filter, failingName):
		t.Status, t.FailReason, t.ErrorCode = exportFail, "The statistics could not be collected.", "WKS.00010008"
	case age >= exportKept:
		t.Status = exportExpired
	}
	return t
}

// listExportTasks answers with the exports of the project.
func (s *Simulator) listExportTasks(c *call) (answer, error) {
	q := c.query()
	id, name := q.text("task_id"), q.text("file_name")
	status := q.word("status", exportCreating, exportSuccess, exportFail, exportExpired)
	downloaded := q.word("is_download", "true", "false")
	q.sorting("create_time")
	descending := q.text("sort_type") == "DESC"
	offset, limit := q.count("offset", 0, false), q.count("limit", 20, false)
	if q.err == nil && (limit < 1 || limit > 100) {
		q.refuse("limit must be 1 to 100")
	}
	if q.err != nil {
		return answer{}, q.err
	}
	tasks := slices.DeleteFunc(s.exports.tasks(c.now), func(t exportTask) bool {
		return id != "" && t.TaskID != id || name != "" && !strings.Contains(t.FileName, name) ||
			status != "" && t.Status != status || downloaded != "" && strconv.FormatBool(t.IsDownload) != downloaded
	})
	if descending {
		slices.Reverse(tasks)
	}
	count := len(tasks)
	tasks = tasks[min(offset, count):min(offset+limit, count)]
	return answer{body: encoded(map[string]any{"export_tasks": tasks, "count": count})}, nil
}

// downloadExportFile answers with the file of a finished export. The SDK does not say what it is; a table is likely.
func (s *Simulator) downloadExportFile(c *call) (answer, error) {
	id := c.req.PathValue("task_id")
	job, ok := s.exports.find(id, false)
	task := job.task(c.now)
	if !ok || task.Status != exportSuccess {
		return answer{}, &refusal{
			status: http.StatusNotFound, code: "WKS.00010005", message: "The export file does not exist.",
		}
	}
	s.exports.find(id, true)
	header := http.Header{
		"Content-Type": {"text/csv; charset=utf-8"}, "Content-Disposition": {`attachment; filename="` + job.file + `"`},
	}
	return answer{header: header, body: job.table(s.site.seed)}, nil
}

// table draws the file of an export, the same for each download.
func (j *exportJob) table(seed uint64) []byte {
	d := roll(seed, "export", textKey(j.id))
	var b strings.Builder
	b.WriteString("name,usage_hours,from,to\r\n")
	for i := range d.between(20, 60) {
		fmt.Fprintf(&b, "%s-%03d,%d,%s,%s\r\n", strings.TrimSuffix(j.file, ".csv"), i, d.between(0, 200),
			j.begin.UTC().Format(time.RFC3339), j.end.UTC().Format(time.RFC3339))
	}
	return []byte(b.String())
}
