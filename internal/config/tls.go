package config

import (
	"strings"
)

// checkTLS checks the keys of certificates that depend on each other.
func (c Config) checkTLS(faults *faults) {
	for _, pair := range []struct{ certificate, key, certificateFile, keyFile string }{
		{"server.tls_certificate_file", "server.tls_key_file", c.Server.TLSCertificateFile, c.Server.TLSKeyFile},
		{"upstream.certificate_file", "upstream.key_file", c.Upstream.CertificateFile, c.Upstream.KeyFile},
		{"redis.certificate_file", "redis.key_file", c.Redis.CertificateFile, c.Redis.KeyFile},
	} {
		if (pair.certificateFile == "") != (pair.keyFile == "") {
			faults.add(pair.certificate, "and %s are set together or not at all", names(pair.key))
		}
	}
	if c.Server.TLSClientCAFile != "" && c.Server.TLSCertificateFile == "" {
		faults.add("server.tls_client_ca_file", "needs %s", names("server.tls_certificate_file"))
	}
	if c.Server.H2C && c.Server.TLSCertificateFile != "" {
		faults.add("server.h2c", "is HTTP/2 without TLS: not with %s", names("server.tls_certificate_file"))
	}
	if (c.Redis.CAFile != "" || c.Redis.CertificateFile != "") && !c.Redis.secure() {
		faults.add("redis.ca_file", "and %s need an address that begins with rediss:// or rediss+sentinel://",
			names("redis.certificate_file"))
	}
}

// secure reports whether the gateway speaks TLS to a Redis.
func (r Redis) secure() bool {
	return strings.HasPrefix(r.URL.Reveal(), "rediss") || strings.HasPrefix(r.CoordinationURL.Reveal(), "rediss")
}
