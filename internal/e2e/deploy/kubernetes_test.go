package deploy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// manifests are the rendered ones; production has all that the chart can have.
var manifests = []string{"default", "production"}

// object is one object of a manifest, as JSON has it.
type object = map[string]any

// objects reads a rendered manifest.
func objects(t *testing.T, manifest string) []object {
	t.Helper()
	var all []object
	decoder := yaml.NewDecoder(strings.NewReader(kit.ReadText(t, root+"/deploy/kubernetes/"+manifest+".yaml")))
	for {
		var one object
		err := decoder.Decode(&one)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", manifest, err)
		}
		if len(one) > 0 {
			all = append(all, one)
		}
	}
}

// one decodes the object of a kind, whose name ends in a suffix, into what a test reads of it.
func one(t *testing.T, manifest, kind, suffix string, into any) {
	t.Helper()
	for _, o := range objects(t, manifest) {
		metadata, _ := o["metadata"].(map[string]any)
		name, _ := metadata["name"].(string)
		if o["kind"] != kind || !strings.HasSuffix(name, suffix) {
			continue
		}
		text, err := json.Marshal(o)
		if err == nil {
			err = json.Unmarshal(text, into)
		}
		if err != nil {
			t.Fatalf("%s of %s: %v", kind, manifest, err)
		}
		return
	}
	t.Fatalf("%s has no %s", manifest, kind)
}

