package simulator_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

const (
	hostsPath = data + "/v1/host/detail?begin_time=0&end_time=9999999999999&page_size=10&offset_value=0"
	bssPath   = "/v2/partners/sub-customers/on-demand-resources/query"
	bssBody   = `{"customer_id":"demo-domain"}`
	aspPath   = "/v3/" + simulator.DemoProjectID + "/instances/x/asp"
)

func TestCredentials(t *testing.T) {
	u := start(t, nil)
	good := u.credentials()
	domainToken := u.token(domainScope)
	change := func(pairs ...string) map[string]string {
		header := maps.Clone(good)
		for i := 0; i < len(pairs); i += 2 {
			if header[pairs[i]] = pairs[i+1]; pairs[i+1] == "" {
				delete(header, pairs[i])
			}
		}
		return header
	}
	tests := []struct {
		name, method, path string
		header             map[string]string
		body               string
		status             int
	}{
		{"all there", "GET", hostsPath, good, "", 200},
		{"header names in another case", "GET", hostsPath, map[string]string{
			"x-auth-token": good["X-Auth-Token"], "X-Apig-AppCode": "demo-appcode", "X-HCSO-APPCODE": "demo-appcode",
		}, "", 200},
		{"no token", "GET", hostsPath, change("X-Auth-Token", ""), "", 401},
		{"unknown token", "GET", hostsPath, change("X-Auth-Token", "MIIFx"), "", 401},
		{"token of the account", "GET", hostsPath, change("X-Auth-Token", domainToken), "", 403},
		{"no gateway AppCode", "GET", hostsPath, change("X-APIG-Appcode", ""), "", 403},
		{"wrong gateway AppCode", "GET", hostsPath, change("X-APIG-Appcode", "other"), "", 403},
		{"no HCSO AppCode", "GET", hostsPath, change("x-hcso-appcode", ""), "", 403},
		{"wrong HCSO AppCode", "GET", hostsPath, change("x-hcso-appcode", "other"), "", 403},
		{"no tenant", "GET", hostsPath, change("x-hcso-domainid", ""), "", 200},
		{"wrong tenant", "GET", hostsPath, change("x-hcso-domainid", "other"), "", 403},
		{"token before parameters", "GET", data + "/v1/host/detail", change("X-Auth-Token", ""), "", 401},
		{
			"metering by token only", "POST", "/meter/v1/demo-domain/query-jobs",
			map[string]string{"X-Auth-Token": good["X-Auth-Token"]},
			"{}", 201,
		},
		{
			"metering with a wrong AppCode", "POST", "/meter/v1/demo-domain/query-jobs", change("x-hcso-appcode", "other"), "{}",
			403,
		},
		{"metering without token", "POST", "/meter/v1/demo-domain/query-jobs", change("X-Auth-Token", ""), "{}", 401},
		{"screens without anything", "POST", "/rest/dlvapp-engine/v1/screens/data/a", nil, "", 200},
		{"billing with the account's token", "POST", bssPath, map[string]string{"X-Auth-Token": domainToken}, bssBody, 200},
		{"billing with the project's token", "POST", bssPath, good, bssBody, 403},
		{"database with the account's token", "GET", aspPath, map[string]string{"X-Auth-Token": domainToken}, "", 403},
		{"database of another project", "GET", strings.Replace(aspPath, simulator.DemoProjectID, "other", 1), good, "", 403},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := u.send(test.method, test.path, test.header, test.body)
			if r.status != test.status {
				t.Errorf("status %d, want %d: %s", r.status, test.status, r.body)
			}
		})
	}
}

func TestTokenEnds(t *testing.T) {
	u := start(t, nil)
	header := u.credentials()
	ask := func(want int) {
		t.Helper()
		if r := u.send("GET", hostsPath, header, ""); r.status != want {
			t.Fatalf("status %d, want %d: %s", r.status, want, r.body)
		}
	}
	ask(200)
	u.control("PUT", "clock", `{"advanceSeconds":86399}`)
	ask(200)
	u.control("PUT", "clock", `{"advanceSeconds":1}`)
	ask(401)
	header["X-Auth-Token"] = u.send("POST", "/v3/auth/tokens", nil,
		tokenRequest("demo", projectScope)).header.Get("X-Subject-Token")
	ask(200)
	u.control("PUT", "tokens", `{"revoke":true}`)
	ask(401)
}

