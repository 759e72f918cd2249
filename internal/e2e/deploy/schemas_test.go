package deploy

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// schemaModule is the module that has Kubernetes' own OpenAPI documents, one a release. It is taken for its files:
// compiling what it validates with would take minutes. Its sum pins them, as go.sum would.
const (
	schemaModule = "sigs.k8s.io/kubectl-validate@v0.0.4"
	schemaSum    = "h1:tGKuv0awYHn11Cb6KPsZKxUmHgavF46K3NvVH0Nse9U="
)

// leastRelease is the earliest release that the chart is for, as its Chart.yaml says.
const leastRelease = "1.30"

// schemaFolder is the folder of the documents of a release.
func schemaFolder(t *testing.T) string {
	t.Helper()
	download := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", schemaModule)
	download.Dir = t.TempDir() // of no module, whose go.sum it would want to be in
	out, err := download.Output()
	var module struct{ Dir, Sum string }
	if err == nil {
		err = json.Unmarshal(out, &module)
	}
	if err != nil || module.Sum != schemaSum {
		t.Fatalf("%s: %v: %s", schemaModule, err, out)
	}
	return filepath.Join(module.Dir, "pkg/openapiclient/builtins", leastRelease)
}

// kinds are the schemas of objects, by apiVersion and kind, as far as they were asked for.
type kinds struct {
	folder    string
	documents map[string]*openapi3.T
}

// schema is that of an object; nil where Kubernetes has none, as of the operator's ServiceMonitor.
func (k *kinds) schema(t *testing.T, version, kind string) *openapi3.Schema {
	t.Helper()
	path, group := "apis/"+version, strings.NewReplacer(".k8s.io", "", "/", ".").Replace(version)
	if version == "v1" {
		path, group = "api/v1", "core.v1"
	}
	if k.documents[version] == nil {
		document, err := openapi3.NewLoader().LoadFromFile(filepath.Join(k.folder, path+".json"))
		if err != nil {
			t.Fatalf("Kubernetes %s has no %s: %v", leastRelease, version, err)
		}
		for _, one := range document.Components.Schemas {
			closeSchema(one.Value)
		}
		k.documents[version] = document
	}
	found := k.documents[version].Components.Schemas["io.k8s.api."+group+"."+kind]
	if found == nil {
		t.Fatalf("Kubernetes %s has no %s of %s", leastRelease, kind, version)
	}
	return found.Value
}

// closeSchema has an object take the members that it names and no others, as the server does that is told to be strict.
func closeSchema(schema *openapi3.Schema) {
	if len(schema.Properties) > 0 && schema.AdditionalProperties.Schema == nil && schema.AdditionalProperties.Has == nil {
		none := false
		schema.AdditionalProperties.Has = &none
	}
}

// fault is what the schema of Kubernetes says against an object.
func (k *kinds) fault(t *testing.T, o object) error {
	t.Helper()
	version, _ := o["apiVersion"].(string)
	kind, _ := o["kind"].(string)
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	return k.schema(t, version, kind).VisitJSON(plain, openapi3.MultiErrors())
}

// TestManifestsFitKubernetes holds each object of the manifests against Kubernetes' schema of the earliest release that
// the chart is for, in which no field may be that it does not know; what breaks an object is told.
func TestManifestsFitKubernetes(t *testing.T) {
	t.Parallel()
	if chart := kit.ReadText(t, root+"/deploy/helm/opsgraph/Chart.yaml"); !strings.Contains(chart, "\">="+leastRelease+".0-0\"") {
		t.Errorf("the chart is not for Kubernetes %s and later: %s", leastRelease, chart)
	}
	k := &kinds{folder: schemaFolder(t), documents: map[string]*openapi3.T{}}
	checked := 0
	for _, manifest := range manifests {
		for _, o := range objects(t, manifest) {
			if o["kind"] == "ServiceMonitor" {
				continue // TestServiceMonitor
			}
			if err := k.fault(t, o); err != nil {
				t.Errorf("%s: %v: %v", manifest, o["kind"], err)
			}
			checked++
		}
	}
	for name, broken := range map[string]object{
		"unknown field": {"apiVersion": "v1", "kind": "Service", "spec": map[string]any{"port": 80}},
		"wrong type":    {"apiVersion": "v1", "kind": "Service", "spec": map[string]any{"ports": map[string]any{}}},
		"missing field": {"apiVersion": "apps/v1", "kind": "Deployment", "spec": map[string]any{
			"template": map[string]any{}, "selector": map[string]any{}, "replicas": 1,
			"strategy": map[string]any{"rollingUpdate": map[string]any{"maxSurge": []any{}}},
		}},
		"nested": {"apiVersion": "apps/v1", "kind": "Deployment", "spec": map[string]any{
			"selector": map[string]any{}, "template": map[string]any{"spec": map[string]any{"containers": []any{
				map[string]any{"name": "x", "lifecycle": map[string]any{"preStop": map[string]any{"sleep": map[string]any{}}}},
			}}},
		}},
	} {
		if k.fault(t, broken) == nil {
			t.Errorf("%s: it passes", name)
		}
	}
	kit.Report(t, "Kubernetes "+leastRelease, "%d objects fit its schemas", checked)
}

