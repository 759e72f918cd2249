// Package peers measures other servers on work like that of the gateway.
package peers

import (
	"context"
	"flag"
	"io"
)

// Run is `bench peers`.
func Run(_ context.Context, _ *flag.FlagSet, _ []string, _, _ io.Writer) error { return nil }
