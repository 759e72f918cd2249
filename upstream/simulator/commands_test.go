package simulator_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

func TestAspReports(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts = 10 })
	path := "/v3/" + simulator.DemoProjectID + "/instances/" + u.ids().database + "/asp"
	collect := func(body string) reply {
		t.Helper()
		return u.send("POST", path+"/collect", u.credentials(), body)
	}
	good := `{"start_time":"2026-11-19T20:00:00+0800","end_time":"2026-11-21T12:00:00+0000"}`
	var first, second struct {
		ID string `json:"job_id"`
	}
	decode(t, collect(good).body, &first)
	decode(t, collect(good).body, &second)
	if first.ID == second.ID || len(first.ID) != 32 {
		t.Errorf("jobs %q and %q", first.ID, second.ID)
	}
	type report struct {
		JobID       string `json:"job_id"`
		Status      string `json:"status"`
		StartTime   string `json:"start_time"`
		FileSize    int    `json:"file_size"`
		DownloadURL string `json:"download_url"`
	}
	var found struct {
		Asp   []report `json:"asp"`
		Total int      `json:"total_count"`
	}
	decode(t, u.get(path, url.Values{"job_id": {first.ID}}).body, &found)
	want := report{JobID: first.ID, Status: "EXPORTING", StartTime: "2026-11-19T12:00:00+0000"}
	if found.Total != 1 || compare([]report{want}, found.Asp) != "" {
		t.Errorf("at once: %+v", found)
	}
	u.control("PUT", "clock", `{"advanceSeconds":6}`)
	decode(t, u.get(path, nil).body, &found)
	if found.Total != 2 || found.Asp[0].Status != "SUCCESS" || found.Asp[0].FileSize == 0 ||
		found.Asp[0].DownloadURL == "" {
		t.Errorf("six seconds later: %+v", found)
	}
	u.control("PUT", "clock", `{"now":"2026-11-21T12:00:00Z"}`)
	for _, body := range []string{
		`{}`, `[]`, `{"start_time":"2026-11-20T20:00:00Z","end_time":"2026-11-21T12:00:00Z"}`,
		`{"start_time":"2026-11-20T20:00:00+08:00","end_time":"2026-11-21T12:00:00+0000"}`,
		`{"start_time":"2026-11-21T12:00:00+0000","end_time":"2026-11-20T12:00:00+0000"}`,
		`{"start_time":"2026-11-19T11:59:59+0000","end_time":"2026-11-20T12:00:00+0000"}`,
		`{"start_time":"2026-11-20T12:00:00+0000","end_time":"2026-11-21T12:00:01+0000"}`,
		`{"start_time":"2026-11-31T12:00:00+0000","end_time":"2026-11-21T12:00:00+0000"}`,
	} {
		if r := collect(body); r.status != http.StatusBadRequest || !strings.Contains(string(r.body), "DBS.") {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
}

func TestAspPathsAndLanguage(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts = 10 })
	db := u.ids().database
	var foreign string
	for _, use := range u.usage("GAUSS") {
		if use.text("domain_id") != simulator.DemoHCSODomain {
			foreign = use.text("resource_id")
		}
	}
	tests := []struct {
		name, instance, language, query string
		status                          int
	}{
		{"own", db, "", "", 200},
		{"in Chinese", db, "zh-cn", "", 200},
		{"language with an underscore", db, "zh_CN", "", 400},
		{"too short", db[1:], "", "", 400},
		{"another tenant's", foreign, "", "", 404},
		{"unknown", strings.Repeat("0", 36), "", "", 404},
		{"limit 0", db, "", "?limit=0", 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			header := u.credentials()
			header["X-Language"] = test.language
			r := u.send("GET", "/v3/"+simulator.DemoProjectID+"/instances/"+test.instance+"/asp"+test.query, header, "")
			if r.status != test.status {
				t.Errorf("status %d, want %d: %s", r.status, test.status, r.body)
			}
		})
	}
}

func TestExports(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts = 1 })
	const users, desktops = "users", "desktops"
	week := []string{"start_time", "2026-11-14T12:00:00Z", "end_time", "2026-11-21T12:00:00Z"}
	tests := []struct {
		name, what string
		change     []string
		status     int
	}{
		{"users", users, nil, 200},
		{"desktops", desktops, nil, 200},
		{"no start", users, []string{"start_time", ""}, 400},
		{"milliseconds", users, []string{"start_time", "1795000000000"}, 400},
		{"offset without a colon", users, []string{"start_time", "2026-11-14T12:00:00+0000"}, 400},
		{"inverted", users, []string{"start_time", "2026-11-21T12:00:01Z"}, 400},
		{"users of 30 days", users, []string{"start_time", "2026-10-22T12:00:00Z"}, 200},
		{"users of more", users, []string{"start_time", "2026-10-22T11:59:59Z"}, 400},
		{"desktops of 180 days, from the start of the first", desktops, []string{"start_time", "2026-05-24T16:00:00Z"}, 200},
		{"desktops of more", desktops, []string{"start_time", "2026-05-24T15:59:59Z"}, 400},
		{"hours that are no number", users, []string{"usage_min_hours", "many"}, 400},
		{"inverted hours find nothing", users, []string{"usage_min_hours", "9", "usage_max_hours", "1"}, 200},
		{"sorted", users, []string{"sort_field", "user_usage", "sort_type", "ASC"}, 200},
		{"sorted by the other's field", users, []string{"sort_field", "desktop_usage"}, 400},
		{"direction alone", desktops, []string{"sort_type", "DESC"}, 400},
		{"idle days", desktops, []string{"min_idle_days", "3", "sort_field", "desktop_idle_duration"}, 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			query := with(nil, append(append([]string{}, week...), test.change...)...)
			path := "/v3/" + simulator.DemoProjectID + "/statistics/metrics/" + test.what + "/export"
			first, second := u.get(path, query), u.get(path, query)
			if first.status != test.status {
				t.Fatalf("status %d, want %d: %s", first.status, test.status, first.body)
			}
			var one, other struct {
				ID string `json:"task_id"`
			}
			decode(t, first.body, &one)
			decode(t, second.body, &other)
			if test.status == http.StatusOK && (one.ID == other.ID || len(one.ID) != 36) {
				t.Errorf("tasks %q, %q: each call starts one", one.ID, other.ID)
			}
		})
	}
}

