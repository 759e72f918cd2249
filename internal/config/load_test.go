package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/config"
)

// write puts a configuration file into a directory of the test.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "opsgraph.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadWithoutAnythingIsTheDemo(t *testing.T) {
	got, err := config.Load("", []string{"HOME=/root", "PATH="})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Defaults().String(), got.String()); diff != "" {
		t.Errorf("not the defaults (-want +got):\n%s", diff)
	}
	if !got.Demo() {
		t.Error("Demo() = false with no upstream set")
	}
}

func TestLoadOrder(t *testing.T) {
	path := write(t, `
# What the file says.
server:
  listen: 127.0.0.1:7000
  introspection: false
ages:
  alarms: {fresh: 15s}
limits:
  depth: 12
log: # a group without keys
regions:
  - {code: cn-north-7, name: 华北七, name_en: North Seven}
  - code: cn-east-2
`)
	got, err := config.Load(path, []string{
		"OPSGRAPH_LISTEN=127.0.0.1:7001", "OPSGRAPH_LIMITS_DEPTH=", "OPSGRAPH_QUOTA_MINUTE_LIMIT=50",
		"OPSGRAPH_ALLOWED_ORIGINS=https://a.example,https://b.example", "OPSGRAPH_ZONES_TEXT=UTC",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Defaults()
	want.Server.Listen = "127.0.0.1:7001" // the environment wins
	want.Server.Introspection = false
	want.Server.AllowedOrigins = []string{"https://a.example", "https://b.example"}
	want.Ages.Alarms.Fresh = 15 * time.Second
	want.Limits.Depth = 12 // an empty variable counts as not set
	want.Quota.Minute.Limit = 50
	want.Zones.Text = config.Zone{}
	want.Regions = config.Regions{
		{Code: "cn-north-7", Name: "华北七", NameEN: "North Seven"}, {Code: "cn-east-2"},
	}
	if diff := cmp.Diff(want.String(), got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoadTakesTheFileFromTheEnvironment(t *testing.T) {
	path := write(t, "limits: {depth: 9}")
	got, err := config.Load("", []string{"OPSGRAPH_CONFIG=" + path})
	if err != nil {
		t.Fatal(err)
	}
	if got.Limits.Depth != 9 {
		t.Errorf("limits.depth = %d, want 9", got.Limits.Depth)
	}
	flag, err := config.Load(write(t, "limits: {depth: 8}"), []string{"OPSGRAPH_CONFIG=" + path})
	if err != nil || flag.Limits.Depth != 8 {
		t.Errorf("limits.depth = %d, %v, want 8: the flag wins", flag.Limits.Depth, err)
	}
}

func TestLoadFaultsOfTheFile(t *testing.T) {
	tests := []struct {
		name, file string
		want       []string
	}{
		{
			"unknown key", "server:\n  lisen: 127.0.0.1:1\n",
			[]string{`line 2, column 3: unknown key "server.lisen", the nearest is server.listen`},
		},
		{
			"unknown group", "serwer:\n  listen: x\n",
			[]string{`line 1, column 1: unknown key "serwer", the nearest is server`},
		},
		{"key of another group", "appcode: x\n", []string{`unknown key "appcode", the nearest is esm.appcode`}},
		{
			"deep unknown key", "ages:\n  alarms:\n    fersh: 1s\n",
			[]string{`line 3, column 5: unknown key "ages.alarms.fersh", the nearest is ages.alarms.fresh`},
		},
		{
			"two at once", "limits:\n  dept: 1\n  token: 2\n",
			[]string{"limits.dept", "limits.depth", "limits.token", "limits.tokens"},
		},
		{
			"unknown key of a region", "regions:\n  - {code: a, nameEn: b}\n",
			[]string{"line 2", "regions: ", `unknown field "nameEn"`},
		},
		{
			"value of the wrong kind", "limits:\n  depth: deep\n",
			[]string{"line 2, column 10: limits.depth: cannot unmarshal"},
		},
		{"bad duration", "ages:\n  alarms:\n    fresh: 10x\n", []string{"line 3, column 12: ages.alarms.fresh: ", "10x"}},
		{"group that is none", "limits: 5\n", []string{"line 1", "limits is a group of keys"}},
		{"list for a text", "esm:\n  appcode: [CANARY]\n", []string{"esm.appcode: takes a text, no sequence"}},
		{
			"alias", "esm:\n  appcode: &a CANARY\n  apig_appcode: *a\n",
			[]string{"esm.appcode: anchors, aliases and tags are not read here"},
		},
		{"tag", "esm:\n  appcode: !!str CANARY\n", []string{"esm.appcode: anchors, aliases and tags are not read here"}},
		{
			"merged group", "limits: &l\n  depth: 2\nesm: *l\n",
			[]string{"limits is a group of keys, no anchor", "esm is a group of keys, no alias"},
		},
		{"list for a name", "redis:\n  environment: {a: CANARY}\n", []string{"redis.environment: takes a text, no mapping"}},
		{"file that is a list", "- a\n- b\n", []string{"the file is a group of keys"}},
		{"not YAML", "server: [\n", []string{"line 1"}},
		{"duplicate key", "limits: {depth: 1}\nlimits: {depth: 2}\n", []string{"already defined"}},
		{"two documents", "limits: {depth: 3}\n---\nlimits: {depth: 4}\n", []string{"more than one document"}},
		{"bad zone", "zones:\n  text: +25:99\n", []string{"zones.text", "no offset such as +08:00"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := write(t, test.file)
			_, err := config.Load(path, nil)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range append(test.want, path) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error lacks %q:\n%v", want, err)
				}
			}
			if strings.Contains(err.Error(), "CANARY") {
				t.Errorf("error shows a secret: %v", err)
			}
		})
	}
}

func TestLoadMissingFile(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"), nil)
	if err == nil || !strings.Contains(err.Error(), "none.yaml: no such file") {
		t.Errorf("error = %v", err)
	}
}

func TestLoadTextStaysAsWritten(t *testing.T) {
	path := write(t, `
esm: {url: https://esm.example, appcode: 00123, domain_id: 0x10}
iam: {url: https://iam.example, username: yes, password: "12:30", domain_name: 1e3, project_id: '007'}
`)
	got, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{
		got.ESM.AppCode.Reveal(), got.ESM.DomainID, got.IAM.Username, got.IAM.Password.Reveal(),
		got.IAM.DomainName, got.IAM.ProjectID,
	}
	if diff := cmp.Diff([]string{"00123", "0x10", "yes", "12:30", "1e3", "007"}, texts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Demo() {
		t.Error("Demo() = true with ESM set")
	}
}

func TestLoadFaultsOfTheEnvironment(t *testing.T) {
	tests := []struct {
		name    string
		environ []string
		want    []string
	}{
		{
			"unknown variable",
			[]string{"OPSGRAPH_LISTN=x"},
			[]string{"unknown variable OPSGRAPH_LISTN, the nearest is OPSGRAPH_LISTEN"},
		},
		{"file of what is no secret", []string{"OPSGRAPH_LISTEN_FILE=x"}, []string{"unknown variable OPSGRAPH_LISTEN_FILE"}},
		{"not a number", []string{"OPSGRAPH_LIMITS_DEPTH=deep"}, []string{"OPSGRAPH_LIMITS_DEPTH: ", "invalid syntax"}},
		{
			"not a duration",
			[]string{"OPSGRAPH_AGES_ALARMS_FRESH=30"},
			[]string{"OPSGRAPH_AGES_ALARMS_FRESH: ", "missing unit"},
		},
		{"region without a code", []string{"OPSGRAPH_REGIONS=a,=b"}, []string{"OPSGRAPH_REGIONS: ", `"=b" has no code`}},
		{"region of four parts", []string{"OPSGRAPH_REGIONS=a=b=c=d"}, []string{"is not code=name=nameEn"}},
		{
			"several",
			[]string{"OPSGRAPH_A=1", "OPSGRAPH_ALLOW_ANONYMOUS=maybe"},
			[]string{"OPSGRAPH_A,", "OPSGRAPH_ALLOW_ANONYMOUS: "},
		},
		{"port that is no service's", []string{"OPSGRAPH_PORT=no"}, []string{"unknown variable OPSGRAPH_PORT"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := config.Load("", test.environ)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error lacks %q:\n%v", want, err)
				}
			}
		})
	}
}

func TestLoadIgnoresWhatKubernetesAdds(t *testing.T) {
	_, err := config.Load("", []string{
		"OPSGRAPH_SERVICE_HOST=10.0.0.1", "OPSGRAPH_SERVICE_PORT=8080", "OPSGRAPH_SERVICE_PORT_HTTP=8080",
		"OPSGRAPH_PORT=tcp://10.0.0.1:8080", "OPSGRAPH_PORT_8080_TCP=tcp://10.0.0.1:8080",
		"OPSGRAPH_PORT_8080_TCP_PROTO=tcp", "OPSGRAPH_PORT_8080_TCP_PORT=8080",
		"OPSGRAPH_PORT_8080_TCP_ADDR=10.0.0.1", "OPSGRAPH_REDIS_SERVICE_HOST=10.0.0.2",
		"OPSGRAPH_REDIS_PORT=tcp://10.0.0.2:6379",
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSecretFromFile(t *testing.T) {
	path := write(t, "thirty-two bytes or more from a file\n")
	got, err := config.Load("", []string{"OPSGRAPH_SECRET_KEY_FILE=" + path})
	if err != nil {
		t.Fatal(err)
	}
	if got.Auth.SecretKey.Reveal() != "thirty-two bytes or more from a file" {
		t.Errorf("secret key is not the file's text without its end of line")
	}
	faults := map[string][]string{
		"are both set": {"OPSGRAPH_SECRET_KEY_FILE=" + path, "OPSGRAPH_SECRET_KEY=x"},
		"is empty":     {"OPSGRAPH_SECRET_KEY_FILE=" + write(t, "\n")},
		"no such file": {"OPSGRAPH_SECRET_KEY_FILE=" + path + ".none"},
	}
	for want, environ := range faults {
		if _, err := config.Load("", environ); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error of %v = %v, want %q", environ, err, want)
		}
	}
}
