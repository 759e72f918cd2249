// Package gateway has the wiring: New makes a replica's parts from the bottom up, Serve runs its servers. stages.go
// lists the stages of a request to /graphql, in order; routes.go has all else that the addresses answer.
//
// It must not decide what a field answers or which code an upstream's failure has (package resolvers does), and must
// not read a request or judge a document: packages beside it do.
package gateway
