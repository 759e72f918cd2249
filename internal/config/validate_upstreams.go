package config

import (
	"net/url"
	"strings"
	"time"
)

// checkUpstreams checks the addresses of the systems and that each is set completely or not at all.
func (c Config) checkUpstreams(faults *faults) {
	for _, system := range []named{
		{"esm.url", c.ESM.URL},
		{"iam.url", c.IAM.URL},
		{"gaussdb.url", c.GaussDB.URL},
		{"workspace.url", c.Workspace.URL},
		{"bss.url", c.BSS.URL},
	} {
		if fault := checkBaseURL(system.address); system.address != "" && fault != "" {
			faults.add(system.key, "%s", fault)
		}
	}
	c.checkESM(faults)
	c.checkIAM(faults)
	c.checkRetryAfter(faults)
	if body := c.Upstream.BodyBytes; c.Upstream.BytesInFlight < 2*body {
		faults.add("upstream.bytes_in_flight", "%d is less than twice upstream.body_bytes, %d",
			c.Upstream.BytesInFlight, body)
	}
	if !strings.HasPrefix(c.Upstream.ELBV3Path, "/") {
		faults.add("upstream.elbv3_path", "%q does not begin with /", c.Upstream.ELBV3Path)
	}
}

// longestWait is the longest pause of quota and cache after a refusal by the upstream.
const longestWait = 2 * time.Minute

func (c Config) checkRetryAfter(faults *faults) {
	retry := c.Upstream.Retry
	if retry.MaxRetryAfter > longestWait {
		faults.add("upstream.retry.max_retry_after", "%s is more than %s", shortDuration(retry.MaxRetryAfter),
			shortDuration(longestWait))
	}
	if retry.DefaultRetryAfter > retry.MaxRetryAfter {
		faults.add("upstream.retry.default_retry_after", "%s is more than upstream.retry.max_retry_after, %s",
			shortDuration(retry.DefaultRetryAfter), shortDuration(retry.MaxRetryAfter))
	}
}

// checkBaseURL returns the fault of the base address of a system, or "". It never repeats the address, which may have a
// password.
func checkBaseURL(address URL) string {
	parsed, err := url.Parse(address.Reveal())
	switch {
	case err != nil:
		return "is not a URL"
	case parsed.Scheme != "http" && parsed.Scheme != "https":
		return "must begin with https:// or http://"
	case parsed.Hostname() == "":
		return "has no host"
	case parsed.User != nil:
		return "must not hold credentials: they have keys of their own"
	case parsed.RawQuery != "" || parsed.Fragment != "":
		return "must not have a query or a fragment"
	default:
		return ""
	}
}

func (c Config) checkESM(faults *faults) {
	if c.ESM == (ESM{}) {
		return
	}
	if c.ESM.URL == "" {
		faults.add("esm.url", "required, because other keys of ESM are set")
		return
	}
	if c.ESM.APIG() == "" || c.ESM.HCSO() == "" {
		faults.add("esm.appcode", "required with esm.url, or both esm.apig_appcode and esm.hcso_appcode")
	}
}

// checkIAM checks that the gateway's own credentials are complete when any is set, and set when a system needs them. In
// pass-through mode callers send their own tokens, so no system does.
func (c Config) checkIAM(faults *faults) {
	projectSystem := first(
		named{"esm.url", c.ESM.URL}, named{"gaussdb.url", c.GaussDB.URL}, named{"workspace.url", c.Workspace.URL},
	)
	system := projectSystem
	if system == "" && c.BSS.URL != "" {
		system = "bss.url"
	}
	if c.IAM == (IAM{}) && (system == "" || c.Auth.Mode == AuthPassthrough) {
		return
	}
	because := "because other keys of IAM are set"
	if system != "" {
		because = "with " + system
	}
	for _, key := range []struct {
		name    string
		missing bool
	}{
		{"iam.url", c.IAM.URL == ""},
		{"iam.username", c.IAM.Username == ""},
		{"iam.password", c.IAM.Password == ""},
		{"iam.domain_name", c.IAM.DomainName == ""},
	} {
		if key.missing {
			faults.add(key.name, "required %s", because)
		}
	}
	switch {
	case c.IAM.ProjectID != "" && c.IAM.ProjectName != "":
		faults.add("iam.project_id", "and %s are both set: only one may be", names("iam.project_name"))
	case c.IAM.ProjectID == "" && c.IAM.ProjectName == "" && projectSystem != "":
		faults.add("iam.project_id", "or %s: required with %s", names("iam.project_name"), projectSystem)
	}
}

// named is a system's key and its address.
type named struct {
	key     string
	address URL
}

// first returns the key of the first system that has an address; empty when none has.
func first(systems ...named) string {
	for _, system := range systems {
		if system.address != "" {
			return system.key
		}
	}
	return ""
}

// checkRedis checks the addresses of Redis. net/url refuses a list of hosts, so each host is checked alone.
func (c Config) checkRedis(faults *faults) {
	for _, redis := range []struct {
		named

		fileKey, file string
	}{
		{named{"redis.url", c.Redis.URL}, "redis.password_file", c.Redis.PasswordFile},
		{
			named{"redis.coordination_url", c.Redis.CoordinationURL},
			"redis.coordination_password_file",
			c.Redis.CoordinationPasswordFile,
		},
	} {
		if fault := checkRedisURL(redis.address); redis.address != "" && fault != "" {
			faults.add(redis.key, "%s", fault)
		}
		switch {
		case redis.file == "":
		case redis.address == "":
			faults.add(redis.fileKey, "needs %s", names(redis.key))
		case hasPassword(redis.address):
			faults.add(redis.fileKey, "%s has a password already: only one may be set", names(redis.key))
		}
	}
	if strings.ContainsAny(c.Redis.Environment, ":{} \t\n") || c.Redis.Environment == "" {
		faults.add("redis.environment", "%q is not a name without spaces, colons and braces", c.Redis.Environment)
	}
}

func checkRedisURL(address URL) string {
	scheme, rest, found := strings.Cut(address.Reveal(), "://")
	switch scheme {
	case "redis", "rediss", "redis+sentinel", "rediss+sentinel":
	default:
		found = false
	}
	if !found {
		return "must begin with redis://, rediss:// or redis+sentinel://"
	}
	authority, _, _ := strings.Cut(rest[strings.LastIndexByte(rest, '@')+1:], "/")
	authority, _, _ = strings.Cut(authority, "?")
	for host := range strings.SplitSeq(authority, ",") {
		parsed, err := url.Parse("redis://" + host)
		if err != nil || parsed.Hostname() == "" {
			return "has a host that cannot be read"
		}
	}
	return ""
}

// hasPassword reports whether an address of Redis has a password. A user alone may stand there: user@host.
func hasPassword(address URL) bool {
	_, rest, _ := strings.Cut(address.Reveal(), "://")
	at := strings.LastIndexByte(rest, '@')
	return at >= 0 && strings.Contains(rest[:at], ":")
}
