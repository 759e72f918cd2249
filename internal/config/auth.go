package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Auth says which callers the gateway accepts.
type Auth struct {
	Mode        string        `yaml:"mode" env:"OPSGRAPH_AUTH_MODE" values:"none passthrough jwt" doc:"Who may ask: none (everyone who reaches the address, with the gateway's own credentials upstream), passthrough (the caller's token of the upstream), jwt (the gateway's own callers, with the gateway's own credentials upstream). See security.md."`
	SecretKey   Secret        `yaml:"secret_key" env:"OPSGRAPH_SECRET_KEY" doc:"Keys the hashes by which callers are known; equal on all replicas; 32 random bytes or more as text. Required with passthrough and Redis; empty means a random one for this process."`
	AcceptedFor time.Duration `yaml:"accepted_for" env:"OPSGRAPH_AUTH_ACCEPTED_FOR" doc:"How long a caller's token counts as accepted after the upstream took it (passthrough): a revoked one reads kept data so long at most."`
	RefusedFor  time.Duration `yaml:"refused_for" env:"OPSGRAPH_AUTH_REFUSED_FOR" doc:"How long it is remembered that the upstream refused a caller's token (passthrough); 10 s at most."`
	Scope       string        `yaml:"scope" env:"OPSGRAPH_AUTH_SCOPE" values:"domain token" doc:"What callers with kept data in common share (passthrough): domain (the domain id that came with an accepted token) or token (nothing is shared between two tokens). Choose token where the upstream takes a token with a domain id that is not its own."`
	Issuer      string        `yaml:"issuer" env:"OPSGRAPH_AUTH_ISSUER" doc:"Claim iss of the callers' tokens (jwt)."`
	Audience    string        `yaml:"audience" env:"OPSGRAPH_AUTH_AUDIENCE" doc:"Claim aud that the callers' tokens must name (jwt)."`
	JWKSURL     URL           `yaml:"jwks_url" env:"OPSGRAPH_AUTH_JWKS_URL" reload:"yes" doc:"Where the issuer's public keys are read, https:// (http:// on loopback only). No other address is ever asked (jwt)."`
	JWKSFile    string        `yaml:"jwks_file" env:"OPSGRAPH_AUTH_JWKS_FILE" reload:"yes" file:"yes" doc:"The issuer's public keys as a file, in place of auth.jwks_url: a JSON Web Key Set (jwt)."`
	Algorithms  []string      `yaml:"algorithms" env:"OPSGRAPH_AUTH_ALGORITHMS" doc:"Signature algorithms that are accepted, asymmetric ones only (jwt)."`
	TenantClaim string        `yaml:"tenant_claim" env:"OPSGRAPH_AUTH_TENANT_CLAIM" doc:"Claim that names the caller's tenant; it must be there then. It tells callers apart for limits and divides no data: all see the gateway's own (jwt). Empty: none."`
	ClockSkew   time.Duration `yaml:"clock_skew" env:"OPSGRAPH_AUTH_CLOCK_SKEW" zero:"ok" doc:"How far ahead of our clock the claim nbf may be; 60 s at most. The claim exp has no tolerance (jwt)."`
}

// The words of Auth.Mode.
const (
	AuthNone        = "none"
	AuthPassthrough = "passthrough"
	AuthJWT         = "jwt"
)

// The words of Auth.Scope.
const (
	AuthScopeDomain = "domain"
	AuthScopeToken  = "token"
)

const (
	longestRefusal = 10 * time.Second
	longestSkew    = time.Minute
	leastSecretKey = 32
)

// asymmetricAlgorithms are the signature algorithms that a public key checks.
func asymmetricAlgorithms() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
}

func (c Config) checkAuth(faults *faults) {
	if c.Auth.Mode == AuthNone && !c.Server.AllowAnonymous && checkAddress(c.Server.Listen) == "" &&
		!loopback(c.Server.Listen) {
		faults.add("server.listen", "%s is not loopback, and auth mode none lets everyone in who reaches it: "+
			"set OPSGRAPH_ALLOW_ANONYMOUS=1 if that is meant", c.Server.Listen)
	}
	if length := len(c.Auth.SecretKey.Reveal()); length > 0 && length < leastSecretKey {
		faults.add("auth.secret_key", "has %d bytes, at least %d are needed", length, leastSecretKey)
	}
	if c.Auth.RefusedFor > longestRefusal {
		faults.add("auth.refused_for", "%s is more than %s", shortDuration(c.Auth.RefusedFor), shortDuration(longestRefusal))
	}
	if c.Auth.ClockSkew > longestSkew {
		faults.add("auth.clock_skew", "%s is more than %s", shortDuration(c.Auth.ClockSkew), shortDuration(longestSkew))
	}
	switch c.Auth.Mode {
	case AuthPassthrough:
		c.checkPassthrough(faults)
	case AuthJWT:
		c.checkJWT(faults)
	}
	for _, proxy := range c.Server.TrustedProxies {
		if _, err := ParseNetwork(proxy); err != nil {
			faults.add("server.trusted_proxies", "%q is neither an address nor a network", proxy)
		}
	}
}

func (c Config) checkPassthrough(faults *faults) {
	if c.Auth.SecretKey == "" && c.Redis.Coordination() != "" {
		faults.add("auth.secret_key", "required with auth mode passthrough and Redis, equal on all replicas")
	}
	if c.ESM.URL == "" && !c.Demo() {
		faults.add("esm.url", "required with auth mode passthrough: ESM is asked whether it takes a caller's token")
	}
}

func (c Config) checkJWT(faults *faults) {
	if c.Auth.Issuer == "" {
		faults.add("auth.issuer", "required with auth mode jwt")
	}
	if c.Auth.Audience == "" {
		faults.add("auth.audience", "required with auth mode jwt")
	}
	switch fault := checkKeysURL(c.Auth.JWKSURL); {
	case c.Auth.JWKSFile != "" && c.Auth.JWKSURL != "":
		faults.add("auth.jwks_file", "and %s are both set: only one may be", names("auth.jwks_url"))
	case c.Auth.JWKSFile == "" && fault != "":
		faults.add("auth.jwks_url", "%s", fault)
	}
	if len(c.Auth.Algorithms) == 0 {
		faults.add("auth.algorithms", "required with auth mode jwt")
	}
	for _, algorithm := range c.Auth.Algorithms {
		if !slices.Contains(asymmetricAlgorithms(), algorithm) {
			faults.add("auth.algorithms", "%q is not one of %s", algorithm, strings.Join(asymmetricAlgorithms(), ", "))
		}
	}
}

// checkKeysURL returns the fault of the address of the issuer's keys, or "". Keys over plain HTTP could be forged.
func checkKeysURL(address URL) string {
	if address == "" {
		return "required with auth mode jwt, or " + names("auth.jwks_file")
	}
	if fault := checkBaseURL(address); fault != "" && !strings.Contains(fault, "query") {
		return fault
	}
	parsed, err := url.Parse(address.Reveal())
	if err != nil {
		return "is not a URL"
	}
	if parsed.Scheme == "http" && !loopback(net.JoinHostPort(parsed.Hostname(), "0")) {
		return "must begin with https://, except on loopback"
	}
	return ""
}

// ParseNetwork reads an address, or a network such as 10.0.0.0/8, as a network.
func ParseNetwork(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	return netip.ParsePrefix(text)
}
