package identity

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/internal/config"
)

// addresses finds the address that a request came from.
type addresses struct{ trusted []netip.Prefix }

// newAddresses believes X-Forwarded-For of the named proxies only.
func newAddresses(trusted []string) (*addresses, error) {
	a := &addresses{}
	for _, text := range trusted {
		network, err := config.ParseNetwork(text)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy: %w", err)
		}
		a.trusted = append(a.trusted, network)
	}
	return a, nil
}

// of is the address that counts as the caller's: the first one, read from the right, that is not of a trusted proxy. Of
// IPv6 it is the /64, which one customer has. An unreadable address ends the search: no trusted proxy wrote it.
func (a *addresses) of(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	found := peer.Addr().WithZone("").Unmap()
	var hops []string
	if len(a.trusted) > 0 {
		hops = strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	}
	for _, hop := range slices.Backward(hops) {
		if !a.trusts(found) {
			break
		}
		address, ok := readHop(hop)
		if !ok {
			break
		}
		found = address
	}
	if found.Is6() {
		if network, err := found.Prefix(64); err == nil {
			return network.String()
		}
	}
	return found.String()
}

// readHop reads one entry of X-Forwarded-For. Proxies write addresses alone, in brackets, with the port that the caller
// came from, and in quotes as the header Forwarded has them.
func readHop(text string) (netip.Addr, bool) {
	text = strings.Trim(strings.TrimSpace(text), `"`)
	if address, err := netip.ParseAddr(text); err == nil {
		return address.WithZone("").Unmap(), true
	}
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr().WithZone("").Unmap(), true
	}
	bare, opened := strings.CutPrefix(text, "[")
	bare, closed := strings.CutSuffix(bare, "]")
	address, err := netip.ParseAddr(bare)
	if err != nil || !opened || !closed || !address.Is6() {
		return netip.Addr{}, false
	}
	return address.WithZone("").Unmap(), true
}

func (a *addresses) trusts(address netip.Addr) bool {
	return slices.ContainsFunc(a.trusted, func(p netip.Prefix) bool { return p.Contains(address) })
}
