package operations

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_C11_LogAndReadinessNameTheSetting starts a gateway with one wrong setting and asks it something: one log
// line and /readyz name the setting to look at.
func TestFound_C11_LogAndReadinessNameTheSetting(t *testing.T) {
	t.Parallel()
	const refused, away = "upstream refuses the gateway's credentials", "upstream can't be reached"
	tests := map[string]struct {
		environ                 func(w *kit.World) []string
		level, message, setting string
	}{
		"AppCode": {
			func(*kit.World) []string { return []string{"OPSGRAPH_ESM_APPCODE=wrong"} },
			"ERROR", refused, "esm.appcode (OPSGRAPH_ESM_APPCODE)",
		},
		"domain id": {
			func(*kit.World) []string { return []string{"OPSGRAPH_ESM_DOMAIN_ID=wrong"} },
			"ERROR", refused, "esm.domain_id (OPSGRAPH_ESM_DOMAIN_ID)",
		},
		"project": {
			func(*kit.World) []string { return []string{"OPSGRAPH_IAM_PROJECT_ID=wrong"} },
			"ERROR", refused, "iam.project_id (OPSGRAPH_IAM_PROJECT_ID)",
		},
		"password": {
			func(*kit.World) []string { return []string{"OPSGRAPH_IAM_PASSWORD=wrong"} },
			"ERROR", refused, "iam.password (OPSGRAPH_IAM_PASSWORD)",
		},
		"IAM is away": {
			func(*kit.World) []string { return []string{"OPSGRAPH_IAM_URL=http://127.0.0.1:1"} },
			"WARN", away, "iam.url (OPSGRAPH_IAM_URL)",
		},
		"https to http": {
			func(w *kit.World) []string {
				return []string{"OPSGRAPH_ESM_URL=" + strings.Replace(w.Server.URL, "http:", "https:", 1)}
			},
			"ERROR", away, "esm.url (OPSGRAPH_ESM_URL)",
		},
		"http to https": {
			func(*kit.World) []string {
				secure := httptest.NewTLSServer(http.NotFoundHandler())
				t.Cleanup(secure.Close)
				return []string{"OPSGRAPH_ESM_URL=" + strings.Replace(secure.URL, "https:", "http:", 1)}
			},
			"ERROR", away, "esm.url (OPSGRAPH_ESM_URL)",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newPresentWorld(t)
			o := operate(t, w, test.environ(w)...)
			for range 3 {
				o.ask(t, `{ alarms(first: 1) { totalCount } }`)
			}
			lines := func() (n int) {
				for line := range strings.Lines(o.log.String()) {
					if strings.Contains(line, "level="+test.level+" msg=\""+test.message) && strings.Contains(line, test.setting) {
						n++
					}
				}
				return n
			}
			testkit.Eventually(t, "no line names the setting", func() bool { return lines() > 0 })
			if n := lines(); n != 1 {
				t.Errorf("%d lines at level %s name %s, want one:\n%s", n, test.level, test.setting, o.log)
			}
			state := o.readiness(t)
			if state.Status != "degraded" || !strings.Contains(strings.Join(state.Reasons, "\n"), test.setting) {
				t.Errorf("readyz: %+v", state)
			}
		})
	}
}

// TestFound_C11_TroubleEnds: a reason goes with the first success; a single token that has ended early is none.
func TestFound_C11_TroubleEnds(t *testing.T) {
	t.Parallel()
	w := newPresentWorld(t)
	o := operate(t, w)
	o.ask(t, `{ hosts(first: 1) { totalCount } }`)
	w.Steer(t, http.MethodPut, "tokens", map[string]any{"revoke": true})
	o.ask(t, kit.WantDevices)
	if state := o.readiness(t); state.Status != "ready" || strings.Contains(o.log.String(), "refuses the gateway's") {
		t.Errorf("after one token that ended early: %+v\n%s", state, o.log)
	}
	refuse := func(h http.Header) bool { return h.Get("X-Apig-Appcode") != "" }
	w.Refuses.Store(&refuse)
	testkit.Eventually(t, "refused tokens are no trouble", func() bool {
		o.ask(t, kit.WantVolumes)
		return o.readiness(t).Status == "degraded"
	})
	w.Refuses.Store(nil)
	testkit.Eventually(t, "the trouble does not end", func() bool {
		o.ask(t, kit.WantVolumes)
		return o.readiness(t).Status == "ready"
	})
}