// TestManifestsAreRendered: the manifests tell of which chart they were made, and it is this one. `make deploy-check`
// renders it anew.
func TestManifestsAreRendered(t *testing.T) {
	t.Parallel()
	var names []string
	err := filepath.WalkDir(root+"/deploy/helm", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, strings.TrimPrefix(path, root+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	sums := sha256.New()
	for _, name := range names {
		sum := sha256.Sum256([]byte(kit.ReadText(t, filepath.Join(root, name))))
		fmt.Fprintf(sums, "%x  %s\n", sum, name)
	}
	want := "\n# sources: " + hex.EncodeToString(sums.Sum(nil)) + "\n"
	for _, manifest := range manifests {
		if text := kit.ReadText(t, root+"/deploy/kubernetes/"+manifest+".yaml"); !strings.Contains(text, want) {
			t.Errorf("%s was not made of deploy/helm as it is: make deploy-render", manifest)
		}
	}
}

// deployment is what these tests read of the Deployment.
type deployment struct {
	Spec struct {
		Template struct {
			Metadata struct{ Labels, Annotations map[string]string }
			Spec     pod
		}
	}
}

type pod struct {
	TerminationGracePeriodSeconds int
	AutomountServiceAccountToken  *bool
	TopologySpreadConstraints     []struct{ TopologyKey string }
	SecurityContext               struct {
		RunAsNonRoot          bool
		RunAsUser, RunAsGroup int
		SeccompProfile        struct{ Type string }
	}
	Containers []container
	Volumes    []struct {
		Name   string
		Secret *struct {
			SecretName string
			Items      []struct{ Key, Path string }
		}
	}
}

type container struct {
	Args []string
	Env  []struct{ Name, Value string }
	// Ports are those of the gateway, by name.
	Ports []struct {
		Name          string
		ContainerPort int
	}
	StartupProbe, LivenessProbe, ReadinessProbe probe
	Lifecycle                                   struct {
		PreStop struct{ Sleep struct{ Seconds int } }
	}
	Resources       struct{ Limits map[string]string }
	SecurityContext struct {
		AllowPrivilegeEscalation *bool
		ReadOnlyRootFilesystem   bool
		Capabilities             struct{ Drop []string }
	}
	VolumeMounts []struct{ Name, MountPath string }
}

type probe struct {
	HTTPGet struct{ Path, Port string }
}

// configMap is the object with the configuration.
type configMap struct{ Data map[string]string }

// installed is one manifest as a cluster would have it: its pod, and its configuration as a file.
func installed(t *testing.T, manifest string) (pod, string) {
	t.Helper()
	var d deployment
	one(t, manifest, "Deployment", "", &d)
	var c configMap
	one(t, manifest, "ConfigMap", "", &c)
	path := filepath.Join(t.TempDir(), "opsgraph.yaml")
	kit.WriteText(t, path, c.Data["opsgraph.yaml"])
	sum := sha256.Sum256([]byte(strings.TrimSuffix(c.Data["opsgraph.yaml"], "\n")))
	if got := d.Spec.Template.Metadata.Annotations["checksum/config"]; got != hex.EncodeToString(sum[:]) {
		t.Errorf("%s: a changed configuration begins no new pods: checksum %s", manifest, got)
	}
	if len(d.Spec.Template.Spec.Containers) != 1 {
		t.Fatalf("%s has %d containers", manifest, len(d.Spec.Template.Spec.Containers))
	}
	return d.Spec.Template.Spec, path
}

// TestPodsAreShut: what a pod may do is what the image needs, and it has the time and memory that its configuration
// asks for.
func TestPodsAreShut(t *testing.T) {
	t.Parallel()
	user := built.made(t).config.User
	for _, manifest := range manifests {
		p, path := installed(t, manifest)
		c := p.Containers[0]
		s := p.SecurityContext
		if got := fmt.Sprintf("%d:%d", s.RunAsUser, s.RunAsGroup); got != user || !s.RunAsNonRoot {
			t.Errorf("%s: user %s, want %s", manifest, got, user)
		}
		no := func(b *bool) bool { return b != nil && !*b }
		if s.SeccompProfile.Type != "RuntimeDefault" || !no(c.SecurityContext.AllowPrivilegeEscalation) ||
			!c.SecurityContext.ReadOnlyRootFilesystem || !slices.Equal(c.SecurityContext.Capabilities.Drop, []string{"ALL"}) ||
			!no(p.AutomountServiceAccountToken) {
			t.Errorf("%s: %+v %+v", manifest, s, c.SecurityContext)
		}
		if len(p.TopologySpreadConstraints) != 2 {
			t.Errorf("%s: spread over %v", manifest, p.TopologySpreadConstraints)
		}
		cfg := configOf(t, path)
		nineTenths(t, manifest, cfg.Limits.Memory, c.Resources.Limits["memory"])
		pause := time.Duration(c.Lifecycle.PreStop.Sleep.Seconds) * time.Second
		if pause == 0 {
			t.Errorf("%s: no pause before the stop", manifest)
		}
		grace := time.Duration(p.TerminationGracePeriodSeconds) * time.Second
		endsInTime(t, manifest, cfg, (grace - pause).String())
	}
}

// TestPodsRun runs what a pod runs, with its configuration, environment and mounted secrets: the configuration passes
// `opsgraph check`, all probes are answered, the autoscaler's metric is there, and SIGTERM ends it with 0.
func TestPodsRun(t *testing.T) {
	t.Parallel()
	for _, manifest := range manifests {
		t.Run(manifest, func(t *testing.T) {
			t.Parallel()
			p, path := installed(t, manifest)
			c := p.Containers[0]
			w := kit.NewWorld(t, kit.WorldSettings{Regions: 3, Hosts: 12, Running: true, Clock: time.Now()})
			environ := []string{"OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:0"}
			if manifest == "production" {
				store := redistest.Start(t, "--maxmemory-policy", "noeviction")
				environ = append(site(w), "OPSGRAPH_REDIS_URL="+store.URL(), "OPSGRAPH_COORDINATION_REDIS_URL="+store.URL(),
					"OPSGRAPH_REDIS_TIMEOUT=5s")
			}
			environ = append(environ, environment(t, p, path)...)
			checks(t, environ...)
			admin := kit.FreeAddress(t)
			ports := listening(t, path)
			for _, port := range c.Ports {
				if ports[port.Name] != port.ContainerPort {
					t.Errorf("port %s is %d, the gateway listens on %d", port.Name, port.ContainerPort, ports[port.Name])
				}
			}
			cmd := serving(t, append(environ, "OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN="+admin,
				"OPSGRAPH_DRAIN_DELAY=0s")...)
			cmd.Args = append(cmd.Args[:1], c.Args...)
			running := launch(t, cmd)
			for _, probe := range []probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
				if status, body := ask(t, oneShot(), "http://"+admin+probe.HTTPGet.Path, nil); status != http.StatusOK ||
					probe.HTTPGet.Port != "operators" {
					t.Errorf("%+v: %d %s", probe, status, body)
				}
			}
			_, metrics := ask(t, oneShot(), "http://"+admin+"/metrics", nil)
			if manifest == "production" {
				scales(t, manifest, metrics)
			}
			if code := running.stop(t); code != 0 {
				t.Errorf("SIGTERM ends it with %d", code)
			}
		})
	}
}

// environment is that of the container, with its configuration and its mounted secrets as files of this machine.
func environment(t *testing.T, p pod, path string) []string {
	t.Helper()
	values := map[string]string{
		"esm-appcode": simulator.DemoAppCode, "iam-password": simulator.DemoPassword, "secret-key": strings.Repeat("k", 64),
	}
	secrets := map[string]string{}
	for _, volume := range p.Volumes {
		if volume.Secret == nil {
			continue
		}
		for _, item := range volume.Secret.Items {
			secrets[item.Path] = values[item.Key]
		}
	}
	folder := secretFiles(t, secrets)
	mounted := strings.NewReplacer("/etc/opsgraph/opsgraph.yaml", path)
	for _, mount := range p.Containers[0].VolumeMounts {
		if mount.Name == "secrets" {
			mounted = strings.NewReplacer("/etc/opsgraph/opsgraph.yaml", path, mount.MountPath, folder)
		}
	}
	var environ []string
	for _, variable := range p.Containers[0].Env {
		environ = append(environ, variable.Name+"="+mounted.Replace(variable.Value))
	}
	return environ
}

// listening are the ports that a configuration listens on, by the names of the chart.
func listening(t *testing.T, path string) map[string]int {
	t.Helper()
	cfg := configOf(t, path)
	ports := map[string]int{}
	for name, address := range map[string]string{"http": cfg.Server.Listen, "operators": cfg.Admin.Listen} {
		host, port, err := net.SplitHostPort(address)
		if err != nil || host != "0.0.0.0" {
			t.Fatalf("%s is %q, which other pods do not reach: %v", name, address, err)
		}
		if ports[name], err = strconv.Atoi(port); err != nil {
			t.Fatal(err)
		}
	}
	return ports
}

// scales fails unless the autoscaler goes by a metric that a gateway has, and its bounds are those of the quota.
func scales(t *testing.T, manifest, metrics string) {
	t.Helper()
	var scaler struct {
		Spec struct {
			MinReplicas, MaxReplicas int
			Metrics                  []struct {
				Type string
				Pods struct{ Metric struct{ Name string } }
			}
		}
	}
	one(t, manifest, "HorizontalPodAutoscaler", "", &scaler)
	if len(scaler.Spec.Metrics) != 1 || scaler.Spec.Metrics[0].Type != "Pods" {
		t.Fatalf("metrics of the autoscaler: %+v", scaler.Spec.Metrics)
	}
	if name := scaler.Spec.Metrics[0].Pods.Metric.Name; !strings.Contains(metrics, "\n# TYPE "+name+" gauge\n") {
		t.Errorf("the autoscaler goes by %s, which no gateway has", name)
	}
	var deployment struct {
		Spec struct {
			Strategy struct{ RollingUpdate struct{ MaxSurge int } }
		}
	}
	one(t, manifest, "Deployment", "", &deployment)
	_, path := installed(t, manifest)
	most, surge := configOf(t, path).Quota.MaxReplicas, deployment.Spec.Strategy.RollingUpdate.MaxSurge
	if most != scaler.Spec.MaxReplicas+surge || surge < 1 || scaler.Spec.MinReplicas < 2 {
		t.Errorf("%d to %d replicas, %d more in a roll-out, quota.max_replicas is %d",
			scaler.Spec.MinReplicas, scaler.Spec.MaxReplicas, surge, most)
	}
}
