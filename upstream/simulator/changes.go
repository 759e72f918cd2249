package simulator

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// changes are the changes of the site by the control path: alarms raised, changed and cleared, capacities set.
type changes struct {
	mu     sync.Mutex
	raised uint64
	byCSN  map[string]alarm
	order  []string
	set    []capacitySet
}

// capacitySet overrides the figures of a service in a region from one measurement on.
type capacitySet struct {
	service, region, metric string // metric empty: every one
	from                    time.Time
	allocated, available    float64
}

func newChanges() *changes { return &changes{byCSN: map[string]alarm{}} }

// alarms lists the raised and changed alarms of a source, by serial number and in the order of their first change. They
// replace generated alarms of their serial numbers.
func (c *changes) alarms(source string) (changed map[string]alarm, list []alarm) {
	c.mu.Lock()
	defer c.mu.Unlock()
	changed = map[string]alarm{}
	for _, csn := range c.order {
		if a := c.byCSN[csn]; a.source == source {
			changed[csn] = a
			list = append(list, a)
		}
	}
	return changed, list
}

// alarm finds a raised or changed alarm.
func (c *changes) alarm(csn string) (alarm, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, held := c.byCSN[csn]
	return a, held
}

// keep stores a raised or changed alarm.
func (c *changes) keep(a alarm) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, held := c.byCSN[a.csn]; !held {
		c.order = append(c.order, a.csn)
	}
	c.byCSN[a.csn] = a
}

// nextCSN is a serial number that no generated alarm has.
func (c *changes) nextCSN() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raised++
	return strconv.FormatUint(900_000_000+c.raised, 10)
}

// capacity returns the figures that were last set for a measurement.
func (c *changes) capacity(service, region, metric string, t time.Time) (capacitySet, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, set := range slices.Backward(c.set) {
		if set.service == service && set.region == region && !t.Before(set.from) &&
			(set.metric == "" || sameMetric(set.metric, metric)) {
			return set, true
		}
	}
	return capacitySet{}, false
}

// change is the body of POST /_simulator/changes: exactly one of its keys, and whose data it changes.
type change struct {
	DomainID   string `json:"domainId"` // of the account; empty is the demo's
	RaiseAlarm *struct {
		Source   string `json:"source"`
		Region   string `json:"region"` // empty is the first of the account
		Severity int    `json:"severity"`
		Name     string `json:"name"`
		Service  string `json:"service"`
		HostID   string `json:"hostId"` // the alarm names the host by its serial number, else by its address
	} `json:"raiseAlarm"`
	UpdateAlarm *struct {
		CSN      string `json:"csn"`
		Severity int    `json:"severity"`
		Acked    *bool  `json:"acked"`
	} `json:"updateAlarm"`
	ClearAlarm *struct {
		CSN string `json:"csn"`
	} `json:"clearAlarm"`
	SetCapacity *struct {
		Service    string   `json:"service"`
		Region     string   `json:"region"`
		MetricType string   `json:"metricType"`
		Allocated  *float64 `json:"allocated"`
		Available  *float64 `json:"available"`
	} `json:"setCapacity"`
}

// postChanges does one change and answers with the alarm's serial number, or with the number of pools set.
func (s *Simulator) postChanges(r *http.Request) (any, error) {
	var do change
	if err := readControl(r, &do); err != nil {
		return nil, err
	}
	if do.DomainID != "" && do.DomainID != DemoHCSODomain {
		if s = s.others[do.DomainID]; s == nil {
			return nil, wrongControl("there is no account with the domain id %q", do.DomainID)
		}
	}
	given := 0
	for _, is := range []bool{do.RaiseAlarm != nil, do.UpdateAlarm != nil, do.ClearAlarm != nil, do.SetCapacity != nil} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return nil, wrongControl("a change is exactly one of raiseAlarm, updateAlarm, clearAlarm, setCapacity")
	case do.RaiseAlarm != nil:
		return s.raiseAlarm(&do)
	case do.UpdateAlarm != nil:
		return s.updateAlarm(&do)
	case do.ClearAlarm != nil:
		return s.clearAlarm(do.ClearAlarm.CSN)
	}
	return s.setCapacity(&do)
}

