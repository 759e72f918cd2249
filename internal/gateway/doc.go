// Package gateway is the outer side of opsgraph: it takes GraphQL requests over HTTP, refuses what is malformed,
// hostile or outside the documented limits before any work is done for it, and writes the answers. It wires the parts
// below it together.
//
// It must not decide what a field answers or which code an upstream's failure has (package resolvers does), and it must
// not call an upstream.
package gateway
