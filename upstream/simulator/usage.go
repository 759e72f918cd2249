package simulator

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"regexp"
	"time"
)

const (
	defaultSDRs = 100
	mostSDRs    = 200
	compactTime = "20060102150405" // QUIRKS 46
	lateBy      = 9 * day
)

var markerForm = regexp.MustCompile(`^[-_+/=0-9a-zA-Z]{0,200}$`)

// usageRow writes the usage record of one resource and UTC day, of the instance data or, with the end, of the metering
// records. Use of the present day ends now. Some records were written days later (QUIRKS 111).
func (s *site) usageRow(i int, begin, now time.Time, withEnd bool) []byte {
	res := &s.resources[i]
	k, t := &s.catalog[res.kind], &s.tenants[res.tenant]
	o := newObject(roll(s.seed, "usage row", uint64(i), uint64(begin.Unix())))
	end := earlier(begin.Add(day), now)
	written := end.Add(5 * time.Minute)
	if late := end.Add(lateBy); o.oneIn(50) && late.Before(now) {
		written = late
	}
	r := &s.regions[res.region]
	o.text("accumulate_factor_name", "Duration")
	o.decimal("accumulate_factor_value", float64(end.Sub(begin)/time.Second))
	o.text("az_code", r.zones[res.zone].code)
	o.text("begin_time", begin.Format(compactTime))
	o.noText("bp_info")
	o.text("cloud_service_type_code", k.serviceCode)
	o.text("csb_params", "::"+s.resourceName(res)+":"+res.id+":")
	o.text("domain_id", t.id)
	o.text("domain_name", t.name)
	o.noText("enterprise_project_id")
	o.noText("error_msg")
	o.text("extend_params", "2")
	o.noText("extend_params2")
	o.text("record_type", "20")
	o.text("region_code", r.code)
	parent := ""
	if res.parent >= 0 {
		parent = s.resources[res.parent].id
	}
	o.maybe("relate_parent_resource", parent)
	o.maybe("relate_root_resource", parent)
	o.text("resource_id", res.id)
	o.text("resource_spec_code", s.specCode(i))
	o.text("resource_type_code", k.typeCode)
	o.noText("site_code")
	o.noText("tag")
	o.text("time_stamp", written.UTC().Format(compactTime))
	o.text("project_id", t.projects[res.region])
	if withEnd {
		o.text("end_time", end.UTC().Format(compactTime))
	}
	o.extra()
	return o.end()
}

// records are the usage records of a job: one a resource and whole day.
type records struct {
	resources []int
	begin     time.Time
	count     int
}

// recordsOf finds the job's records: of the tenant in the path, in the region asked for, up to yesterday.
func (s *Simulator) recordsOf(j *job) records {
	t := s.site.tenant(j.domain)
	if t == nil {
		return records{}
	}
	var found records
	for _, i := range t.resources {
		if j.region == "" || s.site.regions[s.site.resources[i].region].code == j.region {
			found.resources = append(found.resources, i)
		}
	}
	end := earlier(j.end, j.created.UTC().Truncate(day))
	found.begin = later(j.begin, end.Add(-inventoryAge))
	found.count = len(found.resources) * max(0, int(end.Sub(found.begin)/day))
	return found
}

// listMeterJobSdrs answers with one page of a finished job's records and the marker of the next. After the first page
// comes one without records that has a marker too (QUIRKS 64).
func (s *Simulator) listMeterJobSdrs(c *call) (answer, error) {
	j, err := c.job()
	if err != nil {
		return answer{}, err
	}
	want := struct {
		Marker string `json:"marker"`
		Limit  int    `json:"limit"`
	}{Limit: defaultSDRs}
	if len(c.body) > 0 && json.Unmarshal(c.body, &want) != nil {
		return answer{}, badParameter(systemMetering, "The format of message is error")
	}
	if want.Limit < 1 || want.Limit > mostSDRs || !markerForm.MatchString(want.Marker) {
		return answer{}, badParameter(systemMetering, "limit must be 1 to 200, marker one that an answer held")
	}
	if c.documented() {
		if want.Marker != "" { // else the example's marker would repeat for ever
			return answer{body: []byte(`{"data":[],"marker":""}`)}, nil
		}
		return c.example("", "")
	}
	if status, _ := j.state(c.now); status != "success" {
		return answer{}, &refusal{status: http.StatusBadRequest, code: "AS.0002", message: "The query job is not finished"}
	}
	position, empty := 0, false
	if want.Marker != "" {
		if position, empty, err = j.readMarker(want.Marker); err != nil {
			return answer{}, err
		}
	}
	return answer{body: s.sdrPage(&j, position, want.Limit, empty)}, nil
}

// sdrPage writes the page that begins at a position, or the empty one.
func (s *Simulator) sdrPage(j *job, position, limit int, empty bool) []byte {
	found := s.recordsOf(j)
	if empty {
		marker := j.marker(position, false)
		if textKey(j.id)%2 == 0 { // data may be absent as well as empty
			return fmt.Appendf(nil, `{"marker":"%s"}`, marker)
		}
		return fmt.Appendf(nil, `{"data":[],"marker":"%s"}`, marker)
	}
	end := min(position+limit, found.count)
	body := []byte(`{"data":[`)
	for i := position; i < end; i++ {
		if i > position {
			body = append(body, ',')
		}
		begin := found.begin.Add(time.Duration(i/len(found.resources)) * day)
		body = append(body, s.site.usageRow(found.resources[i%len(found.resources)], begin, j.created, true)...)
	}
	if end >= found.count {
		return append(body, `],"marker":""}`...)
	}
	return fmt.Appendf(body, `],"marker":"%s"}`, j.marker(end, position == 0))
}

const markerBytes = 17

// marker names a position in the job's records so that only this job's markers are accepted.
func (j *job) marker(position int, empty bool) string {
	raw := make([]byte, markerBytes)
	binary.BigEndian.PutUint64(raw, uint64(position))
	if empty {
		raw[8] = 1
	}
	binary.BigEndian.PutUint64(raw[9:], j.seal(raw[:9]))
	return base64.StdEncoding.EncodeToString(raw)
}

func (j *job) readMarker(text string) (position int, empty bool, err error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) != markerBytes || binary.BigEndian.Uint64(raw[9:]) != j.seal(raw[:9]) {
		return 0, false, badParameter(systemMetering, "The marker is not of this job")
	}
	return int(binary.BigEndian.Uint64(raw)), raw[8] == 1, nil
}

// seal ties a marker to its job: a check against mistakes, not against forgery.
func (j *job) seal(raw []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(j.id)) // a hash never fails to write
	_, _ = h.Write(raw)
	return h.Sum64()
}
