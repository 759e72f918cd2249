// Package workspace calls Workspace (cloud desktops). Two operations are documented: each starts an export of usage
// statistics. How an export goes on, and its file, are read by calls outside the documents.
//
// The package keeps no data and knows no other system. For what the documents forbid it returns a *rest.InputError
// without a call; every other error is a *rest.Error.
package workspace

import (
	"cmp"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Options are what the documents leave open about Workspace. The zero value takes the likely reading.
type Options struct {
	// TimeLayout is the layout of the window's ends, which are sent in UTC; empty is DefaultTimeLayout. The documents say
	// "GMT" and give no sample (QUIRKS 50).
	TimeLayout string
	// FileBytes is the largest file that is handed on; zero means 256 MiB.
	FileBytes int64
}

// DefaultTimeLayout has whole seconds and a literal Z, as this provider's other interfaces have it.
const DefaultTimeLayout = "2006-01-02T15:04:05Z"

// Client calls Workspace. It is safe for use by many goroutines at once.
type Client struct {
	rest       *rest.Client
	timeLayout string
	fileBytes  int64
}

// New is a client that sends its calls through c, which holds address, credentials and limits.
func New(c *rest.Client, o Options) *Client {
	if o.TimeLayout == "" {
		o.TimeLayout = DefaultTimeLayout
	}
	return &Client{rest: c, timeLayout: o.TimeLayout, fileBytes: cmp.Or(o.FileBytes, defaultFileBytes)}
}

// refuse is the error of an argument, by the caller's name for it; the message is a phrase that follows the name.
func refuse(field, message string) error {
	return &rest.InputError{System: "workspace", Field: field, Message: message}
}