func TestCreateToken(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.PublicURL = "http://127.0.0.1:9090" })
	r := u.send("POST", "/v3/auth/tokens", nil, tokenRequest("demo", `{"project":{"id":"demo"},"domain":{"name":"demo"}}`))
	if token := r.header.Get("X-Subject-Token"); r.status != http.StatusCreated || len(token) < 2000 {
		t.Fatalf("status %d, token of %d bytes", r.status, len(token))
	}
	var body struct {
		Token struct {
			ExpiresAt string            `json:"expires_at"`
			IssuedAt  string            `json:"issued_at"`
			Project   map[string]any    `json:"project"`
			Domain    map[string]any    `json:"domain"`
			Catalog   []json.RawMessage `json:"catalog"`
		} `json:"token"`
	}
	decode(t, r.body, &body)
	if body.Token.ExpiresAt != "2026-11-22T12:00:00.000000Z" || body.Token.IssuedAt != "2026-11-21T12:00:00.000000Z" {
		t.Errorf("from %s to %s", body.Token.IssuedAt, body.Token.ExpiresAt)
	}
	if body.Token.Project["id"] != simulator.DemoProjectID || body.Token.Domain != nil {
		t.Errorf("both scopes: project %v, domain %v; the project wins", body.Token.Project, body.Token.Domain)
	}
	if len(body.Token.Catalog) == 0 || !strings.Contains(string(body.Token.Catalog[0]), "http://127.0.0.1:9090") {
		t.Errorf("catalogue %s does not name the simulator", body.Token.Catalog)
	}

	tests := []struct {
		name, body string
		status     int
	}{
		{"no scope", strings.Replace(tokenRequest("demo", "{}"), `,"scope":{}`, "", 1), 201},
		{"account by id", tokenRequest("demo", `{"domain":{"id":"demo-domain"}}`), 201},
		{"project by its real id", tokenRequest("demo", `{"project":{"id":"`+simulator.DemoProjectID+`"}}`), 201},
		{"other project", tokenRequest("demo", `{"project":{"name":"other"}}`), 404},
		{"other account", tokenRequest("demo", `{"domain":{"name":"other"}}`), 403},
		{"no JSON", "[", 400},
		{"no password", tokenRequest("", domainScope), 400},
		{"wrong password", tokenRequest("wrong", domainScope), 401},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if r := u.send("POST", "/v3/auth/tokens", nil, test.body); r.status != test.status {
				t.Errorf("status %d, want %d: %s", r.status, test.status, r.body)
			}
		})
	}
}

func TestWrongPasswordsLock(t *testing.T) {
	u := start(t, nil)
	ask := func(password string, want int) {
		t.Helper()
		if r := u.send("POST", "/v3/auth/tokens", nil, tokenRequest(password, domainScope)); r.status != want {
			t.Fatalf("status %d, want %d: %s", r.status, want, r.body)
		}
	}
	for range 4 {
		ask("wrong", 401)
	}
	ask("demo", 201) // forgets the wrong ones
	for range 5 {
		ask("wrong", 401)
	}
	ask("demo", 401)
	u.control("PUT", "clock", `{"advanceSeconds":900}`)
	ask("demo", 201)
	for range 5 {
		ask("wrong", 401)
	}
	u.control("PUT", "tokens", `{"unlock":true}`)
	ask("demo", 201)
}

func TestErrorForms(t *testing.T) {
	u := start(t, nil)
	u.control("PUT", "clock", `{"now":"`+noon.Format(time.RFC3339)+`"}`)
	bss := map[string]string{"X-Auth-Token": u.token(domainScope)}
	tests := []struct {
		name string
		r    reply
		want map[string]any
	}{
		{
			"ESM", u.get(data+"/v1/host/detail", nil),
			map[string]any{"error_code": "AS.0001", "error_msg": "The parameter begin_time is mandatory"},
		},
		{
			"no such path", u.get(data+"/v1/host/details", nil),
			map[string]any{"error_code": "AS.0404", "error_msg": "rest interface not found"},
		},
		{
			"billing", u.send("POST", bssPath, bss, "{}"),
			map[string]any{"error_code": "CBC.0101", "error_msg": "customer_id is mandatory, 64 characters at most"},
		},
		{"no such customer", u.send("POST", bssPath, bss, `{"customer_id":"x"}`), map[string]any{
			"error_code": "CBC.0156", "error_msg": "Access denied. The customer does not belong to the website you are now at.",
		}},
		{"IAM", u.send("POST", "/v3/auth/tokens", nil, tokenRequest("wrong", domainScope)), map[string]any{
			"error": map[string]any{
				"code": json.Number("401"), "message": "The username or password is wrong.",
				"title": http.StatusText(http.StatusUnauthorized),
			},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got map[string]any
			decode(t, test.r.body, &got)
			if diff := compare(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
