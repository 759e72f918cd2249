package upstreams

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/monitor"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// scarceBelow is the rate, in calls a second, below which a wasted call matters.
const scarceBelow = 10

// scarce reports whether the calls of an operation with a limit of its own are counted before they are made.
func scarce(q config.OperationQuota) bool {
	return float64(q.Limit)/q.Window.Seconds() < scarceBelow
}

// quotaGroup names the group of an operation with a quota of its own. Its ending shows package rest whether it is
// scarce.
func quotaGroup(q config.OperationQuota) string {
	if scarce(q) {
		return q.Operation + "-minute"
	}
	return q.Operation + "-second"
}

func quotaGroups(quotas config.OperationQuotas) map[string]string {
	groups := make(map[string]string, len(quotas))
	for _, q := range quotas {
		groups[q.Operation] = quotaGroup(q)
	}
	return groups
}

// checkQuotas refuses a quota of an operation that nothing calls: it is most likely misspelt.
func (c *Clients) checkQuotas(quotas config.OperationQuotas) error {
	for _, q := range quotas {
		names := func(o monitor.Operation) bool { return o.Spec.Operation == q.Operation }
		if !slices.ContainsFunc(c.Operations, names) {
			return fmt.Errorf("quota.operations (OPSGRAPH_QUOTA_OPERATIONS): %s is no operation of an upstream", q.Operation)
		}
	}
	return nil
}

// HostQuotaLeft returns how many calls of listHostDetails are left; nil where its quota is not scarce.
func (c *Clients) HostQuotaLeft(quotas config.OperationQuotas) func(context.Context) int {
	for _, q := range quotas {
		if q.Operation == hosts.Operation && scarce(q) {
			return func(ctx context.Context) int { return c.Quota.State(ctx, quotaGroup(q)).Left }
		}
	}
	return nil
}

// quotaAccount distinguishes the AppCodes, by which the upstream counts calls, in one Redis: gateways with the same
// ones share a count. It is a hash, keyed by auth.secret_key where there is one, and empty without AppCodes.
func quotaAccount(cfg config.Config) string {
	codes := []string{cfg.ESM.APIG().Reveal(), cfg.ESM.HCSO().Reveal()}
	if codes[0] == "" && codes[1] == "" {
		return ""
	}
	mac := hmac.New(sha256.New, []byte("opsgraph quota account "+cfg.Auth.SecretKey.Reveal()))
	for _, code := range codes {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(code))))
		mac.Write([]byte(code))
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// openQuota makes the quota, and how calls take from it: with callers' tokens no tenant may starve another.
func (c *Clients) openQuota(o Options) error {
	cfg := o.Config
	headroom := cfg.Quota.Headroom
	if headroom == 0 {
		headroom = -1 // none; zero would be the package's default
	}
	groups := []quota.Group{
		{Name: config.QuotaMinute, Limit: cfg.Quota.Minute.Limit, Window: cfg.Quota.Minute.Window},
		{Name: config.QuotaSecond, Limit: cfg.Quota.Second.Limit, Window: cfg.Quota.Second.Window},
	}
	for _, q := range cfg.Quota.Operations {
		groups = append(groups, quota.Group{Name: quotaGroup(q), Limit: q.Limit, Window: q.Window})
	}
	for i := range groups {
		groups[i].Headroom, groups[i].BackgroundShare = headroom, cfg.Quota.BackgroundShare
	}
	host, err := os.Hostname()
	if err != nil {
		host = "" // a dead replica's share then stays unused a little longer
	}
	options := quota.Options{
		Replica: host + " " + cfg.Server.Listen, Environment: cfg.Redis.Environment, Account: quotaAccount(cfg),
		MaxReplicas: cfg.Quota.MaxReplicas, OutageShare: cfg.Quota.LocalShare, Logger: o.Logger, Rand: o.Rand,
		Timeout: 2 * cfg.Redis.Timeout, // a call may first wait for a connection
		OnEvent: func(e quota.Event) { o.Metrics.QuotaEvent(e.Group, string(e.Kind)) },
		Redis:   o.Redis,
	}
	q, err := quota.New(groups, options)
	if err != nil {
		return fmt.Errorf("quota: %w", err)
	}
	for _, group := range groups {
		c.GroupNames = append(c.GroupNames, group.Name)
		for _, kind := range quota.EventKinds() {
			o.Metrics.QuotaEventKnown(group.Name, string(kind))
		}
	}
	if c.Quota, c.shared = q, (measured{q, o.Metrics}); cfg.Auth.Mode != config.AuthPassthrough {
		return nil
	}
	shares, err := quota.NewShares(q, groups, cfg.Callers.QuotaFloor, nil)
	if err != nil {
		q.Close()
		return fmt.Errorf("quota: %w", err)
	}
	c.shared = measured{tenantQuota{Quota: q, shares: shares}, o.Metrics}
	return nil
}

// measured notes how long calls wait for their tokens, also those that get none.
type measured struct {
	rest.Quota

	metrics *telemetry.Metrics
}

// Take implements rest.Quota.
func (m measured) Take(
	ctx context.Context, group string, lane int,
) (waited time.Duration, giveBack func(), err error) {
	waited, giveBack, err = m.Quota.Take(ctx, group, lane)
	m.metrics.QuotaWait(group, rest.Lane(lane).String(), waited)
	return waited, giveBack, err
}

// tenantQuota takes tokens for the tenant on whose behalf a call is made. That is the domain id which the upstream
// accepted, whatever else divides data: a caller can't make one up, and all callers without one share one floor.
type tenantQuota struct {
	*quota.Quota

	shares *quota.Shares
}

// Take implements rest.Quota.
func (q tenantQuota) Take(
	ctx context.Context, group string, lane int,
) (waited time.Duration, giveBack func(), err error) {
	return q.shares.Take(ctx, group, rest.IdentityFrom(ctx).DomainID, lane)
}
