package redis

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// target is what a Redis URL says.
type target struct {
	scheme   string
	hosts    []string // host:port
	username string
	password string
	database int
	secure   bool
	cluster  bool
	master   string // name of the master that the sentinels watch, "" without Sentinel

	sentinelUsername string
	sentinelPassword string
}

// String names scheme and hosts, for logs.
func (t target) String() string { return t.scheme + "://" + strings.Join(t.hosts, ",") }

// parseURL understands
//
//	redis://[user[:password]@]host[:port][,host[:port]…][/database]
//	rediss://…                                   the same over TLS
//	redis+sentinel://[…@]host[:port][,…]/master[/database]   also rediss+sentinel://
//
// Several hosts, or ?cluster=true with one, mean a Cluster. Sentinel takes sentinel_username and
// sentinel_password. No error quotes the URL: it may hold a password.
func parseURL(raw string) (target, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return target{}, errors.New("no scheme")
	}
	t := target{scheme: strings.ToLower(scheme)}
	sentinel := false
	switch t.scheme {
	case "redis":
	case "rediss":
		t.secure = true
	case "redis+sentinel":
		sentinel = true
	case "rediss+sentinel":
		sentinel, t.secure = true, true
	default:
		return target{}, errors.New("scheme must be redis, rediss, redis+sentinel or rediss+sentinel")
	}

	// net/url refuses several hosts, so the authority is parsed by hand.
	if strings.Contains(rest, "#") {
		return target{}, errors.New("a fragment (#) has no meaning: write %23 in a password")
	}
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		if err := t.setUser(authority[:at]); err != nil {
			return target{}, err
		}
		authority = authority[at+1:]
	}
	if err := t.setHosts(authority, sentinel); err != nil {
		return target{}, err
	}
	if err := t.setPath(path, sentinel); err != nil {
		return target{}, err
	}
	if err := t.setQuery(query, sentinel); err != nil {
		return target{}, err
	}
	if t.cluster && t.database != 0 {
		return target{}, errors.New("a cluster has only database 0")
	}
	return t, nil
}

func (t *target) setUser(info string) error {
	name, password, _ := strings.Cut(info, ":")
	var err error
	if t.username, err = url.PathUnescape(name); err != nil {
		return errors.New("user name is not percent-encoded")
	}
	if t.password, err = url.PathUnescape(password); err != nil {
		return errors.New("password is not percent-encoded")
	}
	return nil
}

func (t *target) setHosts(list string, sentinel bool) error {
	port := "6379"
	if sentinel {
		port = "26379"
	}
	for host := range strings.SplitSeq(list, ",") {
		address, err := withPort(host, port)
		if err != nil {
			return err
		}
		t.hosts = append(t.hosts, address)
	}
	t.cluster = !sentinel && len(t.hosts) > 1
	return nil
}

// withPort adds the default port to a host that names none.
func withPort(host, port string) (string, error) {
	name := host
	switch bracket := strings.LastIndexByte(host, ']'); {
	case strings.HasPrefix(host, "[") && bracket == len(host)-1:
		name = host[1:bracket]
	case strings.Contains(host, ":"):
		var err error
		if name, port, err = net.SplitHostPort(host); err != nil {
			return "", errors.New("host is not host, host:port or [address]:port")
		}
	}
	if name == "" {
		return "", errors.New("no host")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", errors.New("port is not a number from 1 to 65535")
	}
	return net.JoinHostPort(name, port), nil
}

func (t *target) setPath(path string, sentinel bool) error {
	path = strings.Trim(path, "/")
	if sentinel {
		master, database, _ := strings.Cut(path, "/")
		if master == "" {
			return errors.New("no name of the master after the sentinels")
		}
		t.master, path = master, database
	}
	if path == "" {
		return nil
	}
	n, err := strconv.ParseUint(path, 10, 16)
	if err != nil {
		return errors.New("database is not a number")
	}
	t.database = int(n)
	return nil
}

func (t *target) setQuery(query string, sentinel bool) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("query is malformed")
	}
	for name, value := range values {
		switch {
		case name == "cluster" && !sentinel:
			on, err := strconv.ParseBool(value[0])
			if err != nil {
				return errors.New("cluster must be true or false")
			}
			t.cluster = t.cluster || on
		case name == "sentinel_username" && sentinel:
			t.sentinelUsername = value[0]
		case name == "sentinel_password" && sentinel:
			t.sentinelPassword = value[0]
		default:
			return fmt.Errorf("unknown parameter %q", name)
		}
	}
	return nil
}

// hostName returns the part of host:port that a certificate must name.
func hostName(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
