package upstreams

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/trust"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// secrets are what the clients know their systems by, and show to them. They never change, and are replaced as a whole.
type secrets struct {
	tls   *tls.Config       // nil: the roots of this machine, and no certificate
	roots *x509.CertPool    // nil: those of this machine
	sum   [sha256.Size]byte // of all that calls show
}

// same reports whether both know and show the same.
func (s *secrets) same(other *secrets) bool { return s.sum == other.sum && s.roots.Equal(other.roots) }

// secretsOf reads the files of a configuration.
func secretsOf(cfg config.Config) (*secrets, error) {
	of, sum := cfg.Upstream, sha256.New()
	held := &secrets{}
	if of.CAFile != "" {
		var err error
		if held.roots, err = trust.Authorities(of.CAFile); err != nil {
			return nil, fmt.Errorf("%s: %w", config.Label("upstream.ca_file"), err)
		}
		held.tls = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: held.roots}
	}
	if of.CertificateFile != "" {
		pair, err := tls.LoadX509KeyPair(of.CertificateFile, of.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", config.Label("upstream.certificate_file"), err)
		}
		if held.tls == nil {
			held.tls = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		held.tls.Certificates = []tls.Certificate{pair}
		for _, part := range pair.Certificate {
			sum.Write(part)
		}
	}
	for _, code := range []config.Secret{cfg.ESM.APIG(), cfg.ESM.HCSO()} {
		digest := sha256.Sum256([]byte(code.Reveal()))
		sum.Write(digest[:])
	}
	held.sum = [sha256.Size]byte(sum.Sum(nil))
	return held, nil
}

// esmHeaders are the fixed headers of ESM.
func (c *Clients) esmHeaders(cfg config.Config) map[string]rest.Secret {
	headers := map[string]rest.Secret{}
	for name, value := range map[string]string{
		"X-APIG-Appcode": cfg.ESM.APIG().Reveal(), "x-hcso-appcode": cfg.ESM.HCSO().Reveal(), "x-hcso-domainid": c.DomainID,
	} {
		if value != "" {
			headers[name] = rest.Secret(value)
		}
	}
	return headers
}

// Renew checks the secrets of another configuration (AppCodes, the password of the gateway's own user, certificates),
// and returns what has calls and logins from now on use them. Nothing changes before that is called. It must not be
// called by several at once.
func (c *Clients) Renew(cfg config.Config) (use func(), err error) {
	held, err := secretsOf(cfg)
	if err != nil {
		return nil, err
	}
	uses := []func(){func() {
		for _, source := range c.tokens {
			source.SetPassword(rest.Secret(cfg.IAM.Password.Reveal()))
		}
	}}
	if held.same(c.secrets.Load()) {
		return uses[0], nil // connections stay
	}
	uses = append(uses, func() {
		c.secrets.Store(held)
		c.Quota.SetAccount(quotaAccount(cfg))
	})
	for system, client := range c.clients {
		credentials := rest.Credentials{TLS: held.tls}
		if system == "esm" {
			credentials.Headers = c.esmHeaders(cfg)
		}
		renew, err := client.Renew(credentials)
		if err != nil {
			return nil, fmt.Errorf("upstream %s: %w", system, err)
		}
		uses = append(uses, renew)
	}
	return func() {
		for _, use := range uses {
			use()
		}
		for _, source := range c.tokens {
			source.Retry() // with what it is shown now
		}
	}, nil
}
