// Package reload changes the configuration of gateways that serve.
package reload

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/gateway"
)

// behaviour is how another value of a key shows.
type behaviour struct {
	set   func(*config.Config)
	probe func(*probing) string // what is seen; before the change it is something else
	want  string                // after it; "" where any difference will do
}

// elsewhere are the keys that reload whose tests stand elsewhere, with their names.
func elsewhere() map[string]string {
	return map[string]string{
		"log.level":                    "TestReload_levelAndPassword of package command",
		"iam.password":                 "TestFound_D4_Reload of internal/e2e/process",
		"esm.appcode":                  "TestAppCode",
		"esm.apig_appcode":             "TestAppCode",
		"esm.hcso_appcode":             "TestAppCode",
		"auth.jwks_url":                "TestKeys",
		"auth.jwks_file":               "TestKeys",
		"persisted.manifest_file":      "TestTrustedDocuments",
		"persisted.only_trusted":       "TestTrustedDocuments",
		"limits.cpu":                   "TestReload_bounds of internal/gateway",
		"limits.queue":                 "TestReload_bounds of internal/gateway",
		"limits.query_cache_documents": "TestReload_bounds of internal/gateway",
		"limits.query_cache_bytes":     "TestReload_bounds of internal/gateway",
		"callers.tenant_rate":          "TestTenants",
		"callers.tenant_burst":         "TestTenants",
		"callers.tenant_operations":    "TestTenants",
		"callers.checks":               "TestTenants",
		"callers.check_burst":          "TestTenants",
	}
}

// TestEveryKey changes every key of the configuration, one after another. One that reloads shows in behaviour, and is
// taken back; any other is refused with its name, and so is all that came with it. A subscription, and the one
// connection over which all is asked, go on all the while.
func TestEveryKey(t *testing.T) {
	t.Parallel()
	p := newProbing(t)
	cases := behaviours()
	for _, key := range config.Keys() {
		if key.Reload != config.ReloadYes {
			p.wantRefused(t, key.Name)
			continue
		}
		test, here := cases[key.Name]
		if _, there := elsewhere()[key.Name]; here == there {
			t.Errorf("%s reloads: it has a case here %v, elsewhere %v", key.Name, here, there)
		}
		if !here {
			continue
		}
		delete(cases, key.Name)
		before := test.probe(p)
		cfg := p.Config
		test.set(&cfg)
		p.apply(t, cfg, key.Name)
		p.patient = true
		after := test.probe(p)
		p.patient = false
		if after == before || test.want != "" && !strings.Contains(after, test.want) {
			t.Errorf("%s: before %q, after %q, want %q", key.Name, before, after, test.want)
		}
		p.apply(t, p.Config, key.Name)
		if again := test.probe(p); again == after { // what comes of a socket may be late: it need not be what came first
			t.Errorf("%s: %q when it is taken back, too", key.Name, again)
		}
	}
	for key := range maps.Keys(cases) {
		t.Errorf("%s does not reload and has a case", key)
	}
	p.wantFollowed(t)
}

// apply has a configuration in force that differs by one key.
func (p *probing) apply(t *testing.T, cfg config.Config, key string) {
	t.Helper()
	change, err := p.Gateway.Prepare(t.Context(), cfg)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	if !slices.Equal(change.Keys, []string{key}) {
		t.Errorf("%s: %v differ", key, change.Keys)
	}
	change.Apply()
}

// wantRefused changes a key together with one that reloads: it is refused with its name, and neither is in force.
func (p *probing) wantRefused(t *testing.T, name string) {
	t.Helper()
	cfg := p.Config
	setOther(t, reflect.ValueOf(&cfg).Elem(), strings.Split(name, "."))
	cfg.Limits.Depth = 1
	_, err := p.Gateway.Prepare(t.Context(), cfg)
	fixed, ok := errors.AsType[*gateway.FixedError](err)
	if !ok || !slices.Equal(fixed.Keys, []string{name}) || !strings.Contains(err.Error(), name) {
		t.Errorf("%s: %v", name, err)
	}
	if got := p.ask(deep); got != "" {
		t.Errorf("%s: a refused configuration is in force: %s", name, got)
	}
}

// setOther gives a key another value.
func setOther(t *testing.T, group reflect.Value, path []string) {
	t.Helper()
	for i := range group.NumField() {
		if group.Type().Field(i).Tag.Get("yaml") != path[0] {
			continue
		}
		if len(path) > 1 {
			setOther(t, group.Field(i), path[1:])
			return
		}
		field := group.Field(i)
		switch value := field.Addr().Interface().(type) {
		case *[]string:
			*value = []string{"other"}
		case *config.Regions:
			*value = config.Regions{{Code: "other"}}
		case *config.Names:
			*value = config.Names{{Code: "other", Name: "other"}}
		case *config.OperationQuotas:
			*value = config.OperationQuotas{{Operation: "other", Limit: 1, Window: time.Minute}}
		case *config.Zone:
			zone, err := config.ParseZone("+03:00")
			if err != nil {
				t.Fatal(err)
			}
			*value = zone
		default:
			setOtherPlain(t, field, path[0])
		}
		return
	}
	t.Fatalf("there is no key %v", path)
}

func setOtherPlain(t *testing.T, field reflect.Value, name string) {
	t.Helper()
	switch {
	case field.CanInt():
		field.SetInt(field.Int() + 1)
	case field.CanUint():
		field.SetUint(field.Uint() + 1)
	case field.CanFloat():
		field.SetFloat(field.Float() + 0.01)
	case field.Kind() == reflect.Bool:
		field.SetBool(!field.Bool())
	case field.Kind() == reflect.String:
		field.SetString("other")
	default:
		t.Fatalf("%s: no other value of %s is known", name, field.Type())
	}
}
