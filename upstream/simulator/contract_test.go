package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// contract is the description of each operation in the OpenAPI documents, by operation id.
type contract map[string]*openapi3.Operation

// readContract reads the five documents and widens the types that differ on the wire, as in QUIRKS.md.
func readContract(t *testing.T) contract {
	t.Helper()
	operations := contract{}
	files, err := filepath.Glob("reference/*.openapi.yaml")
	if err != nil || len(files) != 5 {
		t.Fatalf("documents: %v, %v", files, err)
	}
	for _, file := range files {
		document, err := openapi3.NewLoader().LoadFromFile(file)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, schema := range document.Components.Schemas {
			widen(schema.Value)
		}
		for _, path := range document.Paths.Map() {
			for _, operation := range path.Operations() {
				operations[operation.OperationID] = operation
			}
		}
	}
	return operations
}

// widen allows text, number or null for texts that x-wire reads as another type, and any text or null for enumerations
// (QUIRKS 18 to 23 and 41).
func widen(schema *openapi3.Schema) {
	for name, property := range schema.Properties {
		switch {
		case property.Ref != "":
		case property.Value.Extensions["x-wire"] != nil:
			schema.Properties[name] = &openapi3.SchemaRef{Value: &openapi3.Schema{
				Nullable: true,
				AnyOf: openapi3.SchemaRefs{
					{Value: openapi3.NewStringSchema()}, {Value: openapi3.NewFloat64Schema()},
				},
			}}
		case property.Value.Enum != nil:
			property.Value.Enum, property.Value.Nullable = nil, true
		default:
			widen(property.Value)
		}
	}
	if schema.Items != nil && schema.Items.Ref == "" {
		widen(schema.Items.Value)
	}
}

// check fails the test when an answer differs from the documents.
func (c contract) check(t *testing.T, operation string, r reply) {
	t.Helper()
	described := c[operation]
	if described == nil {
		t.Fatalf("%s is in no document", operation)
	}
	response := described.Responses.Status(r.status)
	if response == nil {
		t.Fatalf("%s: status %d is not documented: %.200s", operation, r.status, r.body)
	}
	content := response.Value.Content.Get(r.header.Get("Content-Type"))
	if content == nil {
		t.Fatalf("%s: content type %q is not documented", operation, r.header.Get("Content-Type"))
	}
	var body any
	if err := json.Unmarshal(r.body, &body); err != nil {
		t.Fatalf("%s: %v in %.200s", operation, err, r.body)
	}
	if err := content.Schema.Value.VisitJSON(body, openapi3.MultiErrors()); err != nil {
		t.Fatalf("%s: %.2000s", operation, err)
	}
}

// TestContract compares every operation with the documents, for sites of several seeds and sizes.
func TestContract(t *testing.T) {
	documents := readContract(t)
	sites := []struct {
		seed           uint64
		regions, hosts int
	}{{1, 5, 60}, {2, 1, 1}, {3, 3, 40}, {4, 12, 30}, {5, 60, 60}}
	for _, site := range sites {
		t.Run(fmt.Sprintf("seed %d, %d regions, %d hosts", site.seed, site.regions, site.hosts), func(t *testing.T) {
			u := start(t, func(c *simulator.Config) { c.Seed, c.Regions, c.Hosts = site.seed, site.regions, site.hosts })
			id := u.ids()
			asked := map[string]bool{"createToken": true, "getMeterQueryJob": true, "listMeterJobSdrs": true}
			for _, p := range append(probes(id), commands(id)...) {
				documents.check(t, p.operation, u.do(p))
				asked[p.operation] = true
			}
			documents.check(t, "createToken", u.send("POST", "/v3/auth/tokens", nil, tokenRequest("demo", domainScope)))
			u.checkMetering(documents)
			for operation := range documents {
				if !asked[operation] {
					t.Errorf("%s was not asked", operation)
				}
			}
		})
	}
}

// checkMetering compares a metering job in all its states with the documents.
func (u *upstream) checkMetering(documents contract) {
	u.t.Helper()
	path := "/meter/v1/demo-domain/query-jobs/" + u.job(`{}`)
	for range 8 {
		documents.check(u.t, "getMeterQueryJob", u.send("GET", path, u.credentials(), ""))
		u.control("PUT", "clock", `{"advanceSeconds":1}`)
	}
	for marker := ""; ; {
		r := u.send("POST", path+"/sdr", u.credentials(), `{"limit":50,"marker":"`+marker+`"}`)
		documents.check(u.t, "listMeterJobSdrs", r)
		var page struct{ Marker string }
		decode(u.t, r.body, &page)
		if marker = page.Marker; marker == "" {
			break
		}
	}
	u.control("PUT", "clock", `{"now":"`+noon.Format(time.RFC3339)+`"}`)
}

// job starts a metering job.
func (u *upstream) job(body string) string {
	u.t.Helper()
	r := u.send("POST", "/meter/v1/demo-domain/query-jobs", u.credentials(), body)
	if r.status != http.StatusCreated {
		u.t.Fatalf("createMeterQueryJob: %d %s", r.status, r.body)
	}
	var created struct {
		ID string `json:"job_id"`
	}
	decode(u.t, r.body, &created)
	return created.ID
}

// TestErrorsFollowTheDocuments compares refusals with the documents' error forms.
func TestErrorsFollowTheDocuments(t *testing.T) {
	documents := readContract(t)
	u := start(t, nil)
	id := u.ids()
	for _, p := range append(probes(id), commands(id)...) {
		if p.operation == "getScreenData" {
			continue
		}
		header := u.credentials()
		header["X-Auth-Token"] = "unknown"
		r := u.send(p.method, p.path+"?"+p.query.Encode(), header, p.body)
		if r.status != http.StatusUnauthorized {
			t.Errorf("%s with an unknown token: %d", p.operation, r.status)
		}
		documents.check(t, p.operation, r)
		p.query, p.body = url.Values{"begin_time": {"x"}}, "["
		if r := u.do(p); r.status != http.StatusOK { // the one list without parameters cannot be asked wrongly
			documents.check(t, p.operation, r)
		} else if !strings.HasPrefix(p.operation, "listTenant") {
			t.Errorf("%s took wrong parameters", p.operation)
		}
	}
	for _, password := range []string{"wrong", ""} {
		documents.check(t, "createToken", u.send("POST", "/v3/auth/tokens", nil, tokenRequest(password, domainScope)))
	}
}
