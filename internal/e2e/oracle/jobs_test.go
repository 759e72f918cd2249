package oracle

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// meterJob is a job that has succeeded, with its records in the order of the markers.
func (s *site) meterJob(domain, job string) *thing {
	rows := s.up.meterRecords(domain, job)
	s.records = rows
	return &thing{"MeterJob", map[string]any{
		"id": opaque{"MeterJob", domain + " " + job}, "jobId": job, "domainId": domain, "status": "SUCCEEDED",
		"statusText": "success", "progress": 100,
		"records": lazy(func(a arguments) any { return s.meterRecords(job, rows, a) }),
	}}
}

// meterRecords is a page of records: forward only, and nobody counts them.
func (s *site) meterRecords(job string, rows []row, a arguments) any {
	items := make([]item, len(rows))
	for i, r := range rows {
		fields := periodFields(r)
		delete(fields, "errorMessage")
		for name, key := range map[string]string{
			"availabilityZone": "az_code", "cloudServiceTypeCode": "cloud_service_type_code",
			"resourceTypeCode": "resource_type_code", "resourceSpecCode": "resource_spec_code", "resourceId": "resource_id",
			"parentResourceId": "relate_parent_resource", "regionCode": "region_code", "domainId": "domain_id",
			"domainName": "domain_name", "projectId": "project_id", "enterpriseProjectId": "enterprise_project_id", "tag": "tag",
		} {
			fields[name] = text(r[key])
		}
		fields["endAt"], fields["raw"] = compact(r["end_time"]), verbatim{map[string]any(r)}
		items[i] = item{strconv.Itoa(i), &thing{"MeterRecord", fields}}
	}
	page := s.connection("MeterRecord", "records "+job, items, a)
	if t, ok := page.(*thing); ok {
		t.fields["totalCount"] = nil
	}
	return page
}

// startedJobs is the page of the jobs that the test has started, the last one first. Without a Redis the
// replica knows of no others that it could miss.
func (s *site) startedJobs(a arguments) any {
	nodes := []any{}
	for _, job := range slices.Backward(s.started) {
		if a.allows("kinds", job.fields["kind"]) {
			nodes = append(nodes, job)
		}
	}
	return &thing{"StartedJobConnection", map[string]any{"nodes": nodes, "totalCount": len(nodes)}}
}

// TestMeterJobs has a job run to its end, and compares its records: pages of any size, walked to the end.
func TestMeterJobs(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Seed: 11, Hosts: 120, Regions: 3, Quota: "off", Clock: at})
	c := newChecker(t, w)
	regions := []string{"", c.site.regions[0].id}
	for _, region := range regions {
		input := `{from: "2026-10-24", to: "2026-11-16", regionId: ` + strconv.Quote(region) + `}`
		if region == "" {
			input = `{from: "2026-10-24", to: "2026-11-16"}`
		}
		created := kit.Answered[struct {
			CreateMeterJob struct {
				MeterJob struct{ JobID, DomainID string }
			}
		}](t, c.gateway, `mutation { createMeterJob(input: `+input+`) { meterJob { jobId: jobId domainId } } }`, "")
		c.site.started = append(c.site.started, &thing{"StartedJob", map[string]any{
			"id": opaque{
				"MeterJob", created.CreateMeterJob.MeterJob.DomainID + " " + created.CreateMeterJob.MeterJob.JobID,
			},
			"kind": "METER", "jobId": created.CreateMeterJob.MeterJob.JobID, "submittedAt": w.Clock.Now(), "from": nil, "to": nil,
		}})
		c.ask(`{ jobs { totalCount nodes { id kind jobId submittedAt from to } }
			exports: jobs(kinds: [USAGE_EXPORT, ASP_REPORT]) { nodes { id } } none: jobs(kinds: []) { nodes { id } } }`, "")
		w.Clock.Advance(time.Minute)
		c.job(created.CreateMeterJob.MeterJob.DomainID, created.CreateMeterJob.MeterJob.JobID)
	}
	kit.Report(t, "oracle meter jobs", "%d values of %d queries are what the documents say", c.seen.values, c.asked)
}

// job compares a finished job, and its records page by page.
func (c *checker) job(domain, job string) {
	c.t.Helper()
	c.site.job = c.site.meterJob(domain, job)
	records := len(c.site.records)
	if records <= 200 { // one call
		c.t.Fatalf("%d records: that proves little", records)
	}
	c.ask(`{ meterJob(jobId: "`+job+`") `+c.fields("MeterJob")+` }`, "")
	for _, size := range []int{min(500, records), min(500, records+1), min(500, records/3+1), 137, 200} {
		seen := 0
		for after := ""; ; {
			arguments := fmt.Sprintf("first: %d", size)
			if after != "" {
				arguments += fmt.Sprintf(", after: %q", after)
			}
			data := c.ask(`{ meterJob(jobId: "`+job+`") { records(`+arguments+`) { totalCount
				pageInfo { hasNextPage startCursor endCursor } edges { cursor node `+c.fields("MeterRecord")+` } } } }`, "")
			page, _ := data["meterJob"].(map[string]any)["records"].(map[string]any)
			edges, _ := page["edges"].([]any)
			seen += len(edges)
			info, _ := page["pageInfo"].(map[string]any)
			if info["hasNextPage"] != true || len(edges) == 0 {
				break
			}
			after, _ = info["endCursor"].(string)
		}
		if seen != records {
			c.t.Errorf("%d records in pages of %d, %d in all", seen, size, records)
		}
	}
}
