package process

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

func documentHash(document string) string {
	sum := sha256.Sum256([]byte(document))
	return hex.EncodeToString(sum[:])
}

// byHash names a document by a hash, with its text where that is given.
func byHash(hash, document string) string {
	text, err := json.Marshal(document)
	if err != nil {
		panic(err) // a text always can be
	}
	body := `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`
	if document != "" {
		body += `,"query":` + string(text)
	}
	return body + `}`
}

// hostilePersisted are those of part G that ask nothing upstream.
func hostilePersisted() []attempt {
	const bad, mismatch = "BAD_REQUEST", "PERSISTED_QUERY_HASH_MISMATCH"
	victim := documentHash(`{__typename}`)
	list := []attempt{
		asBody("H-139 unknown hash", byHash(documentHash("nobody's"), ""), 400, "PERSISTED_QUERY_NOT_FOUND"),
		asBody("H-139 unknown hash as plain JSON", byHash(documentHash("nobody's"), ""), 200, "PERSISTED_QUERY_NOT_FOUND",
			"Accept", "application/json"),
		asBody("H-140 registered", byHash(victim, `{__typename}`), 200, ""),
		asBody("H-140 hash of another", byHash(victim, `{regions{name}}`), 400, mismatch),
		asBody("H-140 the victim's hash", byHash(victim, ""), 200, ""),
		asBody("H-141 version 2", `{"extensions":{"persistedQuery":{"version":2,"sha256Hash":"`+victim+`"}}}`, 400, bad),
		asBody("H-141 a text", `{"extensions":{"persistedQuery":"x"}}`, 400, bad),
		asBody("H-142 not kept when it is refused", byHash(documentHash(`{nothing}`), `{nothing}`), 400,
			"GRAPHQL_VALIDATION_FAILED"),
		asBody("H-142 not found then", byHash(documentHash(`{nothing}`), ""), 400, "PERSISTED_QUERY_NOT_FOUND"),
	}
	for _, hash := range []string{
		strings.ToUpper(victim), victim[1:], "../" + victim[3:], ":" + victim[1:],
		strings.Repeat("a", 100_000),
	} {
		list = append(list, asBody("H-141 "+hash[:3], byHash(hash, ""), 400, bad))
	}
	filler := strings.Repeat(" ", 2000)
	for i := range 1000 { // each a document of its own, registered too
		document := fmt.Sprintf(`query Q%d{__typename}%s`, i, filler)
		list = append(list, asBody("H-142 H-145 many documents", byHash(documentHash(document), document), 200, ""))
	}
	return list
}

// hostileIdentity are those of part H that are refused before anything is looked up.
func hostileIdentity(h *hostile) []attempt {
	const who, bad, canary = "UNAUTHENTICATED", "BAD_REQUEST", hostileSecret
	hosts := graphQLBody(`{hosts{totalCount}}`, "")
	list := []attempt{
		asBody("H-147 nothing", hosts, 401, who, "X-Auth-Token", "", "X-HCSO-Domain-Id", ""),
		asBody("H-147 domain id alone", hosts, 401, who, "X-Auth-Token", ""),
		asBody("H-147 bearer", hosts, 401, who, "X-Auth-Token", "", "Authorization", "Bearer "+h.a.Get("X-Auth-Token")),
		asBody("H-148 30 KB", hosts, 401, who, "X-Auth-Token", strings.Repeat(canary, 2500)),
		asBody("H-148 blank inside", hosts, 401, who, "X-Auth-Token", canary+" "+canary),
		asBody("H-148 outside ASCII", hosts, 401, who, "X-Auth-Token", canary+"\xe9"),
		asBody("H-148 domain id is a path", hosts, 400, bad, "X-HCSO-Domain-Id", "../"+canary),
	}
	twice := changed(h.a)
	twice.Add("X-Auth-Token", canary)
	return append(list, attempt{"H-148 two tokens", func(h *hostile) (outcome, error) {
		return h.request(http.MethodPost, "/graphql", hosts, twice)
	}, 400, []string{bad}})
}

