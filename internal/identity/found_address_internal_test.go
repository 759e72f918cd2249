package identity

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestFound_G4_AddressesWithPorts reads X-Forwarded-For as proxies write it: with the caller's port (Azure's gateways,
// IIS), in brackets, with a zone, in quotes. The IPv6 caller is its /64.
func TestFound_G4_AddressesWithPorts(t *testing.T) {
	t.Parallel()
	const proxy = "192.0.2.1"
	for name, test := range map[string]struct {
		peer  string
		lines []string
		want  string
	}{
		"address alone":                     {proxy + ":1", []string{"198.51.100.2"}, "198.51.100.2"},
		"with its port":                     {proxy + ":1", []string{"198.51.100.2:4711"}, "198.51.100.2"},
		"IPv6":                              {proxy + ":1", []string{"2001:db8:1::7"}, "2001:db8:1::/64"},
		"IPv6 in brackets":                  {proxy + ":1", []string{"[2001:db8:1::7]"}, "2001:db8:1::/64"},
		"IPv6 with its port":                {proxy + ":1", []string{"[2001:db8:1::7]:443"}, "2001:db8:1::/64"},
		"IPv6 in quotes, as Forwarded":      {proxy + ":1", []string{`"[2001:db8:1::7]:443"`}, "2001:db8:1::/64"},
		"with a zone":                       {proxy + ":1", []string{"fe80::1%eth0"}, "fe80::/64"},
		"with a zone and a port":            {proxy + ":1", []string{"[fe80::1%eth0]:443"}, "fe80::/64"},
		"IPv4 within IPv6":                  {proxy + ":1", []string{"[::ffff:198.51.100.2]:443"}, "198.51.100.2"},
		"a trusted one with its port":       {proxy + ":1", []string{"198.51.100.2:1, 192.0.2.7:4711"}, "198.51.100.2"},
		"a trusted one of IPv6, with port":  {proxy + ":1", []string{"198.51.100.2, [2001:db8:f::1]:99"}, "198.51.100.2"},
		"two lines":                         {proxy + ":1", []string{"203.0.113.9:1", "198.51.100.2:4711"}, "198.51.100.2"},
		"the peer is a trusted one of IPv6": {"[2001:db8:f::1]:9", []string{"198.51.100.2:4711"}, "198.51.100.2"},
		"the peer has a zone":               {"[fe80::9%eth0]:9", []string{"198.51.100.2:4711"}, "198.51.100.2"},
		"no trusted peer":                   {"203.0.113.1:1", []string{"198.51.100.2:4711"}, "203.0.113.1"},
		"what nobody wrote for an address":  {proxy + ":1", []string{"198.51.100.2, unknown"}, proxy},
		"a port without an address":         {proxy + ":1", []string{"198.51.100.2, :443"}, proxy},
		"a port that is none":               {proxy + ":1", []string{"198.51.100.2:port"}, proxy},
		"IPv4 in brackets":                  {proxy + ":1", []string{"[198.51.100.2]"}, proxy},
		"a bracket that is not closed":      {proxy + ":1", []string{"[2001:db8:1::7"}, proxy},
		"none":                              {proxy + ":1", nil, proxy},
	} {
		a, err := newAddresses([]string{"192.0.2.0/24", "2001:db8:f::/48", "fe80::9"})
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/graphql", nil)
		request.RemoteAddr = test.peer
		request.Header["X-Forwarded-For"] = test.lines
		if got := a.of(request); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
