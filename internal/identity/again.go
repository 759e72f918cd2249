package identity

import (
	"context"
	"fmt"

	"github.com/opsgraph/opsgraph/internal/config"
)

// Again makes the admission under other settings, of which limits, rates and the issuer's keys count; the counts go on.
// Nothing changes until it is in force. It fails on keys that can't be read, and asks the issuer for them only where
// their address is another one.
func (c *Callers) Again(ctx context.Context, cfg config.Config) (*Callers, error) {
	next := &Callers{
		identifier: c.identifier, limits: c.limits.with(cfg), secret: c.secret, domains: c.domains, keys: c.keys,
	}
	if c.checks != nil {
		next.checks = c.checks.with(cfg.Callers.Checks, cfg.Callers.CheckBurst)
	}
	old, isBearers := c.identifier.(*bearers)
	if !isBearers {
		return next, nil
	}
	b, err := newBearers(cfg, old.secret, old.keys.logger, old.now)
	if err != nil {
		return nil, err
	}
	if b.keys.source() == c.keys {
		b.close()
		return next, nil
	}
	if b.keys.file == nil {
		if err := CheckKeys(ctx, cfg, old.now); err != nil {
			b.close()
			return nil, fmt.Errorf("keys of the tokens' issuer: %w", err)
		}
	}
	next.identifier, next.keys, next.replaces = b, b.keys.source(), true
	return next, nil
}

// InForce has c take the place of the one that it was made of.
func (c *Callers) InForce(before *Callers) {
	if p, ok := c.identifier.(*passthrough); ok {
		p.checks.Store(c.checks)
	}
	if c.replaces {
		before.close()
	}
}

// Discard ends what Again made, where it does not come in force.
func (c *Callers) Discard() {
	if c.replaces {
		c.close()
	}
}

// RenewKeys has the issuer's keys read anew before the next token is checked, once a minute at most: a withdrawn one
// ends at once. Without an issuer it does nothing.
func (c *Callers) RenewKeys() {
	if b, ok := c.identifier.(*bearers); ok {
		b.keys.want()
	}
}
