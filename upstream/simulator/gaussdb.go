package simulator

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"
)

const (
	offsetTime = "2006-01-02T15:04:05-0700" // QUIRKS 48
	aspWindow  = 2 * day
)

var (
	projectForm  = regexp.MustCompile(`^[0-9A-Za-z]{32}$`)
	instanceForm = regexp.MustCompile(`^[0-9A-Za-z]{36}$`)
	offsetForm   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{4}$`)
)

// aspJob is one report being collected.
type aspJob struct {
	id, instance string
	begin, end   time.Time
	created      time.Time
}

// aspStore holds the reports of the process's life, newest last.
type aspStore struct {
	mu   sync.Mutex
	jobs []aspJob
}

func (s *aspStore) add(j aspJob) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs = append(s.jobs[max(0, len(s.jobs)-mostJobs):], j)
}

// of lists the reports of an instance, or the one with the id.
func (s *aspStore) of(instance, id string) []aspJob {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.jobs), func(j aspJob) bool {
		return j.instance != instance || id != "" && j.id != id
	})
}

// collectAspReports starts the collection of a report of a database of the demo project. The success code is
// undocumented (QUIRKS 80); asynchronous calls of this service use 202.
func (s *Simulator) collectAspReports(c *call) (answer, error) {
	if err := c.database(); err != nil {
		return answer{}, err
	}
	var want struct {
		Start string `json:"start_time"`
		End   string `json:"end_time"`
	}
	if json.Unmarshal(c.body, &want) != nil || !offsetForm.MatchString(want.Start) || !offsetForm.MatchString(want.End) {
		return answer{}, badParameter(systemGaussDB, "start_time and end_time are mandatory, as yyyy-mm-ddThh:mm:ssZ")
	}
	begin, err := time.Parse(offsetTime, want.Start)
	if err != nil {
		return answer{}, badParameter(systemGaussDB, "start_time is no time")
	}
	end, err := time.Parse(offsetTime, want.End)
	if err != nil {
		return answer{}, badParameter(systemGaussDB, "end_time is no time")
	}
	if c.documented() {
		a, err := c.example("", "")
		a.status = http.StatusAccepted
		return a, err
	}
	if !begin.Before(end) || begin.Before(c.now.Add(-aspWindow)) || end.After(c.now) {
		return answer{}, badParameter(systemGaussDB, "start_time must be before end_time, both within the last two days")
	}
	j := aspJob{id: randomID(), instance: c.req.PathValue("instance_id"), begin: begin, end: end, created: c.now}
	s.reports.add(j)
	return answer{status: http.StatusAccepted, body: []byte(`{"job_id":"` + j.id + `"}`)}, nil
}

// database checks language, project and instance of the path.
func (c *call) database() error {
	if language := c.req.Header.Get("X-Language"); !slices.Contains([]string{"", "zh-cn", "en-us"}, language) {
		return badParameter(systemGaussDB, "X-Language must be zh-cn or en-us")
	}
	id := c.req.PathValue("instance_id")
	if !projectForm.MatchString(c.req.PathValue("project_id")) || !instanceForm.MatchString(id) {
		return badParameter(systemGaussDB, "project_id has 32 letters and digits, instance_id 36")
	}
	i, known := c.sim.site.ids[id]
	if c.documented() || known && c.sim.site.resources[i].kind == kindGauss && c.sim.site.resources[i].tenant == 0 {
		return nil
	}
	return &refusal{status: http.StatusNotFound, code: "DBS.200015", message: "The DB instance does not exist."}
}

// aspReport is one report as the provider's SDK describes it.
type aspReport struct {
	JobID       string `json:"job_id"`
	FileSize    int    `json:"file_size,omitempty"` // kilobytes
	StartTime   string `json:"start_time"`
	EndTime     string `json:"end_time"`
	DownloadURL string `json:"download_url,omitempty"`
	Status      string `json:"status"`
}

// listAspInfos answers with the reports of a database. It is outside the documents, in the form of the provider's SDK
// (ListAspInfos of gaussdbforopengauss v3).
func (s *Simulator) listAspInfos(c *call) (answer, error) {
	if err := c.database(); err != nil {
		return answer{}, err
	}
	q := c.query()
	offset, limit := q.count("offset", 0, false), q.count("limit", 10, false)
	id := q.text("job_id")
	if q.err == nil && (limit < 1 || limit > 100) {
		q.refuse("limit must be 1 to 100")
	}
	if q.err != nil {
		return answer{}, q.err
	}
	found := s.reports.of(c.req.PathValue("instance_id"), id)
	list := []aspReport{}
	for _, j := range found[min(offset, len(found)):min(offset+limit, len(found))] {
		list = append(list, j.report(c.now))
	}
	return answer{body: encoded(map[string]any{"asp": list, "total_count": len(found)})}, nil
}

// report is the job in its present state. A collection takes as long as a metering job.
func (j *aspJob) report(now time.Time) aspReport {
	r := aspReport{
		JobID: j.id, Status: "EXPORTING",
		StartTime: j.begin.UTC().Format(offsetTime), EndTime: j.end.UTC().Format(offsetTime),
	}
	if now.Sub(j.created) >= jobTakes {
		r.Status, r.FileSize = "SUCCESS", 64+int(textKey(j.id)%4000)
		r.DownloadURL = "https://asp-reports.invalid/" + j.id + ".html"
	}
	return r
}

// showAspStatus answers whether ASP data are collected on a database. It is outside the documents, in the form of the
// provider's SDK (ShowAspStatus of gaussdbforopengauss v3).
func (s *Simulator) showAspStatus(c *call) (answer, error) {
	if err := c.database(); err != nil {
		return answer{}, err
	}
	status := "ON"
	if roll(s.cfg.Seed, "asp status", textKey(c.req.PathValue("instance_id"))).oneIn(4) {
		status = "OFF"
	}
	return answer{body: encoded(map[string]string{"status": status})}, nil
}
