package identity

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestHostile_hostileIds sends ids that would become other paths, hosts or headers if they were put together
// carelessly.
func TestHostile_hostileIds(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
	n.Forget()
	for name, id := range map[string]string{
		"H-155 path up": "../../v3/users", "H-155 slash": "a/b", "H-155 escaped path up": "%2e%2e%2f", "H-155 query": "?x=1",
		"H-155 fragment":  "#",
		"H-155 semicolon": ";", "H-155 NUL": "a\x00", "H-155 escaped NUL": "a%00", "H-155 dots": "..",
		"H-156 host": "evil.example/", "H-156 user": "@evil", "H-156 address": "127.0.0.1#",
		"H-156 longer host": "cn-north-7.evil",
		"H-157 metadata":    "http://169.254.169.254/", "H-157 IPv6": "http://[::1]", "H-157 number": "http://0x7f.1",
		"H-157 file":   "file:///etc/passwd",
		"H-157 gopher": "gopher://a",
	} {
		t.Run(name, func(t *testing.T) {
			variables, err := json.Marshal(map[string]string{"id": id})
			if err != nil {
				t.Fatal(err)
			}
			for _, document := range []string{
				`query($id: String!) {meterJob(jobId: $id, domainId: "d") {jobId}}`,
				`query($id: String!) {meterJob(jobId: "j", domainId: $id) {jobId}}`,
				`query($id: String!) {aspReportJob(jobId: "j", instanceId: $id, projectId: $id) {jobId}}`,
				`query($id: String!) {host(hostId: $id) {name}}`,
				`query($id: String!) {region(code: $id) {code hosts(first: 1) {totalCount}}}`,
				`query($id: String!) {cloudServices(types: [EVS], regions: [$id]) {type}}`,
			} {
				got := r.Ask(t, document, string(variables), n.A.Header())
				if got.Status != http.StatusOK && got.Status != http.StatusBadRequest {
					t.Errorf("%s: %d %.300s", document, got.Status, got.Raw)
				}
			}
		})
	}
	// Only known paths went out; a dot alone in a segment is a name like any other.
	known := regexp.MustCompile(
		`^(GET|POST) /(rest/dataapi/homs/open-api/v1/(host/detail|CloudService/capacity)\?[a-z_=&0-9A-Z%.-]*|` +
			`meter/v1/[A-Za-z0-9_-]{1,64}/query-jobs/[A-Za-z0-9_-]+)$`)
	for _, call := range n.Arrived() {
		if !known.MatchString(call) {
			t.Errorf("a call of a path that no id may make: %s", call)
		}
	}
}

// TestHostile_noURLs_H157 searches the schema: no argument is an address to call.
func TestHostile_noURLs_H157(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1})
	r := w.StartGateway(t, "")
	got := r.Ask(t, `{__schema {types {name fields {name args {name}} inputFields {name}}}}`, "", nil)
	var schema struct {
		Schema struct {
			Types []struct {
				Name        string
				Fields      []struct{ Args []struct{ Name string } }
				InputFields []struct{ Name string }
			}
		} `json:"__schema"`
	}
	if err := json.Unmarshal(got.Body.Data, &schema); err != nil || len(schema.Schema.Types) < 50 {
		t.Fatalf("introspection: %v %.200s", err, got.Raw)
	}
	address := regexp.MustCompile(`(?i)ur[li]|address$|endpoint|callback|webhook`)
	for _, kind := range schema.Schema.Types {
		var names []string
		for _, field := range kind.Fields {
			for _, argument := range field.Args {
				names = append(names, argument.Name)
			}
		}
		for _, field := range kind.InputFields {
			names = append(names, field.Name)
		}
		for _, name := range names {
			if address.MatchString(name) {
				t.Errorf("%s takes %s", kind.Name, name)
			}
		}
	}
}

// TestHostile_headersOfCallers proves that only the token and the domain id of a caller go upstream.
func TestHostile_headersOfCallers(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	header := kit.With(
		n.A.Header(),
		"X-Forwarded-Host", "evil.example", "X-Original-URL", "/v3/users", "X-HTTP-Method-Override", "DELETE", "Forwarded",
		"host=evil.example",
		"Cookie", "evil=1", "X-Domain-Id", "evil", "X-Hcso-Domainid", n.B.Account.DomainID, "X-Apig-Appcode", "evil",
		"X-Hcso-Appcode", "evil",
		"Connection", "X-Auth-Token", "Te", "trailers", "Traceparent", strings.Repeat("0", 9000), "X-Request-Id", "<script>",
		"X-Language", "evil",
		"User-Agent", "evil", "Referer", "http://evil.example",
	)
	got := r.Ask(t, kit.EveryHost, "", header)
	kit.WantOwn(t, got, n.A, n.B)
	if id := got.Header.Get("X-Request-Id"); !regexp.MustCompile(`^[\w-]{1,64}$`).MatchString(id) {
		t.Errorf("H-160: request id %q", id)
	}
	allowed := []string{
		"Accept", "Accept-Encoding", "Content-Type", "Content-Length", "User-Agent", "X-Auth-Token",
		"X-Hcso-Domainid", "X-Apig-Appcode", "X-Hcso-Appcode", "X-Language", "X-Request-Id",
	}
	if len(n.SentHeaders()) < 2 {
		t.Fatal("no call was made")
	}
	for i, sent := range n.SentHeaders() {
		for name, values := range sent {
			if !slices.Contains(allowed, name) || strings.Contains(strings.Join(values, ","), "evil") {
				t.Errorf("H-158, H-159: %s has %s: %.80s", n.Arrived()[i], name, values)
			}
		}
		if sent.Get("X-Auth-Token") != n.A.Token || sent.Get("X-Hcso-Domainid") != n.A.Account.DomainID ||
			sent.Get("X-Request-Id") == "<script>" {
			t.Errorf("H-159: %s went out with other credentials", n.Arrived()[i])
		}
	}
}
