package gateway

import (
	"context"
	"net/http"

	"github.com/opsgraph/opsgraph/internal/config"
)

// Gateway is one replica of the gateway. It is safe for concurrent use.
//
// It is an interface so that its parts stay out of sight: a package that sees them compiles the generic code of every
// cache and list in them once more, which takes two seconds of processor time.
type Gateway interface {
	// Serve binds the addresses and answers until ctx ends; then it drains, and releases everything.
	Serve(ctx context.Context) error
	// Close releases what New made. Serve calls it. It waits for a change that is prepared to be applied or discarded.
	// Calling it again only waits until that is done.
	Close() error
	// Addr is the bound address of users; empty before Serve has bound it.
	Addr() string
	// Handler answers what the address of users answers; for servers of the caller's own.
	Handler() http.Handler
	// Prepare reads and checks all that another configuration needs. The error of a configuration that changes a key which
	// does not reload is a *FixedError, that of a closed gateway [ErrClosed]; whatever it is, everything stays as it was.
	// Until the change is applied or discarded, others wait.
	Prepare(ctx context.Context, cfg config.Config) (*Change, error)
	// RenewKeys has the keys of the tokens' issuer read anew before the next token is checked.
	RenewKeys()
	// NoteRefused has /readyz say whether the configuration as it was read last was refused.
	NoteRefused(isRefused bool)
}

var _ Gateway = (*replica)(nil)
