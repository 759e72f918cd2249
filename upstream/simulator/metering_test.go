package simulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

const jobs = "/meter/v1/demo-domain/query-jobs"

func TestMeterJobRuns(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
	}{
		{"one that succeeds", `{"hcso_id":"site-1"}`, []string{
			"pending 0", "running 0", "running 20", "running 40",
			"running 60", "running 80", "success 100", "success 100",
		}},
		{
			"one that fails", `{"hcso_id":"fail-1"}`,
			[]string{"pending 0", "running 0", "running 20", "failure 40", "failure 40"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := start(t, func(c *simulator.Config) { c.Hosts = 5 })
			id := u.job(test.body)
			var got []string
			for range test.want {
				var state struct {
					ID, Status string
					Progress   int
				}
				decode(t, u.send("GET", jobs+"/"+id, u.credentials(), "").body, &state)
				if state.ID != id {
					t.Errorf("id %s, want %s", state.ID, id)
				}
				got = append(got, fmt.Sprint(state.Status, " ", state.Progress))
				u.control("PUT", "clock", `{"advanceSeconds":1}`)
			}
			if diff := compare(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMeterRecordsPageByMarker(t *testing.T) {
	u := start(t, defaultSite)
	path := jobs + "/" + u.job("{}") + "/sdr"
	if r := u.send("POST", path, u.credentials(), ""); r.status != http.StatusBadRequest {
		t.Errorf("an unfinished job: %d", r.status)
	}
	u.control("PUT", "clock", `{"advanceSeconds":6}`)
	seen := map[string]bool{}
	empty, pages, marker := 0, 0, ""
	for ; ; pages++ {
		var page struct {
			Data   []row
			Marker string
		}
		decode(t, u.send("POST", path, u.credentials(), `{"limit":200,"marker":"`+marker+`"}`).body, &page)
		if len(page.Data) == 0 {
			empty++
		}
		for _, record := range page.Data {
			seen[record.text("resource_id")+record.text("begin_time")] = true
			if record.text("domain_id") != simulator.DemoHCSODomain {
				t.Fatalf("a record of %s", record.text("domain_id"))
			}
		}
		if marker = page.Marker; marker == "" {
			break
		}
	}
	if len(seen) < 700 || len(seen) > 1200 {
		t.Errorf("%d records in thirty days, want some 900", len(seen))
	}
	if empty != 1 || pages != len(seen)/200+1 {
		t.Errorf("%d pages more than one, %d of them empty, for %d records", pages, empty, len(seen))
	}
	again := u.job("{}")
	u.control("PUT", "clock", `{"advanceSeconds":6}`)
	var first struct{ Marker string }
	decode(t, u.send("POST", path, u.credentials(), "").body, &first)
	if r := u.send("POST", jobs+"/"+again+"/sdr", u.credentials(),
		`{"marker":"`+first.Marker+`"}`); r.status != http.StatusBadRequest {
		t.Errorf("another job's marker: %d", r.status)
	}
}

func TestMeterJobBounds(t *testing.T) {
	u := start(t, nil)
	count := func(body string) (days, regions map[string]bool) {
		t.Helper()
		days, regions = map[string]bool{}, map[string]bool{}
		for _, record := range u.records(body) {
			days[record.text("begin_time")] = true
			regions[record.text("region_code")] = true
		}
		return days, regions
	}
	days, regions := count(
		`{"region_id":"cn-north-7","min_sdr_time":"2026-11-01 12:34:56","max_sdr_time":"2026-11-04 23:59:59"}`)
	if diff := compare(map[string]bool{"20261101000000": true, "20261102000000": true, "20261103000000": true},
		days); diff != "" {
		t.Errorf("the end is not excluded: %s", diff)
	}
	if diff := compare(map[string]bool{"cn-north-7": true}, regions); diff != "" {
		t.Error(diff)
	}
	days, _ = count(`{"min_sdr_time":"2026-11-20 00:00:00","max_sdr_time":"2026-12-31 00:00:00"}`)
	if diff := compare(map[string]bool{"20261120000000": true}, days); diff != "" {
		t.Errorf("days that are not over: %s", diff)
	}
	if days, _ = count(`{"region_id":"mars"}`); len(days) != 0 {
		t.Errorf("%d days of a region that is not there", len(days))
	}
}

func TestMeterJobRefusals(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts = 5 })
	id := u.job("{}")
	tests := []struct {
		name, method, path, body string
		status                   int
	}{
		{"domain with a space", "POST", "/meter/v1/a%20b/query-jobs", "{}", 400},
		{"no date", "POST", jobs, `{"min_sdr_time":"2026-11-01"}`, 400},
		{"no such date", "POST", jobs, `{"min_sdr_time":"2026-02-30 00:00:00"}`, 400},
		{"inverted", "POST", jobs, `{"min_sdr_time":"2026-11-02 00:00:00","max_sdr_time":"2026-11-02 00:00:00"}`, 400},
		{"bad site", "POST", jobs, `{"hcso_id":"` + strings.Repeat("x", 37) + `"}`, 400},
		{"number for a text", "POST", jobs, `{"region_id":7}`, 400},
		{"unknown job", "GET", jobs + "/x", "", 404},
		{"job of another tenant", "GET", "/meter/v1/other/query-jobs/" + id, "", 404},
		{"records by GET", "GET", jobs + "/" + id + "/sdr", "", 404},
		{"limit 0", "POST", jobs + "/" + id + "/sdr", `{"limit":0}`, 400},
		{"limit 201", "POST", jobs + "/" + id + "/sdr", `{"limit":201}`, 400},
		{"marker of other letters", "POST", jobs + "/" + id + "/sdr", `{"marker":"%"}`, 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if r := u.send(test.method, test.path, u.credentials(), test.body); r.status != test.status {
				t.Errorf("status %d, want %d: %s", r.status, test.status, r.body)
			}
		})
	}
}
