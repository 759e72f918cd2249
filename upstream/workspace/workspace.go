// Package workspace calls Workspace (cloud desktops), of which two operations are documented: each
// starts an export of usage statistics. How an export goes on and where its file is, no document says.
//
// The package keeps no data and knows no other system. It answers with an *InputError, without a call,
// what the documents forbid; every other error is a *rest.Error.
package workspace

import (
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Options are what the documents leave open about Workspace. The zero value takes the likely reading.
type Options struct {
	// TimeLayout is the layout of the window's ends, which are sent in UTC; empty is DefaultTimeLayout.
	// The documents say "GMT" and give no sample (QUIRKS 50).
	TimeLayout string
}

// DefaultTimeLayout has whole seconds and a literal Z, as this provider's other interfaces have it.
const DefaultTimeLayout = "2006-01-02T15:04:05Z"

// Client calls Workspace. It is safe for use by many goroutines at once.
type Client struct {
	rest       *rest.Client
	timeLayout string
}

// New is a client that sends its calls through c, which holds address, credentials and limits.
func New(c *rest.Client, o Options) *Client {
	if o.TimeLayout == "" {
		o.TimeLayout = DefaultTimeLayout
	}
	return &Client{rest: c, timeLayout: o.TimeLayout}
}

// InputError is an argument that the documents forbid or that would silently find nothing. Nothing was
// sent.
type InputError struct {
	// Field is the argument, in the words of this package's methods.
	Field string
	// Message is what is wrong with it, a plain phrase that follows the field's name.
	Message string
}

// Error is the field and what is wrong with it; it never quotes the value.
func (e *InputError) Error() string { return "workspace: input " + e.Field + " " + e.Message }

// Input is the field and the message, for callers that treat the input errors of all systems alike.
func (e *InputError) Input() (field, message string) { return e.Field, e.Message }
