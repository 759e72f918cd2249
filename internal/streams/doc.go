// Package streams carries operations over connections that stay: WebSockets (graphql-transport-ws) and event streams
// (GraphQL over SSE). It bounds them for each caller, asks again while they stay whether the caller may still ask, and
// ends them when the gateway stops.
package streams
