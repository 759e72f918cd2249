// Package streams carries operations over connections that stay: WebSockets (graphql-transport-ws) and event streams
// (GraphQL over SSE). It bounds them for each caller, admits their callers again while they stay, and ends them when
// the gateway stops.
package streams
