package rest

import "context"

// Identity is the caller on whose behalf a call is made. The zero value is the gateway itself, with its own
// credentials.
type Identity struct {
	// Scope separates the cached data of tenants; it goes into every cache key. Empty means the gateway's own.
	Scope string
	// Token is the caller's IAM token, sent as X-Auth-Token in place of the gateway's own. This package never renews it.
	Token Secret
	// DomainID is sent as x-hcso-domainid in place of the configured one; empty leaves that (QUIRKS 87).
	DomainID string
	// AppCodeGroup separates callers whose calls count against different AppCodes; empty means the gateway's own. It is
	// appended to the name of the quota group after an "@".
	AppCodeGroup string
}

type identityKey struct{}

// WithIdentity returns a context whose calls are made on behalf of id.
func WithIdentity(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, id)
}

// IdentityFrom returns the identity set by [WithIdentity], else the zero value.
func IdentityFrom(ctx context.Context) Identity {
	id, _ := ctx.Value(identityKey{}).(Identity)
	return id
}
