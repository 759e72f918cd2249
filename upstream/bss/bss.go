// Package bss calls BSS as a partner. One operation is documented: it reads the pay-per-use resources of the partner's
// customers, all of a customer or up to 50 ids in a call.
//
// The package keeps no data and knows no other system. For what the documents forbid it returns a *rest.InputError
// without a call; every other error is a *rest.Error. The rest.Client must be made with SuccessCode, or business errors
// inside a 200 would pass as data.
package bss

import "github.com/opsgraph/opsgraph/upstream/rest"

// Language is the language of product descriptions, in the spelling of BSS (QUIRKS 42). ProductSpecDescription depends
// on it, so it belongs in a cache's key.
type Language string

// The languages. The zero value sends none, and BSS takes Chinese.
const (
	Chinese Language = "zh_CN"
	English Language = "en_US"
)

// Options are what the documents leave open about BSS.
type Options struct {
	// Language is that of product descriptions; "" leaves it to BSS.
	Language Language
	// MaxPages bounds the pages of one list, which is then marked as truncated; 0 is 100.
	MaxPages int
}

// defaultMaxPages is that of all lists of the gateway.
const defaultMaxPages = 100

// Client calls BSS. It is safe for use by many goroutines at once.
type Client struct {
	rest    *rest.Client
	options Options
}

// New is a client that sends its calls through c, which holds address, credentials and limits.
func New(c *rest.Client, o Options) *Client {
	if o.MaxPages <= 0 {
		o.MaxPages = defaultMaxPages
	}
	return &Client{rest: c, options: o}
}

// SuccessCode reports whether an error code in the body of a 200 means success (QUIRKS 85).
func SuccessCode(code string) bool { return code == "" || code == "CBC.0000" }

// refuse is the error of an argument, by the caller's name for it; the message is a phrase that follows the name.
func refuse(field, message string) error {
	return &rest.InputError{System: "bss", Field: field, Message: message}
}
