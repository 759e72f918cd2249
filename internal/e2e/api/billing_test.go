package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// callsBegun counts the calls whose method and path begin so.
func callsBegun(w *kit.World, prefix string) int {
	count := 0
	for _, request := range w.Arrived() {
		if strings.HasPrefix(request, prefix) {
			count++
		}
	}
	return count
}

const billingCall = "POST /v2/partners/sub-customers/on-demand-resources/query"

type billedInstance struct {
	ResourceID        string
	DomainID          *string
	PayPerUseResource *struct {
		ID, ResourceID, CustomerID string
		Instance                   *struct{ ResourceID string }
	}
}

// TestQuirk066BillingBatches: the instances of a page share calls of 50 resource ids, and so do two fields that ask at
// once.
func TestQuirk066BillingBatches(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 400})
	r := w.StartGateway(t, "")
	tenant := largestTenant(t, r)
	const document = `query ($of: [String!]) {
		one: instances(type: ECS, first: 100, filter: {domainIds: $of}) { nodes { ...billed } }
		two: instances(type: ECS, first: 100, filter: {domainIds: $of}, orderBy: {field: RESOURCE_ID, direction: ASC}) { nodes { ...billed } }
	}
	fragment billed on Instance { resourceId domainId payPerUseResource { id resourceId customerId instance { resourceId } } }`
	type pages struct {
		One, Two struct{ Nodes []billedInstance }
	}
	got := kit.Answered[pages](t, r, document, `{"of":["`+tenant+`"]}`)
	if n := len(got.One.Nodes); n < 60 || n > 100 {
		t.Fatalf("%d instances: the site has too few for two batches", n)
	}
	if calls := callsBegun(w, billingCall); calls != 2 {
		t.Errorf("%d calls for %d instances that two fields ask for, want 2", calls, len(got.One.Nodes))
	}
	billed := 0
	for _, instance := range append(got.One.Nodes, got.Two.Nodes...) {
		if resource := instance.PayPerUseResource; resource != nil {
			billed++
			if resource.ResourceID != instance.ResourceID || resource.CustomerID != *instance.DomainID ||
				resource.Instance == nil || resource.Instance.ResourceID != instance.ResourceID {
				t.Errorf("instance %s has the resource %+v", instance.ResourceID, resource)
			}
		}
	}
	if billed < 120 {
		t.Errorf("only %d entries were found", billed)
	}
	before := len(w.Arrived())
	node := kit.Answered[struct {
		Node struct{ ResourceID string }
	}](t, r, `query ($id: ID!) { node(id: $id) { ... on PayPerUseResource { resourceId } } }`,
		`{"id":"`+got.One.Nodes[0].PayPerUseResource.ID+`"}`)
	if node.Node.ResourceID != got.One.Nodes[0].ResourceID || len(w.Arrived()) != before {
		t.Errorf("node is %s, %d calls", node.Node.ResourceID, len(w.Arrived())-before)
	}
}

// largestTenant is the tenant with the most machines among the first 500.
func largestTenant(t *testing.T, r *kit.Replica) string {
	t.Helper()
	got := kit.Answered[struct {
		Instances struct{ Nodes []struct{ DomainID string } }
	}](t, r, `{ instances(type: ECS, first: 500) { nodes { domainId } } }`, "")
	machines, largest := map[string]int{}, ""
	for _, node := range got.Instances.Nodes {
		machines[node.DomainID]++
		if machines[node.DomainID] > machines[largest] {
			largest = node.DomainID
		}
	}
	return largest
}

func TestPayPerUseList(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	type list struct {
		PayPerUseResources struct {
			TotalCount *int
			Nodes      []struct {
				ID, ResourceID string
				Status         *string
				RegionCode     string
			}
			PageInfo struct {
				HasNextPage bool
				EndCursor   *string
			}
		}
	}
	const document = `query ($filter: PayPerUseResourceFilter, $after: String) {
		payPerUseResources(customerId: "demo-domain", filter: $filter, first: 30, after: $after) {
			totalCount nodes { id resourceId status regionCode } pageInfo { hasNextPage endCursor }
		}
	}`
	t.Run("pages of one list", func(t *testing.T) {
		seen, last, after := map[string]bool{}, "", "null"
		var total int
		for {
			page := kit.Answered[list](t, r, document, `{"after":`+after+`}`).PayPerUseResources
			for _, node := range page.Nodes {
				if seen[node.ID] || node.ResourceID < last {
					t.Fatalf("%s comes twice or after %s", node.ResourceID, last)
				}
				seen[node.ID], last = true, node.ResourceID
			}
			total = *page.TotalCount
			if !page.PageInfo.HasNextPage {
				break
			}
			after = `"` + *page.PageInfo.EndCursor + `"`
		}
		if calls := callsBegun(w, billingCall); len(seen) != total || total == 0 || calls != (total+99)/100 {
			t.Errorf("%d resources of %d, %d calls", len(seen), total, calls)
		}
	})
	t.Run("Quirk102 no ids are no resources and no call", func(t *testing.T) {
		before := len(w.Arrived())
		page := kit.Answered[list](t, r, document, `{"filter":{"resourceIds":[]}}`).PayPerUseResources
		if *page.TotalCount != 0 || len(page.Nodes) != 0 || len(w.Arrived()) != before {
			t.Errorf("%d resources, %d calls", *page.TotalCount, len(w.Arrived())-before)
		}
	})
	t.Run("filters are the upstream's", func(t *testing.T) {
		page := kit.Answered[list](t, r, document, `{"filter":{"status":"FROZEN"}}`).PayPerUseResources
		for _, node := range page.Nodes {
			if node.Status == nil || *node.Status != "FROZEN" {
				t.Errorf("%s has the state %v", node.ResourceID, node.Status)
			}
		}
	})
	for name, test := range map[string]struct{ customer, filter, code string }{
		"Quirk085 an error code inside a 200": {"locked-customer", `{}`, "UPSTREAM_REJECTED"},
		"Quirk106 turned bounds": {
			"demo-domain", `{"effectiveFrom":"2026-01-02T00:00:00Z","effectiveTo":"2026-01-01T00:00:00Z"}`, "BAD_USER_INPUT",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.Ask(t,
				`query ($c: String!, $f: PayPerUseResourceFilter) { payPerUseResources(customerId: $c, filter: $f) { totalCount } }`,
				fmt.Sprintf(`{"c":%q,"f":%s}`, test.customer, test.filter), nil)
			if got.Code() != test.code {
				t.Errorf("%.500s", got.Raw)
			}
		})
	}
}
