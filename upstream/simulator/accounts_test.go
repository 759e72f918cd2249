package simulator_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

func other() simulator.Account {
	return simulator.Account{
		User: "ann", Password: "secret", Domain: "acme", DomainID: "acme-domain", ProjectID: strings.Repeat("a", 32), Seed: 7,
	}
}

// TestAccountsAreApart checks that a further account has its own site and that its token opens no other account.
func TestAccountsAreApart(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Accounts = []simulator.Account{other()} })
	demo := u.credentials()
	demo["x-hcso-domainid"] = simulator.DemoHCSODomain
	wanted := strings.NewReplacer(`"demo","password":"demo"`, `"ann","password":"secret"`, `"domain":{"name":"demo"}}}}`,
		`"domain":{"name":"acme"}}}}`)
	got := u.send("POST", "/v3/auth/tokens", nil, wanted.Replace(tokenRequest("demo", projectScope)))
	if got.status != 201 || !bytes.Contains(got.body, []byte(strings.Repeat("a", 32))) {
		t.Fatalf("token of the other account: %d %s", got.status, got.body)
	}
	acme := maps.Clone(demo)
	acme["X-Auth-Token"], acme["x-hcso-domainid"] = got.header.Get("X-Subject-Token"), "acme-domain"
	mixed := maps.Clone(demo)
	mixed["x-hcso-domainid"] = "acme-domain"

	ours, theirs := u.send("GET", hostsPath, demo, ""), u.send("GET", hostsPath, acme, "")
	if ours.status != 200 || theirs.status != 200 || bytes.Equal(ours.body, theirs.body) {
		t.Errorf("hosts: %d and %d, equal: %t", ours.status, theirs.status, bytes.Equal(ours.body, theirs.body))
	}
	if got := u.send("GET", hostsPath, mixed, ""); got.status != 403 {
		t.Errorf("a token with another account's domain id: %d", got.status)
	}
	if got := u.send("GET", aspPath, acme, ""); got.status != 403 {
		t.Errorf("a token in another account's project: %d", got.status)
	}
	u.control("PUT", "tokens", `{"revoke":true,"domainId":"acme-domain"}`)
	if got := u.send("GET", hostsPath, acme, ""); got.status != 401 {
		t.Errorf("a revoked token: %d", got.status)
	}
	if got := u.send("GET", hostsPath, demo, ""); got.status != 200 {
		t.Errorf("the token of the account that was not named: %d", got.status)
	}
}

func TestAccountsMustDiffer(t *testing.T) {
	same := other()
	same.DomainID = simulator.DemoHCSODomain
	unnamed := other()
	unnamed.User = ""
	for name, accounts := range map[string][]simulator.Account{
		"the demo's id": {same}, "no user": {unnamed}, "twice": {other(), other()},
	} {
		if _, err := simulator.New(simulator.Config{Hosts: 1, Accounts: accounts}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
