// Package gaussdb calls GaussDB, of which one operation is documented: to start the collection of an ASP
// (active session profile) report. The reports themselves are read elsewhere.
//
// The package keeps no data and knows no other system. It answers with a *rest.InputError, without a call,
// what the document forbids; every other error is a *rest.Error.
package gaussdb

import (
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Client calls GaussDB. It is safe for use by many goroutines at once.
type Client struct {
	rest *rest.Client
}

// New is a client that sends its calls through c, which holds address, credentials and limits.
func New(c *rest.Client) *Client { return &Client{rest: c} }

// refuse is the error of an argument, which the caller's own words name; the message is a phrase that follows its name.
func refuse(field, message string) error {
	return &rest.InputError{System: "gaussdb", Field: field, Message: message}
}