// hostileLeaks are those of part I.
func hostileLeaks() []attempt {
	list := []attempt{
		asDocument("H-163 missing argument", `{region{code}}`, 400, "GRAPHQL_VALIDATION_FAILED"),
	}
	for _, page := range []string{"/playground", "/alarms", "/hosts/" + url.PathEscape("<script>"+hostileSecret)} {
		list = append(list, attempt{"H-170 script in the address of a page", func(h *hostile) (outcome, error) {
			target := page + "?" + url.Values{"query": {"</script><script>" + hostileSecret}}.Encode()
			got, err := h.request(http.MethodGet, target, "", changed(h.a, "Accept", "text/html"))
			if got.status == http.StatusServiceUnavailable { // the page that says how to build the pages
				got.status = http.StatusOK
			}
			return got, err
		}, http.StatusOK, nil})
	}
	for _, path := range []string{"/debug/pprof/", "/metrics", "/.git/config", "/graphql/", "/_simulator/calls"} {
		list = append(list, asRequest("H-169 "+path, http.MethodGet, path, "", 404, "NOT_FOUND"))
	}
	return list
}

// tenantsHosts are the names that a tenant sees.
func (h *hostile) tenantsHosts(t *testing.T, tenant http.Header) []string {
	t.Helper()
	got, err := h.ask(`{hosts(first:100){nodes{hostId}}}`, "", tenant)
	var answer struct {
		Data struct {
			Hosts struct{ Nodes []struct{ HostID string } }
		}
	}
	if err != nil || json.Unmarshal([]byte(got.body), &answer) != nil || len(answer.Data.Hosts.Nodes) == 0 {
		t.Fatalf("%d %s %v", got.status, got.body, err)
	}
	var ids []string
	for _, node := range answer.Data.Hosts.Nodes {
		ids = append(ids, node.HostID)
	}
	return ids
}

// tryTenants are the numbers about two tenants (H-143, H-146, H-150 to H-152, H-160, H-172, H-173).
func (h *hostile) tryTenants(t *testing.T) {
	own, others := h.tenantsHosts(t, h.a), h.tenantsHosts(t, h.b)
	h.try(t, asBody("H-150 a token with another's domain id", graphQLBody(`{hosts{totalCount}}`, ""), 403, "FORBIDDEN",
		"X-HCSO-Domain-Id", h.b.Get("X-Hcso-Domain-Id")))
	const document = `{hosts(first:100){nodes{hostId}}}`
	h.try(t, asBody("H-143 registered by one", byHash(documentHash(document), document), 200, ""))
	got, err := h.request(http.MethodPost, "/graphql", byHash(documentHash(document), ""), h.b)
	if err != nil || !strings.Contains(got.body, others[0]) || strings.Contains(got.body, own[0]) {
		t.Errorf("H-143 run by the other: %d %.300s %v", got.status, got.body, err)
	}
	first, err := h.ask(document, "", h.a)
	if err != nil || first.header.Get("ETag") == "" || !strings.HasPrefix(first.header.Get("Cache-Control"), "private") ||
		!strings.Contains(strings.Join(first.header.Values("Vary"), ","), "X-Auth-Token") ||
		first.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("H-173 headers %v, %v", first.header, err)
	}
	got, err = h.ask(document, "", changed(h.b, "If-None-Match", first.header.Get("ETag")))
	if err != nil || got.status != http.StatusOK || !strings.Contains(got.body, others[0]) {
		t.Errorf("H-172 another's ETag: %d %v", got.status, err)
	}
	got,
		err = h.ask(`{__typename}`, "", changed(h.a, "X-Request-Id", "<script>", "Traceparent", strings.Repeat("0", 9000)))
	if id := got.header.Get("X-Request-Id"); err != nil || !regexp.MustCompile(`^[\w-]{1,64}$`).MatchString(id) {
		t.Errorf("H-160 request id %q, %v", id, err)
	}
	for variables, found := range map[string]bool{
		`{"a":"` + own[0] + `","b":[]}`: true, `{"a":"` + own[0] + `,b:","b":[]}`: false, `{"a":"null","b":null}`: false,
		`{"a":null,"b":null}`: true,
	} {
		got,
			err := h.ask(
			`query($a:String,$b:[String!]){hosts(filter:{nameContains:$a,regions:$b}){totalCount} ... @skip(if:true){host(hostId:$a){name}}}`, variables, h.a)
		if err != nil || got.status != http.StatusOK && found {
			t.Errorf("H-146 %s: %d %.300s %v", variables, got.status, got.body, err)
		}
	}
	var asking sync.WaitGroup
	for i := range 20 {
		asking.Go(func() {
			for range 10 {
				tenant, want, not := h.a, own[0], others[0]
				if i%2 == 1 {
					tenant, want, not = h.b, others[0], own[0]
				}
				got, err := h.ask(document, "", tenant)
				if err != nil || !strings.Contains(got.body, want) || strings.Contains(got.body, not) {
					t.Errorf("H-151 H-152: %d %.300s %v", got.status, got.body, err)
				}
			}
		})
	}
	asking.Wait()
}

