package deploy

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

const unitFile = root + "/deploy/systemd/opsgraph@.service"

// mostExposure is what `systemd-analyze security` may find at most, in tenths: 0 is not exposed, 100 is unsafe.
const mostExposure = "12"

// unit are the settings of the service, by their names; some stand several times.
func unit(t *testing.T) map[string][]string {
	t.Helper()
	settings := map[string][]string{}
	for line := range strings.Lines(kit.ReadText(t, unitFile)) {
		if name, value, found := strings.Cut(strings.TrimSpace(line), "="); found && !strings.HasPrefix(line, "#") {
			settings[name] = append(settings[name], value)
		}
	}
	return settings
}

// TestUnitIsValid has systemd read the unit with the program in place, and judge its sandbox.
func TestUnitIsValid(t *testing.T) {
	t.Parallel()
	// An instance, as its name tells the port; the program is not where the unit has it here.
	path := filepath.Join(t.TempDir(), "opsgraph@8080.service")
	kit.WriteText(t, path, strings.ReplaceAll(kit.ReadText(t, unitFile), "/usr/local/bin/opsgraph", program(t)))
	code, text := output(t, exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", path))
	if code != 0 || strings.Contains(text, "opsgraph@8080.service") {
		t.Errorf("systemd-analyze verify: %d %s", code, text)
	}
	judge := exec.CommandContext(t.Context(), "systemd-analyze", "security", "--offline=true", "--no-pager",
		"--threshold="+mostExposure, path)
	code, text = output(t, judge)
	if code != 0 {
		t.Errorf("the sandbox is open by more than %s tenths: %s", mostExposure, text)
	}
	_, verdict, found := strings.Cut(text, "Overall exposure level for opsgraph@8080.service: ")
	if !found {
		t.Fatalf("systemd-analyze security says nothing: %s", text)
	}
	kit.Report(t, "systemd-analyze security", "exposure %s", strings.Fields(verdict)[0])
}

// TestUnitRuns runs what the unit runs, with what it names: its commands, environment and credentials.
func TestUnitRuns(t *testing.T) {
	t.Parallel()
	settings := unit(t)
	w := kit.NewWorld(t, kit.WorldSettings{Regions: 3, Hosts: 12, Running: true, Clock: time.Now()})
	store := redistest.Start(t, "--maxmemory-policy", "noeviction")
	values := map[string]string{
		"esm_appcode": simulator.DemoAppCode, "iam_password": simulator.DemoPassword, "secret_key": strings.Repeat("k", 64),
	}
	credentials := secretFiles(t, values)
	var loaded []string
	for _, credential := range settings["LoadCredential"] {
		name, path, _ := strings.Cut(credential, ":")
		loaded = append(loaded, name)
		if path != "/etc/opsgraph/credentials/"+name {
			t.Errorf("the credential %s is read from %s", name, path)
		}
	}
	environ := append(site(w), "OPSGRAPH_REDIS_URL="+store.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s")
	_, port, _ := strings.Cut(kit.FreeAddress(t), ":")
	for _, variable := range settings["Environment"] {
		variable = strings.NewReplacer("%i", port, "%d", credentials,
			"/etc/opsgraph/opsgraph.yaml", absolute(t, root+"/deploy/systemd/opsgraph.yaml")).Replace(variable)
		environ = append(environ, variable)
		if name, file, found := strings.Cut(variable, "_FILE="); found && !slices.Contains(loaded, filepath.Base(file)) {
			t.Errorf("%s is no credential that the unit loads: %s", name, file)
		}
	}
	checks(t, environ...)
	command := func(setting string) *exec.Cmd {
		if len(settings[setting]) != 1 {
			t.Fatalf("%s is %q", setting, settings[setting])
		}
		words := strings.Fields(settings[setting][0])
		if words[0] != "/usr/local/bin/opsgraph" {
			t.Errorf("%s runs %s", setting, words[0])
		}
		cmd := exec.CommandContext(t.Context(), program(t), words[1:]...)
		cmd.Env = environ
		return cmd
	}
	p := launch(t, command("ExecStart"))
	if want := "http://127.0.0.1:" + port; p.url != want {
		t.Errorf("it serves at %s, want %s", p.url, want)
	}
	if code, text := output(t, command("ExecStartPost")); code != 0 {
		t.Errorf("ExecStartPost: %d %s", code, text)
	}
	if status, body := ask(t, oneShot(), p.url+"/graphql?query=%7Bhosts(first:1)%7BtotalCount%7D%7D", nil); !strings.Contains(
		body, `"totalCount":12`) {
		t.Errorf("%d %s", status, body)
	}
	if code := p.stop(t); code != 0 {
		t.Errorf("SIGTERM ends it with %d", code)
	}
	cfg := configOf(t, root+"/deploy/systemd/opsgraph.yaml")
	nineTenths(t, "the unit", cfg.Limits.Memory, settings["MemoryMax"][0])
	endsInTime(t, "the unit", cfg, settings["TimeoutStopSec"][0])
}
