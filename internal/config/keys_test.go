package config_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
)

var update = flag.Bool("update", false, "write the table of keys into docs/configuration.md")

// promised are the variables that scripts outside rely on.
var promised = map[string]string{
	"OPSGRAPH_LISTEN": "127.0.0.1:8080", "OPSGRAPH_ADMIN_LISTEN": "127.0.0.1:8081", "OPSGRAPH_ALLOW_ANONYMOUS": "false",
	"OPSGRAPH_SECRET_KEY": "", "OPSGRAPH_REGIONS": "", "OPSGRAPH_REDIS_URL": "", "OPSGRAPH_COORDINATION_REDIS_URL": "",
	"OPSGRAPH_ESM_URL": "", "OPSGRAPH_ESM_APPCODE": "", "OPSGRAPH_ESM_DOMAIN_ID": "", "OPSGRAPH_ESM_APIG_APPCODE": "",
	"OPSGRAPH_ESM_HCSO_APPCODE": "", "OPSGRAPH_IAM_URL": "", "OPSGRAPH_IAM_USERNAME": "", "OPSGRAPH_IAM_PASSWORD": "",
	"OPSGRAPH_IAM_DOMAIN_NAME": "", "OPSGRAPH_IAM_PROJECT_ID": "", "OPSGRAPH_GAUSSDB_URL": "",
	"OPSGRAPH_WORKSPACE_URL": "", "OPSGRAPH_BSS_URL": "", "OPSGRAPH_AUTH_MODE": "none",
	"OPSGRAPH_SIMULATOR_LISTEN": "127.0.0.1:9090",
}

func TestKeysHoldWhatIsPromised(t *testing.T) {
	known := map[string]config.Key{}
	for _, key := range config.Keys() {
		known[key.Env] = key
	}
	for name, value := range promised {
		if key, ok := known[name]; !ok || key.Default != value {
			t.Errorf("%s: known %v, default %q, want %q", name, ok, key.Default, value)
		}
	}
}

func TestKeysAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, key := range config.Keys() {
		if key.Name == "" || key.Doc == "" || key.Type == "" || !strings.HasPrefix(key.Env, "OPSGRAPH_") {
			t.Errorf("key lacks something: %+v", key)
		}
		if strings.Contains(key.Doc, "%") || !strings.HasSuffix(key.Doc, ".") {
			t.Errorf("%s: meaning is no sentence: %s", key.Name, key.Doc)
		}
		if strings.HasSuffix(key.Name, "_file") &&
			(key.Reload == config.ReloadNo) != strings.Contains(key.Doc, "read at the start alone") {
			t.Errorf("%s reloads: %s, but: %s", key.Name, key.Reload, key.Doc)
		}
		if seen[key.Name] || seen[key.Env] {
			t.Errorf("%s or %s stands twice", key.Name, key.Env)
		}
		seen[key.Name], seen[key.Env] = true, true
	}
}

// TestDefaultsReadBack sets every key to its own default by the environment: each text of the table can be read.
func TestDefaultsReadBack(t *testing.T) {
	var environ []string
	for _, key := range config.Keys() {
		environ = append(environ, key.Env+"="+key.Default)
	}
	got, err := config.Load("", environ)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != config.Defaults().String() {
		t.Errorf("defaults read back as\n%s", got)
	}
}

const (
	document = "../../docs/configuration.md"
	begin    = "<!-- keys: written by go test ./internal/config -update -->\n"
	end      = "<!-- end of keys -->\n"
)

// TestDocumentIsCurrent compares the table of docs/configuration.md with the keys.
func TestDocumentIsCurrent(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	old, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no marks around its table", document)
	}
	want := table()
	if old == want {
		return
	}
	if !*update {
		t.Fatalf("%s is not current: run go test ./internal/config -update", document)
	}
	if err := os.WriteFile(document, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// table writes the keys as Markdown, a table a group.
func table() string {
	var b strings.Builder
	group := ""
	for _, key := range config.Keys() {
		if of, _, _ := strings.Cut(key.Name, "."); of != group {
			group = of
			fmt.Fprintf(&b, "\n### %s\n\n| key | environment | type | default | reloads | meaning |\n"+
				"| --- | --- | --- | --- | --- | --- |\n", group)
		}
		kind := key.Type
		if len(key.Values) > 0 {
			kind = "`" + strings.Join(key.Values, "`, `") + "`"
		}
		value := "empty"
		if key.Default != "" {
			value = "`" + key.Default + "`"
		}
		doc := strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(key.Doc)
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s | %s |\n", key.Name, key.Env, kind, value, key.Reload, doc)
	}
	b.WriteString("\n")
	return b.String()
}