// TestServiceMonitor: what the operator is told to scrape is there, labels and port.
func TestServiceMonitor(t *testing.T) {
	t.Parallel()
	var monitor struct {
		APIVersion string `json:"apiVersion"`
		Spec       struct {
			Selector  struct{ MatchLabels map[string]string }
			Endpoints []struct {
				Port, Path, Interval string
				Relabelings          []struct{ TargetLabel, Replacement string }
			}
		}
	}
	one(t, "production", "ServiceMonitor", "", &monitor)
	var service struct {
		Metadata struct{ Labels map[string]string }
		Spec     struct {
			Ports []struct{ Name, TargetPort string }
		}
	}
	one(t, "production", "Service", "-operators", &service)
	for name, value := range monitor.Spec.Selector.MatchLabels {
		if service.Metadata.Labels[name] != value {
			t.Errorf("the service has %s %q, wanted is %q", name, service.Metadata.Labels[name], value)
		}
	}
	if len(monitor.Spec.Endpoints) != 1 || len(service.Spec.Ports) != 1 || len(monitor.Spec.Selector.MatchLabels) == 0 ||
		monitor.Spec.Endpoints[0].Port != service.Spec.Ports[0].Name || monitor.Spec.Endpoints[0].Path != "/metrics" ||
		service.Spec.Ports[0].TargetPort != "operators" || monitor.APIVersion != "monitoring.coreos.com/v1" {
		t.Errorf("%+v\n%+v", monitor, service)
	}
	// The operator names the job after the service; rules and alerts ask for this one.
	for _, e := range monitor.Spec.Endpoints {
		if len(e.Relabelings) != 1 || e.Relabelings[0].TargetLabel != "job" || e.Relabelings[0].Replacement != "opsgraph" {
			t.Errorf("the job is not named as the alerts have it: %+v", e)
		}
	}
}

// TestComposeIsValid has the reference implementation of the Compose specification load the file, which it holds
// against its schema. What the file names of itself is in TestComposeHoldsTogether.
func TestComposeIsValid(t *testing.T) {
	t.Parallel()
	load := func(path string) (int, string) {
		cmd := exec.CommandContext(t.Context(), "go", "tool", "-modfile=tools/compose.mod",
			"github.com/compose-spec/compose-go/v2/cmd", path)
		cmd.Dir = root
		return output(t, cmd)
	}
	path := absolute(t, root+"/deploy/compose/compose.yaml")
	if code, text := load(path); code != 0 || !strings.Contains(text, "gateway-2:") {
		t.Errorf("%d %s", code, text)
	}
	text := kit.ReadText(t, path)
	for old, broken := range map[string]string{
		"read_only: true": "readonly: true", "mem_limit: 1g": "mem_limit: [1g]",
	} {
		if !strings.Contains(text, old) {
			t.Fatalf("compose.yaml has no %s", old)
		}
		other := filepath.Join(t.TempDir(), "compose.yaml")
		kit.WriteText(t, other, strings.Replace(text, old, broken, 1))
		if code, printed := load(other); code == 0 {
			t.Errorf("%s passes: %s", broken, printed)
		}
	}
}
