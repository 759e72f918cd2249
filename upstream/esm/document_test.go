package esm_test

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// documented is one operation of the OpenAPI document, as far as the tests look at it.
type documented struct {
	method, path string

	OperationID string `yaml:"operationId"`
	SLA         struct {
		RateLimit     string `yaml:"rate_limit"`
		Availability  string `yaml:"availability"`
		SlowestMillis int    `yaml:"tp999_ms"` // of a thousand; 0 where nothing is stated
	} `yaml:"x-sla"`
	Security   []map[string]any `yaml:"security"`
	Parameters []struct {
		Name     string `yaml:"name"` // empty for the shared headers, which are references
		In       string `yaml:"in"`
		Required bool   `yaml:"required"`
		Schema   struct {
			Enum []string `yaml:"enum"`
		} `yaml:"schema"`
	} `yaml:"parameters"`
}

func document(t *testing.T) map[string]documented {
	t.Helper()
	content, err := os.ReadFile("../simulator/reference/esm.openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var whole struct {
		Paths map[string]map[string]documented `yaml:"paths"`
	}
	if err := yaml.Unmarshal(content, &whole); err != nil {
		t.Fatal(err)
	}
	operations := map[string]documented{}
	for path, methods := range whole.Paths {
		for method, operation := range methods {
			operation.method, operation.path = strings.ToUpper(method), path
			operations[operation.OperationID] = operation
		}
	}
	return operations
}

// TestEndpointsAreTheDocuments compares the table with the document, both ways: method, path and whether
// credentials are sent.
func TestEndpointsAreTheDocuments(t *testing.T) {
	operations := document(t)
	for _, spec := range esm.Endpoints() {
		operation, known := operations[spec.Operation]
		if !known {
			t.Errorf("%s is in no document", spec.Operation)
			continue
		}
		delete(operations, spec.Operation)
		if spec.System != "esm" || spec.Method != operation.method || spec.Path != operation.path {
			t.Errorf("%s is %s %s, documented as %s %s", spec.Operation, spec.Method, spec.Path, operation.method,
				operation.path)
		}
		noCredentials := len(operation.Security) > 0 && len(operation.Security[0]) == 0
		if spec.Unauthenticated != noCredentials {
			t.Errorf("%s is sent without credentials: %v, want %v", spec.Operation, spec.Unauthenticated, noCredentials)
		}
	}
	for operation := range operations {
		t.Errorf("%s has no endpoint", operation)
	}
}

// forEachEndpoint runs a test for each operation with its description in the document.
func forEachEndpoint(t *testing.T, check func(t *testing.T, spec rest.Spec, operation documented)) {
	t.Helper()
	operations := document(t)
	for _, spec := range esm.Endpoints() {
		t.Run(spec.Operation, func(t *testing.T) { check(t, spec, operations[spec.Operation]) })
	}
}

func TestQuirk093QuotasAreTheDocuments(t *testing.T) {
	forEachEndpoint(t, func(t *testing.T, spec rest.Spec, operation documented) {
		t.Helper()
		if want := quotaOf(operation); spec.Quota != want {
			t.Errorf("quota %q, want %q", spec.Quota, want)
		}
	})
}

func TestQuirk094TimeLimitsExceedTheDocumentedLatency(t *testing.T) {
	forEachEndpoint(t, func(t *testing.T, spec rest.Spec, operation documented) {
		t.Helper()
		const limit = 1500 * time.Millisecond // of package rest
		if stated := time.Duration(operation.SLA.SlowestMillis) * time.Millisecond; limit < 5*stated {
			t.Errorf("limit %v, the slowest of a thousand takes %v", limit, stated)
		}
		if spec.Timeout != 0 {
			t.Errorf("a limit of its own, %v, that the setting can't lower", spec.Timeout)
		}
	})
}

func TestQuirk096FastCallsAreTier1(t *testing.T) {
	forEachEndpoint(t, func(t *testing.T, spec rest.Spec, operation documented) {
		t.Helper()
		if isFast := operation.SLA.Availability == "Tier 1"; isFast != (spec.Quota == "esm-second") {
			t.Errorf("availability %q, quota %q", operation.SLA.Availability, spec.Quota)
		}
	})
}

func TestQuirk077OnlyOneOperationDoesMoreThanRead(t *testing.T) {
	forEachEndpoint(t, func(t *testing.T, spec rest.Spec, _ documented) {
		t.Helper()
		if want := spec.Operation != "createMeterQueryJob"; spec.Reads != want {
			t.Errorf("reads: %v, want %v", spec.Reads, want)
		}
	})
}

func quotaOf(operation documented) string {
	switch operation.SLA.RateLimit {
	case "60 calls/minute":
		return "esm-minute"
	case "4000 calls/second":
		return "esm-second"
	default:
		return ""
	}
}

