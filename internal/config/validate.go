package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Validate checks each key, and keys that depend on each other. The error joins every fault, which names its key.
func (c Config) Validate() error {
	faults := faults{}
	c.checkValues(&faults)
	c.checkAddresses(&faults)
	c.checkAuth(&faults)
	c.checkTLS(&faults)
	c.checkNames(&faults)
	c.checkAdmin(&faults)
	c.checkConsole(&faults)
	c.checkMetrics(&faults)
	c.checkPersisted(&faults)
	c.checkAges(&faults)
	c.checkQuota(&faults)
	c.checkRegions(&faults)
	c.checkRedis(&faults)
	c.checkUpstreams(&faults)
	c.checkTracing(&faults)
	return errors.Join(faults.list...)
}

// faults collects faults.
type faults struct{ list []error }

func (f *faults) add(key, format string, arguments ...any) {
	f.list = append(f.list, fmt.Errorf("%s: %s", names(key), fmt.Sprintf(format, arguments...)))
}

// Label returns both names of a key: "server.listen (OPSGRAPH_LISTEN)".
func Label(key string) string { return names(key) }

func names(key string) string {
	both := key
	walk(reflect.ValueOf(Config{}), func(f field) {
		if f.name == key {
			both = f.String()
		}
	})
	return both
}

// checkValues checks each key by its own tags: closed list of words, positive number, maximum.
func (c Config) checkValues(faults *faults) {
	walk(reflect.ValueOf(c), func(f field) {
		if words := f.words(); len(words) > 0 && !slices.Contains(words, f.value.String()) {
			faults.add(f.name, "%q is not one of %s", f.value.String(), strings.Join(words, ", "))
		}
		if printed(f.value) {
			faults.add(f.name, "holds %s, as a printed configuration does: put the value itself there", redacted)
		}
		figure, ok := number(f.value)
		if !ok {
			return
		}
		if figure < 0 || figure == 0 && f.tag.Get("zero") != "ok" {
			faults.add(f.name, "%s is not positive", plainText(f.value))
		}
		if most, err := strconv.ParseFloat(f.tag.Get("max"), 64); err == nil && figure > most {
			faults.add(f.name, "%s is more than %s", plainText(f.value), f.tag.Get("max"))
		}
	})
}

// printed reports whether a text has the mark that replaces secrets in a printed configuration: a gateway must not log
// in with it.
func printed(value reflect.Value) bool {
	if value.Kind() != reflect.String {
		return false
	}
	text := value.String() // a secret itself, not its print
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	return strings.Contains(strings.ToLower(text), redacted)
}

// number returns the number of a value, if it is one.
func number(value reflect.Value) (float64, bool) {
	switch {
	case value.CanInt():
		return float64(value.Int()), true
	case value.CanUint():
		return float64(value.Uint()), true
	case value.CanFloat():
		return value.Float(), true
	default:
		return 0, false
	}
}

func (c Config) checkAddresses(faults *faults) {
	listeners := map[string]string{}
	check := func(key, address string) {
		if fault := checkAddress(address); fault != "" {
			faults.add(key, "%q %s", address, fault)
			return
		}
		if other, taken := listeners[address]; taken && !strings.HasSuffix(address, ":0") {
			faults.add(key, "%s is the address of %s already", address, other)
		}
		listeners[address] = key
	}
	check("server.listen", c.Server.Listen)
	if c.Admin.Enabled() {
		check("admin.listen", c.Admin.Listen)
	}
	if c.Demo() {
		check("simulator.listen", c.Simulator.Listen)
	}
}

// checkAddress returns the fault of an address to listen on, or "".
func checkAddress(address string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return "is not host:port"
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "has no port from 0 to 65535"
	}
	return ""
}

// leastPurgeToken is how long the operators' token is at least, in bytes.
const leastPurgeToken = 32

func (c Config) checkAdmin(faults *faults) {
	token := c.Admin.PurgeToken.Reveal()
	if token == "" {
		return
	}
	if len(token) < leastPurgeToken {
		faults.add("admin.purge_token", "has %d characters, at least %d are needed", len(token), leastPurgeToken)
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		faults.add("admin.purge_token", "has characters that no header carries: take letters, digits and signs of ASCII")
	}
	if !c.Admin.Enabled() {
		faults.add("admin.purge_token", "is of no use without an address of operators: %s is off", names("admin.listen"))
	}
}

func (c Config) checkPersisted(faults *faults) {
	if c.Persisted.OnlyTrusted && c.Persisted.ManifestFile == "" {
		faults.add("persisted.only_trusted", "needs %s", names("persisted.manifest_file"))
	}
}

// checkNames checks the headers and hosts that are let in.
func (c Config) checkNames(faults *faults) {
	for _, header := range c.Server.AllowedHeaders {
		if header == "" || strings.Trim(strings.ToLower(header), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			faults.add("server.allowed_headers", "%q is no name of a header", header)
		}
	}
	for _, host := range c.Server.AllowedHosts {
		if parsed, err := url.Parse("http://" + host); err != nil || parsed.Host != host || parsed.Hostname() == "" {
			faults.add("server.allowed_hosts", "%q is neither a host nor host:port", host)
		}
	}
}

// OnlyLoopback reports whether callers are asked for no credentials, and only this machine reaches the address of
// users.
func (c Config) OnlyLoopback() bool { return c.Auth.Mode == AuthNone && loopback(c.Server.Listen) }

// OnlyLoopback reports whether only this machine reaches the address of operators.
func (a Admin) OnlyLoopback() bool { return loopback(a.Listen) }

// loopback reports whether only this machine reaches an address.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func (c Config) checkAges(faults *faults) {
	ages := reflect.ValueOf(c.Ages)
	for i := range ages.NumField() {
		age, ok := reflect.TypeAssert[Age](ages.Field(i))
		if !ok {
			continue
		}
		name := "ages." + ages.Type().Field(i).Tag.Get("yaml")
		order := func(lesser, greater string, least, most time.Duration) {
			if least > most {
				faults.add(name+"."+lesser, "%s is more than %s.%s, %s", shortDuration(least), name, greater, shortDuration(most))
			}
		}
		order("fresh", "stale", age.Fresh, age.Stale)
		order("stale", "dead", age.Stale, age.Dead)
	}
}

func (c Config) checkQuota(faults *faults) {
	if c.Limits.DefaultFirst > c.Limits.First {
		faults.add("limits.default_first", "%d is more than limits.first, %d", c.Limits.DefaultFirst, c.Limits.First)
	}
	c.checkOperationQuotas(faults)
	if c.Limits.QuotaCalls > c.Quota.Minute.Limit {
		faults.add("limits.quota_calls", "%d is more than quota.minute.limit, %d", c.Limits.QuotaCalls, c.Quota.Minute.Limit)
	}
}

func (c Config) checkRegions(faults *faults) {
	seen := map[string]bool{}
	for i, region := range c.Regions {
		switch {
		case strings.TrimSpace(region.Code) == "":
			faults.add("regions", "entry %d has no code", i+1)
		case seen[region.Code]:
			faults.add("regions", "%s stands twice", region.Code)
		}
		seen[region.Code] = true
	}
}