func TestBilling(t *testing.T) {
	u := start(t, defaultSite)
	all := u.bill(`{"customer_id":"demo-domain","limit":100}`)
	if len(all) < 20 || len(all) > 60 {
		t.Fatalf("%d resources, want some 30", len(all))
	}
	one, other := all[0].text("resource_id"), all[1].text("resource_id")
	tests := []struct {
		name, body string
		want       int
	}{
		{"default limit", `{"customer_id":"demo-domain"}`, 10},
		{"null ids do not filter", `{"customer_id":"demo-domain","limit":100,"resource_ids":null}`, len(all)},
		{"no ids do not filter", `{"customer_id":"demo-domain","limit":100,"resource_ids":[]}`, len(all)},
		{"two ids", fmt.Sprintf(`{"customer_id":"demo-domain","resource_ids":[%q,%q,"unknown"]}`, one, other), 2},
		{"one unknown id", `{"customer_id":"demo-domain","resource_ids":["unknown"]}`, 0},
		{"offset", fmt.Sprintf(`{"customer_id":"demo-domain","limit":100,"offset":%d}`, len(all)-3), 3},
		{"beyond", `{"customer_id":"demo-domain","offset":5000}`, 0},
		{"service", `{"customer_id":"demo-domain","limit":100,"service_type_code":"hws.service.type.gaussdb"}`, 3},
		{"long ago", `{"customer_id":"demo-domain","limit":100,"effective_time_end":"2020-01-01T00:00:00Z"}`, 0},
		{"since", `{"customer_id":"demo-domain","limit":100,"effective_time_begin":"2020-01-01T00:00:00Z"}`, len(all)},
		{"an error inside", `{"customer_id":"locked-customer"}`, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := len(u.bill(test.body)); got != test.want {
				t.Errorf("%d resources, want %d", got, test.want)
			}
		})
	}
	normal := u.bill(`{"customer_id":"demo-domain","limit":100,"status":1}`)
	for _, r := range normal {
		if r.text("status") != "1" {
			t.Errorf("status %s among the normal ones", r.text("status"))
		}
	}
}

func TestBillingRefusalsAndLanguage(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts = 20 })
	header := map[string]string{"X-Auth-Token": u.token(domainScope)}
	many := `"x"` + strings.Repeat(`,"x"`, 50)
	for _, body := range []string{
		`[`, `{"customer_id":""}`, `{"customer_id":"demo-domain","limit":0}`, `{"customer_id":"demo-domain","limit":101}`,
		`{"customer_id":"demo-domain","offset":-1}`, `{"customer_id":"demo-domain","status":7}`,
		`{"customer_id":"demo-domain","resource_ids":[` + many + `]}`, `{"customer_id":"demo-domain","resource_ids":"x"}`,
		`{"customer_id":"demo-domain","effective_time_begin":"2020-04-02T08:56:26.000Z"}`,
		`{"customer_id":"demo-domain","region_code":"` + strings.Repeat("x", 65) + `"}`,
	} {
		if r := u.send("POST", bssPath, header, body); r.status != http.StatusBadRequest ||
			!strings.Contains(string(r.body), "CBC.") {
			t.Errorf("%.80s: %d %s", body, r.status, r.body)
		}
	}
	texts := map[string]string{}
	for _, language := range []string{"", "zh_CN", "en_US"} {
		header["X-Language"] = language
		body := u.send("POST", bssPath, header,
			`{"customer_id":"demo-domain","limit":100,"service_type_code":"hws.service.type.ec2"}`).rows(t)
		texts[language] = index(body, "resource_id")[body[0].text("resource_id")].text("product_spec_desc")
	}
	if strings.Contains(texts["en_US"], "通用") || texts["zh_CN"] == "" || strings.Contains(texts["zh_CN"], "General") {
		t.Errorf("descriptions %v", texts)
	}
	header["X-Language"] = "zh-cn"
	if r := u.send("POST", bssPath, header, bssBody); r.status != http.StatusBadRequest {
		t.Errorf("language with a hyphen: %d", r.status)
	}
}

func TestScreens(t *testing.T) {
	u := start(t, nil)
	for share, want := range map[string]int{"abc": 200, "login-1": 302, "denied-1": 403} {
		if r := u.send("POST", "/rest/dlvapp-engine/v1/screens/data/"+share, nil, ""); r.status != want {
			t.Errorf("share %s: %d, want %d", share, r.status, want)
		}
	}
	body := string(u.send("POST", "/rest/dlvapp-engine/v1/screens/data/abc", nil, "").body)
	if !strings.Contains(body, `"service":"ECS"`) {
		t.Errorf("screen %s", body)
	}
}
