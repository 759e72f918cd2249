package upstreams_test

import (
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/upstreams"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Failures that an operator can mend name the settings; those that pass, or are a caller's, name none.
func TestFound_C11_Diagnosis(t *testing.T) {
	const appCode = "Incorrect app authentication information: AppCode is invalid"
	tests := map[string]struct {
		failure *rest.Error
		want    []string // none: no diagnosis
	}{
		"success": {nil, nil},
		"the AppCode, with a caller's token": {
			&rest.Error{System: "esm", Kind: rest.Forbidden, Status: 403, Message: appCode}, []string{"esm.appcode"},
		},
		"a caller's token": {
			&rest.Error{System: "esm", Kind: rest.Unauthenticated, Status: 401, Message: "token expired"}, nil,
		},
		"a right of a caller": {
			&rest.Error{System: "esm", Kind: rest.Forbidden, Status: 403, Message: "no right"}, nil,
		},
		"nothing that is known": {
			&rest.Error{System: "esm", Kind: rest.Forbidden, Status: 403, GatewayCredentials: true},
			[]string{"esm.appcode", "esm.domain_id", "iam.project_id", "iam.username"},
		},
		"a user who is locked": {
			&rest.Error{System: "iam", Kind: rest.Rejected, Status: 401, Message: "The account is locked."},
			[]string{"iam.username", "iam.password", "iam.domain_name"},
		},
		"a login that is slowed": {&rest.Error{System: "iam", Kind: rest.RateLimited, Status: 429}, nil},
		"a customer of no tenant": {
			&rest.Error{System: "bss", Kind: rest.Forbidden, Status: 403, Code: "CBC.0156", GatewayCredentials: true}, nil,
		},
		"a right in BSS": {
			&rest.Error{System: "bss", Kind: rest.Forbidden, Status: 403, Code: "CBC.0151", GatewayCredentials: true},
			[]string{"iam.username", "iam.domain_name"},
		},
		"a project of another system": {
			&rest.Error{System: "gaussdb", Kind: rest.Forbidden, Status: 403, GatewayCredentials: true},
			[]string{"iam.project_id", "iam.username"},
		},
		"an open circuit": {&rest.Error{System: "esm", Kind: rest.Unavailable, Err: rest.ErrCircuitOpen}, nil},
		"a failing upstream": {
			&rest.Error{System: "esm", Kind: rest.Unavailable, Status: 500}, nil,
		},
	}
	for name, test := range tests {
		got, ok := upstreams.Diagnose(config.Config{}, test.failure)
		if ok != (test.want != nil) || strings.Count(got.Settings, "(OPSGRAPH_") != len(test.want) {
			t.Errorf("%s: %+v, %v; want %v", name, got, ok, test.want)
		}
		for _, key := range test.want {
			if !strings.Contains(got.Settings, key+" (OPSGRAPH_") {
				t.Errorf("%s: %q lacks %s", name, got.Settings, key)
			}
		}
	}
}
