// Package gateway is the page of wiring: New makes a replica's parts from the bottom up, Serve runs its servers.
// stages.go lists what a request to /graphql passes, in order; routes.go has what else the addresses answer.
//
// It must not decide what a field answers or which code an upstream's failure has (package resolvers does), and must
// not read a request or judge a document itself: each of that has a room of its own beside it.
package gateway