func (s *Simulator) raiseAlarm(do *change) (any, error) {
	want := do.RaiseAlarm
	want.Region = cmp.Or(want.Region, s.site.regions[0].code)
	region, known := s.site.region(want.Region)
	switch {
	case want.Source != sourceCloud && want.Source != sourceDevice:
		return nil, wrongControl("source must be %s or %s, not %q", sourceCloud, sourceDevice, want.Source)
	case !known:
		return nil, wrongControl("region %q is not of this site", want.Region)
	case want.Severity < 1 || want.Severity > 4:
		return nil, wrongControl("severity must be 1 to 4, not %d", want.Severity)
	case want.Name == "":
		return nil, wrongControl("name is missing")
	}
	a := alarm{
		csn: s.changes.nextCSN(), source: want.Source, name: want.Name, definition: "9900001",
		severity: strconv.Itoa(want.Severity), category: want.Service, service: want.Service, kind: "simulated",
		class: "Simulated", event: "other", cause: "raised by hand", product: "simulator",
		region: region, first: s.now(), every: time.Hour, times: 1,
		subject: subject{meName: "simulated", meDn: "simulated", nativeMeDn: "NE=simulated", moi: "simulated"},
	}
	if want.Source == sourceDevice && want.Service == "" {
		a.category = "Server"
	}
	if want.HostID != "" {
		i, ok := s.site.hostIDs[want.HostID]
		if !ok {
			return nil, wrongControl("hostId %q is not of this site", want.HostID)
		}
		h := &s.site.hosts[i]
		a.region, a.zone, a.pod = h.region, h.zone, h.pod
		a.subject.nativeMeDn = "NE=server-" + h.address
		if h.serial != "" {
			a.subject.additional = "sn=" + h.serial
		}
	}
	s.changes.keep(a)
	return map[string]string{"csn": a.csn}, nil
}

// alarm finds an alarm in its present state by serial number.
func (s *Simulator) alarm(csn string) (alarm, error) {
	if a, changed := s.changes.alarm(csn); changed {
		return a, nil
	}
	a, found := s.findLifeAlarm(csn, s.now())
	if !found {
		a, found = s.site.findAlarm(csn)
	}
	if found && !a.first.After(s.now()) {
		return a, nil
	}
	return alarm{}, wrongControl("there is no alarm with csn %q", csn)
}

// updateAlarm changes severity or acknowledgement, and counts one more occurrence now.
func (s *Simulator) updateAlarm(do *change) (any, error) {
	want := do.UpdateAlarm
	a, err := s.alarm(want.CSN)
	if err != nil {
		return nil, err
	}
	if want.Severity < 0 || want.Severity > 4 || want.Severity == 0 && want.Acked == nil {
		return nil, wrongControl("updateAlarm takes a severity of 1 to 4, acked or both")
	}
	now := s.now()
	count, _ := a.occurrences(now)
	a.times, a.every = count+1, max(1, now.Sub(a.first)/time.Duration(count))
	if want.Severity > 0 {
		a.severity = strconv.Itoa(want.Severity)
	}
	if want.Acked != nil {
		a.acked = time.Time{}
		if *want.Acked {
			a.acked = now
		}
	}
	s.changes.keep(a)
	return map[string]string{"csn": a.csn}, nil
}

func (s *Simulator) clearAlarm(csn string) (any, error) {
	a, err := s.alarm(csn)
	if err != nil {
		return nil, err
	}
	now := s.now()
	if a.isCleared(now) {
		return nil, wrongControl("the alarm %s is cleared already", csn)
	}
	count, _ := a.occurrences(now)
	a.times, a.cleared = count, now
	s.changes.keep(a)
	return map[string]string{"csn": a.csn}, nil
}

// setCapacity fixes the figures of the latest measurement and of all later ones.
func (s *Simulator) setCapacity(do *change) (any, error) {
	want := do.SetCapacity
	if want.Allocated == nil || want.Available == nil || *want.Allocated < 0 || *want.Available < 0 {
		return nil, wrongControl("setCapacity takes allocated and available, both 0 or more")
	}
	pools := 0
	for i := range s.site.pools {
		p := &s.site.pools[i]
		if s.site.services[p.service].name == want.Service && s.site.regions[p.region].code == want.Region &&
			(want.MetricType == "" || sameMetric(p.metric, want.MetricType)) {
			pools++
		}
	}
	if pools == 0 {
		return nil, wrongControl("no capacity is measured for service %q, region %q, metricType %q; services are %s",
			want.Service, want.Region, want.MetricType, strings.Join(s.site.serviceNames(), ", "))
	}
	now := s.now()
	latest := snapshots(window{begin: now.Add(-day), end: now}, now)[0]
	s.changes.mu.Lock()
	defer s.changes.mu.Unlock()
	s.changes.set = append(s.changes.set, capacitySet{
		service: want.Service, region: want.Region, metric: want.MetricType, from: latest,
		allocated: *want.Allocated, available: *want.Available,
	})
	return map[string]int{"pools": pools}, nil
}
