package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// alarm finds an alarm of the last month by serial number.
func (u *upstream) alarm(path, csn string) row {
	u.t.Helper()
	window := span(noon.AddDate(0, 0, -30), noon.AddDate(0, 0, 1))
	return index(u.get(data+path, paged(window, 1000, 0)).rows(u.t), "csn")[csn]
}

// change makes a change and returns its serial number.
func (u *upstream) change(body string) string {
	u.t.Helper()
	var answered struct{ CSN string }
	decode(u.t, u.control("POST", "changes", body), &answered)
	return answered.CSN
}

func TestRaiseUpdateClear(t *testing.T) {
	u := start(t, nil)
	host := u.ids()
	csn := u.change(fmt.Sprintf(
		`{"raiseAlarm":{"source":"DEVICE","region":"cn-north-7","severity":2,"name":"fan 停转","hostId":%q}}`, host.host))
	const path = "/v1/DeviceAlarm/info"
	raised := u.alarm(path, csn)
	if raised.text("severity") != "2" || raised.text("alarm_name") != "fan 停转" || raised.text("cleared") != "0" ||
		raised.text("additional_information") != "sn="+host.serial || raised.text("me_category") != "Server" {
		t.Errorf("raised: %v", raised)
	}
	if u.alarm("/v1/CloudServiceAlarm/info", csn) != nil {
		t.Error("an alarm of a device is listed among those of services")
	}
	u.control("PUT", "clock", `{"advanceSeconds":3600}`)
	u.change(fmt.Sprintf(`{"updateAlarm":{"csn":%q,"severity":1,"acked":true}}`, csn))
	updated := u.alarm(path, csn)
	if updated.text("severity") != "1" || updated.text("acked") != "1" || updated.text("count") != "2" ||
		updated.text("latest_occur_utc") == raised.text("latest_occur_utc") {
		t.Errorf("updated: %v", updated)
	}
	u.change(fmt.Sprintf(`{"clearAlarm":{"csn":%q}}`, csn))
	if cleared := u.alarm(path, csn); cleared.text("cleared") != "1" || cleared.text("clear_utc") == "" {
		t.Errorf("cleared: %v", cleared)
	}
	if r := u.send("POST", "/_simulator/changes", nil,
		fmt.Sprintf(`{"clearAlarm":{"csn":%q}}`, csn)); r.status != http.StatusBadRequest {
		t.Errorf("cleared twice: %d", r.status)
	}
}

func TestChangeOfAGeneratedAlarm(t *testing.T) {
	u := start(t, nil)
	const path = "/v1/CloudServiceAlarm/info"
	before := u.get(data+path, paged(lastDays(30), 1000, 0)).rows(t)
	var csn string
	for _, a := range before {
		if a.text("cleared") == "0" {
			csn = a.text("csn")
		}
	}
	u.change(fmt.Sprintf(`{"clearAlarm":{"csn":%q}}`, csn))
	after := u.get(data+path, paged(lastDays(30), 1000, 0)).rows(t)
	if len(after) != len(before) || index(after, "csn")[csn].text("cleared") != "1" {
		t.Errorf("%d alarms before, %d after; the cleared one: %v", len(before), len(after), index(after, "csn")[csn])
	}
	active := u.get(data+path, with(paged(lastDays(30), 1000, 0), "cleared", "0")).rows(t)
	if index(active, "csn")[csn] != nil {
		t.Error("the cleared alarm is among the active ones")
	}
}

func TestRaiseForAService(t *testing.T) {
	u := start(t, nil)
	csn := u.change(
		`{"raiseAlarm":{"source":"CLOUD_SERVICE","region":"cn-north-7","severity":1,"name":"x","service":"ECS"}}`)
	a := u.alarm("/v1/CloudServiceAlarm/info", csn)
	if a.text("affectedService") != "ECS" || a.text("LogicalRegionId") != "cn-north-7" {
		t.Errorf("raised: %v", a)
	}
}

func TestSetCapacity(t *testing.T) {
	u := start(t, nil)
	figures := func(day time.Time) map[string]bool {
		t.Helper()
		found := map[string]bool{}
		query := paged(span(day.Add(-24*time.Hour+time.Millisecond), day), 1000, 0)
		for _, r := range u.get(data+"/v1/CloudService/capacity", with(query, "service_type", "EIP")).rows(t) {
			if u.regionCode(r.text("region")) == "cn-north-7" {
				found[r.text("metric_type")+" "+r.text("allocated")+" "+r.text("available")+r.text(misspelt)] = true
			}
		}
		return found
	}
	before, earlier := figures(noon), figures(noon.AddDate(0, 0, -1))
	if answered := u.control("POST", "changes",
		`{"setCapacity":{"service":"EIP","region":"cn-north-7","allocated":490,"available":0}}`); string(
		answered) != "{\"pools\":2}\n" {
		t.Errorf("answer %s", answered)
	}
	u.control("POST", "changes",
		`{"setCapacity":{"service":"EIP","region":"cn-north-7","metricType":"5_BGP","allocated":1,"available":2}}`)
	if diff := compare(map[string]bool{"5_bgp 1 2": true, "5_sbgp 490 0": true}, figures(noon)); diff != "" {
		t.Errorf("%s\nbefore: %v", diff, before)
	}
	if diff := compare(earlier, figures(noon.AddDate(0, 0, -1))); diff != "" {
		t.Errorf("the day before changed: %s", diff)
	}
	u.control("PUT", "clock", `{"advanceSeconds":72000}`)
	if diff := compare(map[string]bool{"5_bgp 1 2": true, "5_sbgp 490 0": true},
		figures(noon.Add(20*time.Hour))); diff != "" {
		t.Errorf("the next day: %s", diff)
	}
}

func TestChangesRefused(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts = 5 })
	for _, body := range []string{
		`{}`, `[]`, `{"raiseAlarm":{},"clearAlarm":{}}`, `{"lowerAlarm":{}}`,
		`{"raiseAlarm":{"source":"X","region":"cn-north-7","severity":1,"name":"x"}}`,
		`{"raiseAlarm":{"source":"DEVICE","region":"mars","severity":1,"name":"x"}}`,
		`{"raiseAlarm":{"source":"DEVICE","region":"cn-north-7","severity":5,"name":"x"}}`,
		`{"raiseAlarm":{"source":"DEVICE","region":"cn-north-7","severity":1}}`,
		`{"raiseAlarm":{"source":"DEVICE","region":"cn-north-7","severity":1,"name":"x","hostId":"x"}}`,
		`{"raiseAlarm":{"source":"DEVICE","region":"cn-north-7","severity":1,"name":"x","colour":"red"}}`,
		`{"updateAlarm":{"csn":"1","severity":1}}`, `{"updateAlarm":{"csn":"12077800001"}}`,
		`{"clearAlarm":{"csn":"12abcd00000"}}`,
		`{"setCapacity":{"service":"EIP","region":"cn-north-7","allocated":1}}`,
		`{"setCapacity":{"service":"XIP","region":"cn-north-7","allocated":1,"available":1}}`,
		`{"setCapacity":{"service":"EIP","region":"cn-north-7","metricType":"x","allocated":1,"available":1}}`,
	} {
		r := u.send("POST", "/_simulator/changes", nil, body)
		var answered struct{ Error string }
		if json.Unmarshal(r.body, &answered) != nil || r.status != http.StatusBadRequest || answered.Error == "" {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
}