// TestQuirk109EveryMandatoryParameter compares the parameters of every list with the document: all mandatory ones are
// sent, and no unknown one.
func TestQuirk109EveryMandatoryParameter(t *testing.T) {
	client,
		server := serve(t, esm.Options{}, func(recorded) (int, string) { return http.StatusOK, `{"total":0,"list":[]}` })
	for _, call := range everyList(client) {
		if err := call(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	asked := map[string]recorded{}
	for _, request := range server.seen() {
		asked[request.Method+" "+request.Path] = request
	}
	for name, operation := range document(t) {
		if !strings.HasPrefix(name, "list") || name == "listMeterJobSdrs" {
			continue
		}
		request, sent := asked[operation.method+" "+strings.ReplaceAll(operation.path, "{resource_type}", "ECS")]
		if !sent {
			t.Errorf("%s was not called", name)
			continue
		}
		values, known := parameters(t, request.Query), map[string]bool{}
		for _, parameter := range operation.Parameters {
			if parameter.In != "query" {
				continue
			}
			known[parameter.Name] = true
			if parameter.Required && values.Get(parameter.Name) == "" {
				t.Errorf("%s lacks %s", name, parameter.Name)
			}
		}
		for parameter := range values {
			if !known[parameter] {
				t.Errorf("%s sends %s, which no document knows", name, parameter)
			}
		}
	}
}

// TestQuirk067NoRegionFilter checks that no list has a filter by region, so that none can be missed.
func TestQuirk067NoRegionFilter(t *testing.T) {
	for name, operation := range document(t) {
		for _, parameter := range operation.Parameters {
			if strings.Contains(parameter.Name, "region") {
				t.Errorf("%s has the parameter %s", name, parameter.Name)
			}
		}
	}
}

func everyList(c *esm.Client) []func(ctx context.Context) error {
	return []func(ctx context.Context) error{
		func(ctx context.Context) error { return errorOf(c.PhysicalCapacity(ctx, september())) },
		func(ctx context.Context) error { return errorOf(c.ServiceCapacity(ctx, september(), "ECS_VM")) },
		func(ctx context.Context) error { return errorOf(c.AuditLogs(ctx, september())) },
		func(ctx context.Context) error { return errorOf(c.DeviceAssets(ctx)) },
		func(ctx context.Context) error { return errorOf(c.ServiceAlarms(ctx, september())) },
		func(ctx context.Context) error { return errorOf(c.DeviceAlarms(ctx, september())) },
		func(ctx context.Context) error { return errorOf(gather(c.HostMetricPages(ctx, hostID, september()))) },
		func(ctx context.Context) error {
			return errorOf(gather(c.HostPerformancePages(ctx, "sn", september())))
		},
		func(ctx context.Context) error { _, err := c.TenantInstances(ctx, "ECS"); return err },
		func(ctx context.Context) error { return errorOf(c.LoadBalancerClusters(ctx)) },
		func(ctx context.Context) error { return errorOf(c.ResourceInstances(ctx, "ECS", september(), 0)) },
		func(ctx context.Context) error {
			return errorOf(gather(c.NetworkDeviceMetricPages(ctx, september(), "10.0.0.1", "14")))
		},
		func(ctx context.Context) error { return errorOf(c.HostDetails(ctx, september(), hostID)) },
		func(ctx context.Context) error { return errorOf(gather(c.VMPerformancePages(ctx, "vm", september()))) },
		func(ctx context.Context) error { return errorOf(c.HostVMs(ctx, hostID)) },
	}
}

func errorOf[R any](_ rest.List[R], err error) error { return err }

// TestQuirk036WordsAreTheDocuments compares each list of words with the enumeration of its own call.
func TestQuirk036WordsAreTheDocuments(t *testing.T) {
	operations := document(t)
	for _, test := range []struct {
		operation, parameter string
		words                []string
		later                []string // from later editions
	}{
		{"listCloudServiceCapacity", "service_type", esm.CapacityServiceTypes(), []string{"DCC_GENERATE"}},
		{"listCloudResourceInstanceData", "resource_type", esm.InstanceTypes(), nil},
		{"listTenantInstanceData", "resource_type", esm.TenantInstanceTypes(), nil},
		{"listNetworkDeviceMetricData", "metric", esm.NetworkMetrics(), nil},
		{"listHostPhysicalCapacity", "device_type", []string{esm.DeviceTypeCompute, esm.DeviceTypeStorage}, nil},
		{"listHostPhysicalCapacity", "zone_type", []string{esm.ZoneManage, esm.ZonePod}, nil},
	} {
		t.Run(test.operation+" "+test.parameter, func(t *testing.T) {
			words := map[string]bool{}
			for _, word := range test.words {
				words[word] = true
			}
			for _, word := range test.later {
				delete(words, word)
			}
			for _, parameter := range operations[test.operation].Parameters {
				if parameter.Name != test.parameter {
					continue
				}
				for _, word := range parameter.Schema.Enum {
					if !words[word] {
						t.Errorf("lacks %v", word)
					}
					delete(words, word)
				}
			}
			for word := range words {
				t.Errorf("%s is not documented", word)
			}
		})
	}
}
