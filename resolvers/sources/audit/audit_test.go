package audit_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/audit"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const auditLogs = "/cloudAuditlog"

// auditOf is the log of the two days before now.
func auditOf(t *testing.T, change func(*dataset.Config), rows ...string) (*audit.Log, *sourcestest.Upstream) {
	t.Helper()
	made, upstream := sourcestest.New(t, map[string]string{auditLogs: sourcestest.ListOf(rows...)}, change)
	days, some, err := made.Audit.DaysOf(&model.TimeRange{Last: new(24 * time.Hour)}, sourcestest.Now())
	if err != nil || !some {
		t.Fatal(some, err)
	}
	held := made.Audit.Logs.One(t.Context(), "", days, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	return held.Held.Value, upstream
}

func TestAuditWords(t *testing.T) {
	for name, test := range map[string]struct{ sent, want string }{
		"Quirk035 4 is the greatest risk":    {`"severity":"4"`, "null null CRITICAL"},
		"Quirk035 3":                         {`"severity":"3"`, "null null MAJOR"},
		"Quirk035 2":                         {`"severity":2`, "null null MINOR"},
		"Quirk035 1 is a hint":               {`"severity":"1"`, "null null WARNING"},
		"Quirk041 another risk":              {`"severity":"5"`, "null null null"},
		"Quirk038 0 is the good result":      {`"operation_result":"0"`, "null SUCCESS null"},
		"Quirk038 1 is the bad one":          {`"operation_result":1`, "null FAILURE null"},
		"kind of log":                        {`"type":"1"`, "SECURITY null null"},
		"another kind of log, as sent it is": {`"type":"9"`, "null null null"},
	} {
		t.Run(name, func(t *testing.T) {
			log, _ := auditOf(t, nil, `{"id":"1","start_time":"2026-11-21 08:00:00",`+test.sent+`}`)
			event := log.All[0]
			if got := strings.Join([]string{
				sourcestest.Shown(event.Type), sourcestest.Shown(event.Result),
				sourcestest.Shown(event.Severity),
			}, " "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	t.Run("Quirk022 a source as a number", func(t *testing.T) {
		log, _ := auditOf(t, nil, `{"id":2030,"operating_source":2}`)
		if log.All[0].EventID != "2030" || sourcestest.Shown(log.All[0].Source) != "2" {
			t.Errorf("%+v", log.All[0])
		}
	})
}

func TestAuditResourceRegion(t *testing.T) {
	for name, test := range map[string]struct{ sent, want string }{
		"a code":                      {"cn-north-7", "cn-north-7"},
		"Quirk015 words before it":    {"regionName: cn-north-7 ", "cn-north-7"},
		"Quirk015 a name":             {"North Seven", "null"},
		"Quirk015 a name with a mark": {"regionName:North", "null"},
	} {
		t.Run(name, func(t *testing.T) {
			log, _ := auditOf(t, nil, fmt.Sprintf(`{"id":"1","resource_region":%q}`, test.sent))
			resource := log.All[0].Resource
			if sourcestest.Shown(resource.RegionCode) != test.want || *resource.RegionText != test.sent {
				t.Errorf("%s %q", sourcestest.Shown(resource.RegionCode), *resource.RegionText)
			}
		})
	}
	if log, _ := auditOf(t, nil, `{"id":"1"}`); log.All[0].Resource != nil {
		t.Errorf("an entry that names no resource has %+v", log.All[0].Resource)
	}
}

func TestQuirk044AuditTimesInTheConfiguredZone(t *testing.T) {
	row := `{"id":"1","start_time":"2026-11-21 01:13:59"}`
	east, _ := auditOf(t, nil, row)
	utc, _ := auditOf(t, func(cfg *dataset.Config) { cfg.TextZone = time.UTC }, row)
	if got := east.All[0].StartedAt.Format(time.RFC3339); got != "2026-11-20T17:13:59Z" {
		t.Errorf("in UTC+8: %s", got)
	}
	if got := utc.All[0].StartedAt.Format(time.RFC3339); got != "2026-11-21T01:13:59Z" {
		t.Errorf("in UTC: %s", got)
	}
	if east.All[0].ID == utc.All[0].ID {
		t.Error("the day of the id does not follow the start")
	}
}

func TestAuditRangeAsksForWholeDays(t *testing.T) {
	at := func(text string) *time.Time {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return &moment
	}
	const month = 31 * 24 * time.Hour
	now := sourcestest.Now()
	for name, test := range map[string]struct {
		within model.TimeRange
		want   string // the window asked for, or the error; empty for neither
	}{
		"a part of a day": {
			model.TimeRange{From: at("2026-11-18T05:00:00Z"), To: at("2026-11-18T06:00:00Z")},
			"2026-11-18T00:00:00Z 2026-11-19T00:00:00Z",
		},
		"an end at midnight asks for no further day": {
			model.TimeRange{From: at("2026-11-18T05:00:00Z"), To: at("2026-11-19T00:00:00Z")},
			"2026-11-18T00:00:00Z 2026-11-19T00:00:00Z",
		},
		"up to now": {model.TimeRange{Last: new(time.Hour)}, "2026-11-21T00:00:00Z 2026-11-21T10:01:00Z"},
		"an open end": {
			model.TimeRange{From: at("2026-11-20T23:00:00Z")},
			"2026-11-20T00:00:00Z 2026-11-21T10:01:00Z",
		},
		"exactly the longest": {
			model.TimeRange{From: new(now.Add(-month)), To: &now},
			"2026-10-21T00:00:00Z 2026-11-21T10:01:00Z",
		},
		"a second above it":      {model.TimeRange{From: new(now.Add(-month - time.Second)), To: &now}, "error"},
		"an open start":          {model.TimeRange{To: &now}, "error"},
		"in the future: nothing": {model.TimeRange{From: at("2030-01-01T00:00:00Z"), To: at("2030-01-02T00:00:00Z")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			made, upstream := sourcestest.New(t, nil, nil)
			days, some, err := made.Audit.DaysOf(&test.within, now)
			if test.want == "error" {
				var argument *rest.InputError
				if !errors.As(err, &argument) || argument.Field != "range" || len(upstream.Asked()) != 0 {
					t.Fatalf("got %v and %d calls", err, len(upstream.Asked()))
				}
				return
			}
			if err != nil || some != (test.want != "") {
				t.Fatalf("some %v, error %v", some, err)
			}
			if !some {
				return
			}
			if o := made.Audit.Logs.One(t.Context(), "", days, 0); o.Err != nil {
				t.Fatal(o.Err)
			}
			asked, err := url.Parse(upstream.Asked()[0])
			if err != nil {
				t.Fatal(err)
			}
			query := asked.Query()
			if got := asISO(t, query.Get("begin_time")) + " " + asISO(t, query.Get("end_time")); got != test.want {
				t.Errorf("asked for %s, want %s", got, test.want)
			}
			if query.Has("log_type") {
				t.Error("the kind of log was sent: the log is read whole")
			}
		})
	}
}

func asISO(t *testing.T, milliseconds string) string {
	t.Helper()
	var number int64
	if _, err := fmt.Sscan(milliseconds, &number); err != nil {
		t.Fatal(err)
	}
	return time.UnixMilli(number).UTC().Format(time.RFC3339)
}

func TestAuditFilterNarrowsExactly(t *testing.T) {
	log, upstream := auditOf(t, nil,
		`{"id":"1","start_time":"2026-11-21 17:00:00","operating_user":"lee","operating_name":"login","region_id":"cn-north-7","severity":"4"}`,
		`{"id":"2","start_time":"2026-11-21 16:00:00","operating_user":"wang","resource_name":"Web-01","resource_type":"ecs","severity":"1"}`,
		`{"id":"3","start_time":"2026-11-20 20:00:00","operating_user":"lee","operation_detail":"web-01 resized"}`,
		`{"id":"4","operating_user":"chen"}`,
		`{"id":"5","start_time":"some day","end_time":"2026-11-21 16:30:00","operating_user":"chen"}`,
		`{"id":"6","end_time":"2026-11-20 16:30:00","operating_user":"chen"}`,
		`{"operating_user":"without an id"}`,
	)
	if upstream.Count("id") != 1 || len(log.All) != 6 {
		t.Errorf("%d events, %d without an id", len(log.All), upstream.Count("id"))
	}
	day, threeHours := &model.TimeRange{Last: new(24 * time.Hour)}, &model.TimeRange{Last: new(3 * time.Hour)}
	for name, test := range map[string]struct {
		filter model.AuditFilter
		want   string
	}{
		"the range, latest first": {model.AuditFilter{Range: day, Users: []string{"lee", "wang"}}, "1 2 3"},
		"a shorter range":         {model.AuditFilter{Range: threeHours, Users: []string{"lee", "wang"}}, "1 2"},
		"no start, no time":       {model.AuditFilter{Range: threeHours, Users: []string{"chen"}}, "4 5"},
		"users":                   {model.AuditFilter{Range: day, Users: []string{"lee"}}, "1 3"},
		"risks": {model.AuditFilter{
			Range:      day,
			Severities: []model.AlarmSeverity{model.AlarmSeverityWarning},
		}, "2"},
		"resource types":      {model.AuditFilter{Range: day, ResourceTypes: []string{"ecs"}}, "2"},
		"a text, in any case": {model.AuditFilter{Range: day, TextContains: new("WEB-01")}, "2 3"},
		"regions":             {model.AuditFilter{Range: day, Regions: []string{"cn-north-7"}}, "1"},
	} {
		t.Run(name, func(t *testing.T) {
			var ids []string
			for _, event := range dataset.Select(log.All, dataset.Matches(audit.Filter(test.filter, sourcestest.Now()))) {
				ids = append(ids, event.EventID)
			}
			if got := strings.Join(ids, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	for _, event := range log.All {
		global, err := model.ParseID(event.ID)
		if err != nil {
			t.Fatal(err)
		}
		id, day, err := model.AuditEventKey(global)
		if err != nil || log.ByID(id, day).ID != event.ID {
			t.Errorf("event %s is not found by its id: %v", event.EventID, err)
		}
	}
	if event := log.ByID("4", time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)); event == nil || event.EventID != "4" {
		t.Errorf("an event without times is found under any day: %+v", event)
	}
}

func TestAuditDaysAroundADay(t *testing.T) {
	made, _ := sourcestest.New(t, nil, nil)
	for name, test := range map[string]struct {
		day  string
		want string
	}{
		"in the past":     {"2026-11-01", "2026-10-31 2026-11-02"},
		"today":           {"2026-11-21", "2026-11-20 2026-11-21"},
		"tomorrow":        {"2026-11-22", "2026-11-21 2026-11-21"},
		"a later day":     {"2026-11-24", ""},
		"before all time": {"0001-01-01", ""},
	} {
		t.Run(name, func(t *testing.T) {
			day, err := time.Parse(time.DateOnly, test.day)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if days, possible := made.Audit.DaysAround(day, sourcestest.Now()); possible {
				got = days.First.Format(time.DateOnly) + " " + days.Last.Format(time.DateOnly)
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
