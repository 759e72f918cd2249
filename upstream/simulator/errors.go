package simulator

import (
	"cmp"
	"fmt"
	"net/http"
)

// system is one of the upstream's systems; it decides the form of errors and the credentials.
type system int

const (
	systemESM system = iota
	systemMetering
	systemScreens
	systemGaussDB
	systemWorkspace
	systemBSS
	systemIAM
)

// refusal is an answer that is an error, in its system's form (QUIRKS 84).
type refusal struct {
	status  int
	code    string // error_code; unused by IAM
	message string
	gateway bool              // from the API gateway before the system: with a request id
	header  map[string]string // further headers
}

// Error is the refusal's status, code and message.
func (r *refusal) Error() string { return fmt.Sprintf("%d %s %s", r.status, r.code, r.message) }

// badParameter is the system's refusal of a parameter.
func badParameter(sys system, message string) *refusal {
	code := map[system]string{
		systemGaussDB: "DBS.280001", systemWorkspace: "WKS.00010001", systemBSS: "CBC.0101",
	}[sys]
	return &refusal{status: http.StatusBadRequest, code: cmp.Or(code, "AS.0001"), message: message}
}

// notFound is ESM's answer to an unknown path or method (QUIRKS 82).
func notFound() *refusal {
	return &refusal{status: http.StatusNotFound, code: "AS.0404", message: "rest interface not found"}
}

// unauthorised is the gateway's answer to a missing, unknown or ended token.
func unauthorised(message string) *refusal {
	return &refusal{
		status: http.StatusUnauthorized, code: "APIGW.0301", gateway: true,
		message: "Incorrect IAM authentication information: " + message,
	}
}

// forbidden is the answer when a right is missing.
func forbidden(sys system, message string) *refusal {
	code := map[system]string{
		systemGaussDB: "DBS.200011", systemWorkspace: "WKS.00010003", systemBSS: "CBC.0151",
	}[sys]
	if code == "" {
		return &refusal{status: http.StatusForbidden, code: "APIGW.0303", message: message, gateway: true}
	}
	return &refusal{status: http.StatusForbidden, code: code, message: message}
}

// body writes the refusal in its system's form.
func (r *refusal) body(sys system, requestID string) []byte {
	var form any
	switch {
	case sys == systemIAM && !r.gateway:
		form = map[string]any{"error": map[string]any{
			"code": r.status, "message": r.message, "title": http.StatusText(r.status),
		}}
	case r.gateway:
		form = map[string]string{"error_msg": r.message, "error_code": r.code, "request_id": requestID}
	default:
		form = map[string]string{"error_msg": r.message, "error_code": r.code}
	}
	return encoded(form)
}
