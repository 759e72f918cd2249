// Package iam obtains the gateway's own token from IAM and keeps it current.
//
// It knows nothing of callers: a caller's token passes through upstream/rest as it came and is never renewed.
package iam

import (
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// createToken is the call that issues a token. Source: IAM v3, operation createToken. It is a command by its method,
// and a wrong password tried again locks the user (QUIRKS 103): only [TokenSource] repeats it. A second token does no
// harm, so its failures are retryable for callers.
var createToken = rest.Endpoint[tokenAnswer]{Spec: rest.Spec{
	System:          "iam",
	Operation:       "createToken",
	Method:          "POST",
	Path:            "/v3/auth/tokens",
	Timeout:         3 * time.Second,
	Repeatable:      true,
	Unauthenticated: true,
	MaxBytes:        1 << 20,
}}

// Endpoints lists the operations of the package.
func Endpoints() []rest.Spec { return []rest.Spec{createToken.Spec} }
