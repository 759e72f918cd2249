package gateway

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/internal/answers"
	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/listen"
)

// FixedError is the refusal of a configuration that changes keys which a gateway takes over at its start alone.
type FixedError struct{ Keys []string }

// Error implements error. It has no values.
func (e *FixedError) Error() string {
	return "these keys need a restart, and nothing was taken over: " + strings.Join(e.Keys, ", ")
}

// Change is another configuration that a gateway can take over: everything that it needs was read and checked, and
// nothing is in force yet. Exactly one of Apply and Discard must be called.
type Change struct {
	// Keys are those whose values differ.
	Keys []string

	prepared interface {
		apply()
		discard()
	}
}

// Apply has the change in force: requests, connections and logins that begin from now on see all of it. What is under
// way goes on with what it began with.
func (c *Change) Apply() { c.prepared.apply() }

// Discard leaves everything as it was.
func (c *Change) Discard() { c.prepared.discard() }

// preparation is what a [Change] is made of.
type preparation struct {
	keys    []string
	replica *replica
	cfg     config.Config
	before  *edition
	next    *edition          // nil where requests keep their settings
	secured *listen.Secured   // nil without TLS
	renew   func()            // of the upstreams' secrets
	files   [sha256.Size]byte // that editions are made of
}

// ErrClosed means that a gateway has ended, and takes no change over any more.
var ErrClosed = errors.New("the gateway has ended")

// Prepare implements Gateway.
func (g *replica) Prepare(ctx context.Context, cfg config.Config) (*Change, error) {
	g.reloading.Lock()
	if g.closed {
		g.reloading.Unlock()
		return nil, ErrClosed
	}
	c, err := g.prepare(ctx, cfg)
	if err != nil {
		g.reloading.Unlock()
		return nil, err
	}
	return &Change{Keys: c.keys, prepared: c}, nil
}

func (g *replica) prepare(ctx context.Context, cfg config.Config) (c *preparation, err error) {
	if g.demo != nil && cfg.Demo() {
		cfg = g.demo.configure(cfg)
	}
	c = &preparation{replica: g, cfg: cfg, before: g.present()}
	var fixed []string
	if c.keys, fixed = config.Changes(g.settings, cfg); len(fixed) > 0 {
		return nil, &FixedError{Keys: fixed}
	}
	if g.certificate != nil {
		if c.secured, err = g.certificate.Read(); err != nil {
			return nil, fmt.Errorf("%s: %w", config.Label("server.tls_certificate_file"), err)
		}
	}
	if c.renew, err = g.upstreams.Renew(cfg); err != nil {
		return nil, err
	}
	if c.files, err = filesOf(cfg); err != nil {
		return nil, err
	}
	if c.files == g.files && !slices.ContainsFunc(c.keys, ofRequests) {
		return c, nil
	}
	next := &edition{replica: g, cfg: cfg, number: c.before.number + 1}
	if next.callers, err = c.before.callers.Again(ctx, cfg); err != nil {
		return nil, err
	}
	if err := next.addHandler(); err != nil {
		next.callers.Discard()
		return nil, err
	}
	c.next = next
	return c, nil
}

// ofRequests reports whether requests are answered by a key: the others that reload count for the process.
func ofRequests(key string) bool {
	return !slices.Contains([]string{
		"log.level", "iam.password", "esm.appcode", "esm.apig_appcode", "esm.hcso_appcode",
	}, key)
}

func (c *preparation) apply() {
	g := c.replica
	defer g.reloading.Unlock()
	if c.next != nil {
		g.edition.Store(c.next)
		c.next.callers.InForce(c.before.callers)
		g.gate.Bound(c.cfg.Limits.CPU, c.cfg.Limits.Queue)
		c.before.documents.Retire()
		g.dropAnswers(answers.DroppedChange)
	}
	if c.secured != nil {
		g.certificate.Use(c.secured)
	}
	c.renew()
	g.settings, g.files = c.cfg, c.files
}

func (c *preparation) discard() {
	if c.next != nil {
		c.next.callers.Discard()
	}
	c.replica.reloading.Unlock()
}

// RenewKeys implements Gateway.
func (g *replica) RenewKeys() { g.present().callers.RenewKeys() }

// NoteRefused implements Gateway.
func (g *replica) NoteRefused(isRefused bool) { g.refused.Store(isRefused) }

// filesOf is a hash of the files that an edition is made of.
func filesOf(cfg config.Config) (sum [sha256.Size]byte, err error) {
	hash := sha256.New()
	for _, file := range []string{cfg.Persisted.ManifestFile, cfg.Auth.JWKSFile} {
		var text []byte
		if file != "" {
			if text, err = os.ReadFile(file); err != nil {
				return sum, fmt.Errorf("file of the configuration: %w", err)
			}
		}
		of := sha256.Sum256(text)
		hash.Write(of[:])
	}
	return [sha256.Size]byte(hash.Sum(nil)), nil
}

// certificateFiles are those of TLS on the address of users.
func certificateFiles(cfg config.Config) listen.CertificateFiles {
	return listen.CertificateFiles{
		Certificate: cfg.Server.TLSCertificateFile, Key: cfg.Server.TLSKeyFile, ClientCA: cfg.Server.TLSClientCAFile,
		Optional: cfg.Server.TLSClientAuth == config.ClientAuthVerify,
	}
}
