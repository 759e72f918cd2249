package upstreams

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/iam"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Outcome is how the check of one part ended.
type Outcome string

// The outcomes of a check.
const (
	CheckOK      Outcome = "ok"
	CheckFailed  Outcome = "fail"
	CheckSkipped Outcome = "skip"
)

// Check is what a check found out of one part, in words that name the settings to change.
type Check struct {
	Outcome Outcome
	Part    string
	Words   string
}

// checkCustomer is a customer that BSS does not have: its answer shows whether it takes the credentials, whatever the
// account's customers.
const checkCustomer = "opsgraph-check"

// once is a source of tokens for a check: a refused token is not renewed, so that each system gets one call.
type once struct{ *iam.TokenSource }

// Renew implements rest.TokenSource.
func (once) Renew(_ context.Context, rejected string) (string, error) { return rejected, nil }

// CheckAll tries each configured system and credential once: one login for each token, one call that reads for each
// system which has one. Systems that have commands only are connected to. now is the end of the window asked for.
func CheckAll(ctx context.Context, o Options) ([]Check, error) {
	o.Config.Upstream.Retry.Attempts, o.Config.Upstream.Retry.AttemptsMinute = 1, 1
	o.once = true
	c, err := New(o)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	k := checker{clients: c, cfg: o.Config, now: o.Now}
	k.login(ctx)
	k.operational(ctx)
	k.commandsOnly(ctx, "gaussdb", o.Config.GaussDB.URL)
	k.commandsOnly(ctx, "workspace", o.Config.Workspace.URL)
	k.billing(ctx)
	return k.checks, nil
}

type checker struct {
	clients *Clients
	cfg     config.Config
	now     func() time.Time
	checks  []Check
	refused bool // the login of the project failed, so that there is no token
	locked  bool // it failed for the user or password, which must not be tried again
}

func (k *checker) add(outcome Outcome, part, format string, arguments ...any) {
	k.checks = append(k.checks, Check{Outcome: outcome, Part: part, Words: fmt.Sprintf(format, arguments...)})
}

// own reports whether calls carry the gateway's own token.
func (k *checker) own() bool { return k.cfg.Auth.Mode != config.AuthPassthrough }

// login asks IAM for the token of the project.
func (k *checker) login(ctx context.Context) {
	switch {
	case k.cfg.IAM.URL == "":
		k.add(CheckSkipped, "iam", "is not configured: %s is empty", config.Label("iam.url"))
		return
	case !k.own():
		k.connect(ctx, "iam", "the gateway logs in nowhere, as callers bring their own tokens")
		return
	case k.cfg.IAM.ProjectID == "":
		k.add(CheckSkipped, "iam", "no token of a project is needed: %s is empty", config.Label("iam.project_id"))
		return
	}
	if _, err := k.clients.project.Token(ctx); err != nil {
		k.refused, k.locked = true, refusedUser(err)
		k.fail("iam", err)
		return
	}
	k.add(CheckOK, "iam", "gives the user a token of the project")
}

// refusedUser reports whether IAM refused the user or the password.
func refusedUser(err error) bool {
	failure, ok := errors.AsType[*rest.Error](err)
	return ok && failure.System == "iam" && failure.Status == 401
}

// operational reads one row of the list of hosts, the cheapest documented call.
func (k *checker) operational(ctx context.Context) {
	switch {
	case k.cfg.ESM.URL == "":
		k.add(CheckSkipped, "esm", "is not configured: %s is empty", config.Label("esm.url"))
		return
	case !k.own():
		k.connect(ctx, "esm", "a call needs a caller's token, so that AppCodes and domain id are not known to be right")
		return
	case k.refused:
		k.connect(ctx, "esm", "a call needs the token that IAM did not give")
		return
	}
	to := k.now()
	if err := k.clients.ESM.CheckCredentials(ctx, esm.Window{From: to.Add(-time.Hour), To: to}); err != nil {
		k.fail("esm", err)
		return
	}
	domain := ""
	if k.cfg.ESM.DomainID != "" {
		domain = ", the domain id"
	}
	k.add(CheckOK, "esm", "takes the AppCodes%s and the token", domain)
}

// commandsOnly connects to a system that has no call which only reads.
func (k *checker) commandsOnly(ctx context.Context, system string, address config.URL) {
	if address == "" {
		k.add(CheckSkipped, system, "is not configured: %s is empty", config.Label(system+".url"))
		return
	}
	k.connect(ctx, system, "each of its calls starts something, so that its rights are not known to be right")
}

// connect opens a connection, without a call.
func (k *checker) connect(ctx context.Context, system, why string) {
	if err := k.clients.clients[system].Reach(ctx); err != nil {
		k.fail(system, err)
		return
	}
	k.add(CheckSkipped, system, "is reached, and was not called: %s", why)
}

// billing asks BSS with the token of the account.
func (k *checker) billing(ctx context.Context) {
	switch {
	case k.cfg.BSS.URL == "":
		k.add(CheckSkipped, "bss", "is not configured: %s is empty", config.Label("bss.url"))
		return
	case !k.own():
		k.connect(ctx, "bss", "a call needs a caller's token")
		return
	case k.locked:
		k.connect(ctx, "bss", "another login with a refused password may lock the user")
		return
	}
	err := k.clients.BSS.CheckCredentials(ctx, checkCustomer)
	failure, ok := errors.AsType[*rest.Error](err)
	switch {
	case ok && failure.System == "bss" && (failure.Kind == rest.Rejected && failure.Code != "" || ofCustomer(failure)):
		// It has judged the question, and so the token before.
		k.add(CheckOK, "bss", "takes the token of the account")
	case err != nil:
		k.fail("bss", err)
	default:
		k.add(CheckOK, "bss", "takes the token of the account")
	}
}

// fail adds what is wrong and where to look.
func (k *checker) fail(part string, err error) {
	failure, ok := errors.AsType[*rest.Error](err)
	if !ok {
		k.add(CheckFailed, part, "can't be asked: look at %s", labels(part+".url"))
		return
	}
	words, settings := "", labels(failure.System+".url")
	if found, known := Diagnose(k.cfg, failure); known {
		words, settings = found.Words, found.Settings
	} else {
		words = plainWords(failure)
	}
	if failure.System != part {
		words = "is not asked, as " + failure.System + " " + words
	}
	k.add(CheckFailed, part, "%s: look at %s%s", words, settings, said(failure))
}

// plainWords are those of a failure that no setting is known to be the cause of.
func plainWords(e *rest.Error) string {
	if e.Status == 0 && dropped(e) {
		return "ends the connection without an answer"
	}
	switch e.Kind {
	case rest.Timeout:
		return "does not answer in time"
	case rest.NotFound:
		return "has no such path"
	case rest.BadResponse, rest.TooLarge:
		return "answers what can't be read, so that something else may be at its address"
	case rest.RateLimited:
		return "refuses further calls for now, so that nothing is known of the credentials"
	case rest.Unavailable:
		return "is not well"
	default:
		return "fails (" + e.Kind.String() + ")"
	}
}

// said is what the upstream itself says, for its operators.
func said(e *rest.Error) string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, strconv.Itoa(e.Status))
	}
	if e.Code != "" && e.Code != strconv.Itoa(e.Status) {
		parts = append(parts, e.Code)
	}
	if e.Message != "" {
		parts = append(parts, strconv.Quote(e.Message))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (it says " + strings.Join(parts, " ") + ")"
}
