package simulator

import "net/http"

// authenticate checks the credentials that the operation's system demands, before the rest of the call is read.
func (c *call) authenticate() error {
	switch c.op.system {
	case systemIAM, systemScreens: // IAM issues the token; the sample of screens shows no credential
		return nil
	case systemESM, systemMetering, systemGaussDB, systemWorkspace, systemBSS:
	}
	text := c.req.Header.Get("X-Auth-Token")
	if text == "" {
		return unauthorised("the header X-Auth-Token is missing")
	}
	token, ok := c.sim.tokens.find(text, c.now)
	if !ok {
		return unauthorised("token expired")
	}
	c.token = token
	return c.authorise()
}

// authorise checks the token's scope, the AppCodes and the tenant.
func (c *call) authorise() error {
	sys := c.op.system
	if sys == systemBSS {
		if c.token.project {
			return forbidden(sys, "Access denied. A token of domain scope is needed")
		}
		return nil
	}
	if !c.token.project {
		return forbidden(sys, "Incorrect IAM authentication information: a token of project scope is needed")
	}
	switch sys {
	case systemESM:
		return c.appCodes(true)
	case systemMetering:
		return c.appCodes(false)
	case systemGaussDB, systemWorkspace:
		if project := c.req.PathValue("project_id"); project != c.token.account.ProjectID && !c.documented() {
			return forbidden(sys, "The token does not belong to the project of the path")
		}
	case systemScreens, systemBSS, systemIAM:
	}
	return nil
}

// appCodes checks both AppCodes, mandatory for ESM's data calls and optional for metering, and the tenant when it is
// sent (QUIRKS 86 to 88).
func (c *call) appCodes(mandatory bool) error {
	for _, name := range []string{"X-APIG-Appcode", "x-hcso-appcode"} {
		code := c.req.Header.Get(name)
		if code != DemoAppCode && (mandatory || code != "") {
			return forbidden(c.op.system, "Incorrect app authentication information: AppCode is invalid ("+name+")")
		}
	}
	if id := c.req.Header.Get("x-hcso-domainid"); id != "" && id != c.token.account.DomainID {
		return forbidden(c.op.system, "Authorization failed: x-hcso-domainid is not a tenant of this site")
	}
	return nil
}

// refuseQuota is the gateway's answer beyond a rate; Retry-After holds whole seconds, rounded up.
func refuseQuota(op *operation, retryAfterSeconds string) *refusal {
	message := "The throttling threshold has been reached: policy api over ratelimit,limit:60,time:1 minute"
	if op.rate == rateSecond {
		message = "The throttling threshold has been reached: policy api over ratelimit,limit:4000,time:1 second"
	}
	return &refusal{
		status: http.StatusTooManyRequests, code: "APIGW.0308", message: message, gateway: true,
		header: map[string]string{"Retry-After": retryAfterSeconds},
	}
}