// tryIDs sends ids that would become other paths, hosts or headers, and headers that would steer any proxy after them
// (H-155 to H-159).
func (h *hostile) tryIDs(t *testing.T) {
	h.mu.Lock()
	h.sent = nil
	h.mu.Unlock()
	steering := changed(h.a, "X-Forwarded-Host", "evil.example", "X-Original-URL", "/v3/users", "Forwarded",
		"host=evil.example", "Cookie", "evil=1",
		"X-Domain-Id", "evil", "X-Hcso-Domainid", "evil", "X-Apig-Appcode", "evil", "X-Hcso-Appcode", "evil", "Te",
		"trailers", "User-Agent", "evil",
		"X-Opsgraph-Max-Age", "0")
	for _, id := range []string{
		"../../v3/users", "a/b", "%2e%2e%2f", "?x=1", "#", ";", "a\x00", "..", "evil.example/", "@evil", "127.0.0.1#",
		"cn-north-7.evil",
		"http://169.254.169.254/", "http://[::1]", "http://0x7f.1", "file:///etc/passwd", "gopher://a",
	} {
		variables, err := json.Marshal(map[string]string{"id": id})
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range []string{
			`query($id:String!){meterJob(jobId:$id,domainId:"d"){jobId}}`,
			`query($id:String!){meterJob(jobId:"j",domainId:$id){jobId}}`,
			`query($id:String!){host(hostId:$id){name}}`, `query($id:String!){region(code:$id){code}}`,
		} {
			if got, err := h.ask(document, string(variables), steering); err != nil ||
				got.status != http.StatusOK && got.status != http.StatusBadRequest {
				t.Errorf("H-155 H-156 H-157 %q in %s: %d %.300s %v", id, document, got.status, got.body, err)
			}
		}
	}
	known := regexp.MustCompile(
		`^(GET|POST) /(rest/dataapi/homs/open-api/v1/host/detail\?[a-z_=&0-9A-Z%.-]*|meter/v1/[A-Za-z0-9_-]{1,64}/query-jobs/[A-Za-z0-9_-]+)$`)
	allowed := map[string]bool{
		"Accept": true, "Accept-Encoding": true, "Content-Type": true, "Content-Length": true, "User-Agent": true,
		"X-Auth-Token":    true,
		"X-Hcso-Domainid": true, "X-Apig-Appcode": true, "X-Hcso-Appcode": true, "X-Language": true, "X-Request-Id": true,
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.sent) == 0 {
		t.Error("no call went upstream")
	}
	for _, request := range h.sent {
		if line := request.Method + " " + request.RequestURI; !known.MatchString(line) {
			t.Errorf("H-155: a call of %s", line)
		}
		for name, values := range request.Header {
			if !allowed[name] || strings.Contains(strings.Join(values, ","), "evil") {
				t.Errorf("H-158 H-159: %s: %s went upstream", name, values)
			}
		}
	}
}

