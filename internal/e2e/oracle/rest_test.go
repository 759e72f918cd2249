// Package oracle reads the simulated upstream's REST raw and works out, from the upstream's documents and the schema's
// descriptions alone, what the gateway should answer. It shares no code with what answers: no loader, source, model or
// client of an upstream.
package oracle

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// dataPath begins the paths of ESM's data calls.
const dataPath = "/rest/dataapi/homs/open-api"

// pageRows is a page size that every list accepts: 500 where the documents state no maximum, 1000 elsewhere.
const pageRows = 500

// row is a record as the upstream sends it, numbers as they stand in the text.
type row map[string]any

// upstream reads the simulator with what the documents ask for: a token and both AppCodes.
type upstream struct {
	tb              testing.TB
	client          *http.Client
	address         string
	project, domain string // tokens of project and of domain scope
}

// newUpstream logs in twice: ESM needs a token of project scope, BSS one of domain scope.
func newUpstream(tb testing.TB, w *kit.World) *upstream {
	tb.Helper()
	u := &upstream{tb: tb, client: w.Client, address: w.Server.URL}
	u.project = u.token(map[string]any{"project": map[string]any{"id": simulator.DemoProjectID}})
	u.domain = u.token(map[string]any{"domain": map[string]any{"name": simulator.DemoDomain}})
	return u
}

func (u *upstream) token(scope map[string]any) string {
	u.tb.Helper()
	user := map[string]any{
		"name": simulator.DemoUser, "password": simulator.DemoPassword,
		"domain": map[string]any{"name": simulator.DemoDomain},
	}
	identity := map[string]any{"methods": []string{"password"}, "password": map[string]any{"user": user}}
	body := map[string]any{"auth": map[string]any{"identity": identity, "scope": scope}}
	header, _ := u.send(http.MethodPost, "/v3/auth/tokens", "", body)
	return header.Get("X-Subject-Token")
}

// send makes one call and decodes its answer; any status but 2xx fails the test.
func (u *upstream) send(method, path, token string, body any) (http.Header, map[string]any) {
	u.tb.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			u.tb.Fatal(err)
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(u.tb.Context(), method, u.address+path, content)
	if err != nil {
		u.tb.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Language", "en_US") // the gateway's default; BSS spells it so (QUIRKS 42)
	if token != "" {
		request.Header.Set("X-Auth-Token", token)
		request.Header.Set("X-Apig-Appcode", simulator.DemoAppCode)
		request.Header.Set("X-Hcso-Appcode", simulator.DemoAppCode)
		request.Header.Set("X-Hcso-Domainid", simulator.DemoHCSODomain)
	}
	response, err := u.client.Do(request)
	if err != nil {
		u.tb.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode/100 != 2 {
		u.tb.Fatalf("%s %s: %d %v %.300s", method, path, response.StatusCode, err, text)
	}
	answer := map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&answer); err != nil {
		u.tb.Fatalf("%s %s: %v", method, path, err)
	}
	return response.Header, answer
}

// list reads all pages of an ESM list: the next offset is the rows received, and a short page is the last (QUIRKS 59,
// 61).
func (u *upstream) list(path string, parameters map[string]string) []row {
	u.tb.Helper()
	var rows []row
	for {
		query := url.Values{"page_size": {strconv.Itoa(pageRows)}, "offset_value": {strconv.Itoa(len(rows))}}
		for name, value := range parameters {
			query.Set(name, value)
		}
		_, answer := u.send(http.MethodGet, dataPath+path+"?"+query.Encode(), u.project, nil)
		page := rowsOf(answer["list"])
		rows = append(rows, page...)
		if len(page) < pageRows {
			return rows
		}
	}
}

// unpaged reads a list that has no paging (QUIRKS 63).
func (u *upstream) unpaged(path string) []row {
	u.tb.Helper()
	_, answer := u.send(http.MethodGet, dataPath+path, u.project, nil)
	return rowsOf(answer["list"])
}

// window is the mandatory window of a list, in milliseconds.
func window(from, to time.Time, more ...string) map[string]string {
	parameters := map[string]string{
		"begin_time": strconv.FormatInt(from.UnixMilli(), 10), "end_time": strconv.FormatInt(to.UnixMilli(), 10),
	}
	for i := 0; i+1 < len(more); i += 2 {
		parameters[more[i]] = more[i+1]
	}
	return parameters
}

// billed reads a customer's pay-per-use resources, 100 a page, which is the most.
func (u *upstream) billed(query map[string]any) []row {
	u.tb.Helper()
	var rows []row
	for {
		body := map[string]any{"offset": len(rows), "limit": 100}
		maps.Copy(body, query)
		_, answer := u.send(http.MethodPost, "/v2/partners/sub-customers/on-demand-resources/query", u.domain, body)
		page := rowsOf(answer["resources"])
		rows = append(rows, page...)
		if len(page) < 100 {
			return rows
		}
	}
}

// meterRecords reads all records of a finished job by its markers (QUIRKS 64).
func (u *upstream) meterRecords(domain, job string) []row {
	u.tb.Helper()
	var rows []row
	for marker := ""; ; {
		body := map[string]any{"limit": 200}
		if marker != "" {
			body["marker"] = marker
		}
		_, answer := u.send(http.MethodPost, "/meter/v1/"+domain+"/query-jobs/"+job+"/sdr", u.project, body)
		rows = append(rows, rowsOf(answer["data"])...)
		next, _ := answer["marker"].(string)
		if next == "" || next == marker {
			return rows
		}
		marker = next
	}
}

func rowsOf(list any) []row {
	items, _ := list.([]any)
	rows := make([]row, 0, len(items))
	for _, item := range items {
		if fields, ok := item.(map[string]any); ok {
			rows = append(rows, fields)
		}
	}
	return rows
}
