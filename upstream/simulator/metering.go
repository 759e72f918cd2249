package simulator

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// How long a metering job takes by the simulator's clock.
const (
	jobPending  = time.Second
	jobTakes    = 6 * time.Second
	jobFailsAt  = 40 // per cent
	mostJobs    = 10_000
	defaultSpan = 30 * day
	failPrefix  = "fail-" // a job for such an hcso_id fails
)

var (
	meterName = regexp.MustCompile(`^[-_0-9a-zA-Z]{1,36}$`)
	siteName  = regexp.MustCompile(`^[-_0-9a-zA-Z]{0,255}$`)
)

// job is one query for usage records.
type job struct {
	id, domain, region string
	fails              bool
	begin, end         time.Time // days, end excluded
	created            time.Time
}

// state is the job's status and progress at a time.
func (j *job) state(now time.Time) (status string, progress int) {
	age := now.Sub(j.created)
	switch {
	case age < jobPending:
		return "pending", 0
	case age >= jobTakes && !j.fails:
		return "success", 100
	}
	progress = min(99, int(100*(age-jobPending)/(jobTakes-jobPending)))
	if j.fails && progress >= jobFailsAt {
		return "failure", jobFailsAt
	}
	return "running", progress
}

// jobStore holds the jobs, the oldest forgotten first.
type jobStore struct {
	mu    sync.Mutex
	jobs  map[string]job
	order []string
}

func newJobStore() *jobStore { return &jobStore{jobs: map[string]job{}} }

func (s *jobStore) add(j job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs[j.id] = j
	s.order = append(s.order, j.id)
	if len(s.order) > mostJobs {
		delete(s.jobs, s.order[0])
		s.order = s.order[1:]
	}
}

func (s *jobStore) find(domain, id string) (job, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, ok := s.jobs[id]
	return j, ok && j.domain == domain
}

// createMeterQueryJob starts a job. Every field of the body may be left out: then the job covers all regions and the
// last thirty days.
func (s *Simulator) createMeterQueryJob(c *call) (answer, error) {
	domain, err := c.domain()
	if err != nil {
		return answer{}, err
	}
	var want struct {
		HCSO   string `json:"hcso_id"`
		Region string `json:"region_id"`
		Min    string `json:"min_sdr_time"`
		Max    string `json:"max_sdr_time"`
	}
	if json.Unmarshal(c.body, &want) != nil {
		return answer{}, badParameter(systemMetering, "The format of message is error")
	}
	if want.HCSO != "" && !meterName.MatchString(want.HCSO) || !siteName.MatchString(want.Region) {
		return answer{}, badParameter(systemMetering, "The format of hcso_id or region_id is error")
	}
	today := c.now.UTC().Truncate(day)
	j := job{
		id: randomID(), domain: domain, region: want.Region, created: c.now,
		fails: strings.HasPrefix(want.HCSO, failPrefix),
	}
	if j.begin, err = sdrDay(want.Min, today.Add(-defaultSpan)); err != nil {
		return answer{}, err
	}
	if j.end, err = sdrDay(want.Max, today); err != nil {
		return answer{}, err
	}
	if !j.begin.Before(j.end) {
		return answer{}, badParameter(systemMetering, "min_sdr_time must be before max_sdr_time")
	}
	if c.documented() {
		a, err := c.example("", "")
		a.status = http.StatusCreated
		return a, err
	}
	s.jobs.add(j)
	return answer{status: http.StatusCreated, body: []byte(`{"job_id":"` + j.id + `"}`)}, nil
}

// sdrDay reads a day of records; only its date counts (QUIRKS 55).
func sdrDay(text string, absent time.Time) (time.Time, error) {
	if text == "" {
		return absent, nil
	}
	t, err := time.Parse(time.DateTime, text)
	if err != nil || len(text) != len(time.DateTime) {
		return time.Time{}, badParameter(systemMetering, "The format of min_sdr_time or max_sdr_time is error")
	}
	return t.Truncate(day), nil
}

// domain is the tenant of the path.
func (c *call) domain() (string, error) {
	id := c.req.PathValue("domain_id")
	if !meterName.MatchString(id) {
		return "", badParameter(systemMetering, "The format of domain_id is error")
	}
	return id, nil
}

// job is the job of the path. An unknown one is 404, which the documents list without saying when.
func (c *call) job() (job, error) {
	domain, err := c.domain()
	if err != nil {
		return job{}, err
	}
	id := c.req.PathValue("job_id")
	if !meterName.MatchString(id) {
		return job{}, badParameter(systemMetering, "The format of job_id is error")
	}
	j, ok := c.sim.jobs.find(domain, id)
	if !ok && !c.documented() {
		return job{}, &refusal{status: http.StatusNotFound, code: "AS.0404", message: "The query job does not exist"}
	}
	return j, nil
}

// getMeterQueryJob answers with a job's state; the key of the job's id is "id" (QUIRKS 12).
func (s *Simulator) getMeterQueryJob(c *call) (answer, error) {
	j, err := c.job()
	if err != nil {
		return answer{}, err
	}
	if c.documented() {
		return c.example("", "")
	}
	status, progress := j.state(c.now)
	o := newObject(roll(s.cfg.Seed, "job"))
	o.text("id", j.id)
	o.text("status", status)
	o.integer("progress", int64(progress))
	return answer{body: o.end()}, nil
}