// tryUpstream lets the upstream fail (H-112, H-168).
func (h *hostile) tryUpstream(t *testing.T) {
	steer(t, h.server, http.MethodPut, "faults", `[{"operation":"listDeviceAssets","kind":"status","status":500,"headers":{"Content-Type":"text/html"},"body":"<html>`+hostileSecret+` at 10.0.0.1</html>"},
		{"operation":"listDeviceAlarms","kind":"hang"}]`)
	h.try(t, attempt{"H-168 HTML of the upstream", func(h *hostile) (outcome, error) {
		got, err := h.ask(`{devices{totalCount}}`, "", h.a)
		if strings.Contains(got.body, "html") || strings.Contains(got.body, "10.0.0.1") {
			err = fmt.Errorf("the answer has the upstream's: %s", got.body)
		}
		return got, err
	}, 200, []string{"UPSTREAM_UNAVAILABLE"}})
	connection := h.dial(t)
	body := graphQLBody(`{alarms(filter:{sources:[DEVICE]}){totalCount}}`, "")
	if _, err := fmt.Fprintf(connection, "POST /graphql HTTP/1.1\r\nHost: gateway\r\n%sContent-Length: %d\r\n\r\n%s",
		headLines(h.a), len(body), body); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "H-112: the call is not made", func() bool { return h.sim.Calls()["listDeviceAlarms"] > 0 })
	_ = connection.Close() // the client goes while the upstream is silent
	testkit.Eventually(t, "H-112: the request is not over",
		func() bool { return h.metric(t, "opsgraph_http_requests_active") == 0 })
	steer(t, h.server, http.MethodDelete, "faults", "")
}

// tryQuota asks what would spend the quota (H-174 to H-177).
func (h *hostile) tryQuota(t *testing.T) {
	const operation = "listCloudServiceCapacity"
	steer(t, h.server, http.MethodPut, "faults", `[{"operation":"`+operation+`","kind":"latency","latencyMs":300}]`)
	before := h.sim.Calls()[operation]
	var asking sync.WaitGroup
	for i := range 200 {
		asking.Go(func() {
			document := fmt.Sprintf(`query Q%d{a%d:cloudServices(types:[EIP]){type capacity{allocated} region{code}}} #%d`, i, i,
				i)
			got, err := h.ask(document, fmt.Sprintf(`{"v%d":%d}`, i, i), changed(h.a, "Cache-Control", "no-cache"))
			if err != nil || got.status != http.StatusOK || got.code() != "" {
				t.Errorf("H-174 H-175: %d %.300s %v", got.status, got.body, err)
			}
		})
	}
	asking.Wait()
	if got := h.sim.Calls()[operation] - before; got != 1 {
		t.Errorf("H-174 H-175: %d calls for 200 clients who ask the same in other words", got)
	}
	for range 50 {
		if got, err := h.ask(`{cloudServices(types:[EIP]){type capacity{allocated}}}`, "",
			changed(h.a, "X-Opsgraph-Max-Age", "0")); err != nil || got.status != http.StatusOK {
			t.Errorf("H-177: %d %.300s %v", got.status, got.body, err)
		}
	}
	if got := h.sim.Calls()[operation] - before; got > 2 {
		t.Errorf("H-177: %d calls for 50 forced refreshes", got-1)
	}
	before = h.calls()
	for i := range 100 {
		if got, err := h.ask(`query($i:String){host(hostId:$i){name}}`, fmt.Sprintf(`{"i":"nobody-%d"}`, i%10),
			h.a); err != nil || got.status != http.StatusOK {
			t.Errorf("H-176: %d %.300s %v", got.status, got.body, err)
		}
	}
	if got := h.calls() - before; got > 10 {
		t.Errorf("H-176: %d calls for 100 questions for 10 unknown ids", got)
	}
	steer(t, h.server, http.MethodDelete, "faults", "")
}
