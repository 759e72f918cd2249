// Package gaussdb calls GaussDB. One operation is documented: it starts the collection of an ASP (active session
// profile) report. How a collection goes on is read by a call outside the documents.
//
// The package keeps no data and knows no other system. For what the document forbids it returns a *rest.InputError
// without a call; every other error is a *rest.Error.
package gaussdb

import "github.com/opsgraph/opsgraph/upstream/rest"

// Client calls GaussDB. It is safe for use by many goroutines at once.
type Client struct{ rest *rest.Client }

// New is a client that sends its calls through c, which holds address, credentials and limits.
func New(c *rest.Client) *Client { return &Client{rest: c} }

// refuse is the error of an argument, by the caller's name for it; the message is a phrase that follows the name.
func refuse(field, message string) error {
	return &rest.InputError{System: "gaussdb", Field: field, Message: message}
}
