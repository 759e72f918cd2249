// Package gaussdb calls GaussDB, of which one operation is documented: to start the collection of an ASP
// (active session profile) report. The reports themselves are read elsewhere.
//
// The package keeps no data and knows no other system. It answers with an *InputError, without a call,
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

// InputError is an argument that the document forbids. Nothing was sent.
type InputError struct {
	// Field is the argument, in the words of this package's methods.
	Field string
	// Message is what is wrong with it, a plain phrase that follows the field's name.
	Message string
}

// Error is the field and what is wrong with it; it never quotes the value.
func (e *InputError) Error() string { return "gaussdb: input " + e.Field + " " + e.Message }

// Input is the field and the message, for callers that treat the input errors of all systems alike.
func (e *InputError) Input() (field, message string) { return e.Field, e.Message }
