package upstreams

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Diagnosis is what an operator needs to know of a failed call.
type Diagnosis struct {
	// Words say what is wrong, to follow the name of the system.
	Words string
	// Settings are the keys to look at, with their variables.
	Settings string
	// Credentials means that the gateway's own are refused, else the system can't be reached.
	Credentials bool
}

// Diagnose says which settings to look at when a call has failed for one of them; false for other failures, which pass
// or are the caller's.
func Diagnose(cfg config.Config, e *rest.Error) (Diagnosis, bool) {
	switch {
	case e == nil, errors.Is(e, rest.ErrCircuitOpen), ofCustomer(e):
		return Diagnosis{}, false
	case e.System == "iam" && e.Status/100 == 4 && e.Status != http.StatusTooManyRequests &&
		e.Status != http.StatusRequestTimeout && !errors.Is(e, rest.ErrScheme):
		return loginRefused(e), true
	case (e.GatewayCredentials || saysAppCode(e)) && (e.Kind == rest.Unauthenticated || e.Kind == rest.Forbidden):
		return credentialsRefused(cfg, e), true
	case errors.Is(e, rest.ErrScheme):
		return Diagnosis{Words: schemeWords(e), Settings: labels(e.System + ".url")}, true
	case errors.Is(e, rest.ErrUntrusted):
		return Diagnosis{
			Words: "can't be reached (" + e.Reason() + ")", Settings: labels(e.System+".url", "upstream.ca_file"),
		}, true
	case errors.Is(e, rest.ErrUntrusting):
		return Diagnosis{
			Words: "does not take the gateway's certificate, or wants one", Settings: labels("upstream.certificate_file"),
		}, true
	case e.Kind == rest.Unavailable && e.Status == 0 && e.Reason() != "" && !dropped(e):
		return Diagnosis{Words: "can't be reached (" + e.Reason() + ")", Settings: labels(e.System + ".url")}, true
	default:
		return Diagnosis{}, false
	}
}

// ofCustomer reports whether BSS refuses the customer that was asked for, by a 403 like that of a missing right.
func ofCustomer(e *rest.Error) bool { return e.System == "bss" && e.Code == "CBC.0156" }

// saysAppCode reports whether ESM names the AppCode, which is the gateway's own whoever's token a call carries.
func saysAppCode(e *rest.Error) bool {
	said := strings.ToLower(e.Message)
	return e.System == "esm" && (strings.Contains(said, "appcode") || strings.Contains(said, "app authentication"))
}

// dropped reports whether a connection that was there has ended: the address is right, and it may pass.
func dropped(e *rest.Error) bool {
	for _, cause := range []error{syscall.ECONNRESET, syscall.EPIPE, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(e, cause) {
			return true
		}
	}
	return false
}

func schemeWords(e *rest.Error) string {
	if e.Status != 0 {
		return "wants https at this port, and its address says http"
	}
	return "speaks no TLS at this port, and its address says https"
}

// loginRefused tells apart what IAM refuses a login for, by its status.
func loginRefused(e *rest.Error) Diagnosis {
	d := Diagnosis{Credentials: true}
	switch e.Status {
	case http.StatusUnauthorized:
		d.Words = "refuses the user or the password, which are not tried again until they are changed, " +
			"as some wrong tries lock the user"
		d.Settings = labels("iam.username", "iam.password", "iam.domain_name")
	case http.StatusForbidden:
		d.Words, d.Settings = "gives the user no token", labels("iam.username", "iam.domain_name", "iam.project_id")
	case http.StatusNotFound:
		d.Words, d.Settings = "knows no such project, or is not at this address", labels("iam.project_id", "iam.url")
	default:
		d.Words = "refuses the login"
		d.Settings = labels("iam.url", "iam.domain_name", "iam.project_id")
	}
	return d
}

// credentialsRefused tells apart what a system refuses. The upstream's API gateway has one code for all of it, so its
// own sentence decides which settings come first; what it does not name is listed as a whole.
func credentialsRefused(cfg config.Config, e *rest.Error) Diagnosis {
	d := Diagnosis{Credentials: true}
	said := strings.ToLower(e.Message)
	says := func(words ...string) bool {
		for _, word := range words {
			if strings.Contains(said, word) {
				return true
			}
		}
		return false
	}
	switch {
	case e.System == "bss":
		d.Words, d.Settings = "refuses the user", labels("iam.username", "iam.domain_name")
	case e.System != "esm":
		d.Words, d.Settings = "refuses the project or the user's rights", labels("iam.project_id", "iam.username")
	case saysAppCode(e):
		d.Words, d.Settings = "refuses the AppCode", labels(appCodeKeys(cfg, said)...)
	case says("domainid", "domain id", "domain_id", "tenant"):
		d.Words, d.Settings = "refuses the domain id", labels("esm.domain_id")
	case says("project"):
		d.Words, d.Settings = "refuses the project", labels("iam.project_id")
	case e.Kind == rest.Unauthenticated:
		d.Words, d.Settings = "refuses the gateway's token", labels("iam.url", "esm.url", "iam.project_id")
	default:
		d.Words = "refuses the gateway's credentials"
		d.Settings = labels("esm.appcode", "esm.domain_id", "iam.project_id", "iam.username")
	}
	return d
}

// appCodeKeys are the keys of the AppCodes that may be refused.
func appCodeKeys(cfg config.Config, said string) []string {
	both := []string{"esm.appcode"}
	apig, hcso := cfg.ESM.APIGAppCode != "", cfg.ESM.HCSOAppCode != ""
	switch {
	case strings.Contains(said, "x-apig-appcode") && apig:
		return []string{"esm.apig_appcode"}
	case strings.Contains(said, "x-hcso-appcode") && hcso:
		return []string{"esm.hcso_appcode"}
	case strings.Contains(said, "x-apig-appcode"), strings.Contains(said, "x-hcso-appcode"):
		return both
	}
	if apig {
		both = append(both, "esm.apig_appcode")
	}
	if hcso {
		both = append(both, "esm.hcso_appcode")
	}
	return both
}

// labels joins keys with their variables.
func labels(keys ...string) string {
	all := make([]string, len(keys))
	for i, key := range keys {
		all[i] = config.Label(key)
	}
	return strings.Join(all, ", ")
}
