package httpapi

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Origins are the origins of other sites whose pages may call, in the form that browsers send: letters small, without
// the default port of the scheme.
type Origins struct {
	listed   []string
	loopback bool
	check    *http.CrossOriginProtection
}

// NewOrigins takes origins as scheme://host[:port]; a malformed one is an error. loopback allows pages of this machine,
// on any port, too.
func NewOrigins(listed []string, loopback bool) (*Origins, error) {
	o := &Origins{loopback: loopback, check: http.NewCrossOriginProtection()}
	for _, origin := range listed {
		normal := normalOrigin(origin)
		if err := o.check.AddTrustedOrigin(normal); err != nil || strings.Contains(origin, "@") {
			return nil, fmt.Errorf("%q is not scheme://host[:port]", origin)
		}
		o.listed = append(o.listed, normal)
	}
	return o, nil
}

// None reports whether only the gateway's own pages may call.
func (o *Origins) None() bool { return len(o.listed) == 0 && !o.loopback }

// Allows reports whether pages of an origin may call, which are not the gateway's own.
func (o *Origins) Allows(origin string) bool {
	return slices.Contains(o.listed, normalOrigin(origin)) || o.loopback && isLoopbackOrigin(origin)
}

// accepts reports whether a request is none that a page of another site made a browser send: by Sec-Fetch-Site, else by
// Origin and Host, which are compared as RFC 9110 says (section 4.2.3). The method does not count.
func (o *Origins) accepts(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if o.loopback && isLoopbackOrigin(origin) {
		return true
	}
	judged := *r
	judged.Method = http.MethodPost // net/http's check lets every GET pass, but a GET of ours spends upstream quota
	if origin != "" {
		normal := normalOrigin(origin)
		scheme, _, _ := strings.Cut(normal, "://")
		judged.Header = http.Header{"Origin": {normal}, "Sec-Fetch-Site": r.Header["Sec-Fetch-Site"]}
		judged.Host = normalHost(r.Host, scheme)
	}
	return o.check.Check(&judged) == nil
}

// normalOrigin is an origin in the form that browsers send; what is none stays as it is.
func normalOrigin(origin string) string {
	parsed, err := url.Parse(origin)
	if err != nil || parsed.Host == "" || parsed.Path != "" || parsed.RawQuery != "" || parsed.User != nil {
		return origin
	}
	return parsed.Scheme + "://" + normalHost(parsed.Host, parsed.Scheme) // url.Parse makes the scheme's letters small
}

// normalHost is a host with small letters, without the default port of a scheme.
func normalHost(host, scheme string) string {
	host = strings.ToLower(host)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":")
}

// isLoopbackOrigin reports whether an origin is a page that this machine serves.
func isLoopbackOrigin(origin string) bool {
	parsed, err := url.Parse(origin)
	return err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https") && isLoopback(parsed.Host)
}

// isLoopback reports whether a host, with or without a port, names the machine itself.
func isLoopback(host string) bool {
	name := hostname(host)
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// hostname is a host without its port and brackets, in small letters.
func hostname(host string) string {
	return strings.ToLower((&url.URL{Host: host}).Hostname())
}
