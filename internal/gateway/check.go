package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/gateway/stores"
	"github.com/opsgraph/opsgraph/internal/identity"
	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/internal/upstreams"
)

// PartCheck is what a check found out of one part.
type PartCheck = upstreams.Check

// Check tries everything that a configuration names once: systems and credentials, Redis, the issuer's keys, the
// certificate. It costs one call each at most and never a command. The error is that of a configuration with which no
// gateway can be made.
func Check(ctx context.Context, cfg config.Config, now func() time.Time) ([]upstreams.Check, error) {
	var checks []upstreams.Check
	if cfg.Demo() {
		checks = append(checks, upstreams.Check{
			Outcome: upstreams.CheckSkipped, Part: "upstream",
			Words: "none is configured: the embedded simulator plays all systems",
		})
	} else {
		found, err := upstreams.CheckAll(ctx, upstreams.Options{
			Config: cfg, Logger: slog.New(slog.DiscardHandler), Now: now,
		})
		if err != nil {
			return nil, err
		}
		checks = append(checks, found...)
	}
	checks = append(checks, checkRedis(ctx, cfg)...)
	if cfg.Auth.Mode == config.AuthJWT {
		checks = append(checks, outcome("issuer", "gives its keys", identity.CheckKeys(ctx, cfg, now)))
	}
	if cfg.Server.TLSCertificateFile != "" {
		_, err := listen.LoadCertificate(certificateFiles(cfg))
		if err != nil {
			err = fmt.Errorf("%w: look at %s and %s", err, config.Label("server.tls_certificate_file"),
				config.Label("server.tls_key_file"))
		}
		checks = append(checks, outcome("certificate", "can be read, with its key", err))
	}
	return checks, nil
}

// checkRedis runs one harmless script on each Redis.
func checkRedis(ctx context.Context, cfg config.Config) (checks []upstreams.Check) {
	redis.LogTo(slog.New(slog.DiscardHandler))
	uses := stores.Uses(cfg)
	for _, use := range uses {
		part := "redis (" + use.Options.Use + ")"
		checks = append(checks, outcome(part, "takes the gateway's commands", tryRedis(ctx, cfg, use)))
	}
	if len(uses) == 0 {
		checks = append(checks, upstreams.Check{
			Outcome: upstreams.CheckSkipped, Part: "redis",
			Words: "is not configured: " + config.Label("redis.url") + " is empty, so there can be one replica only",
		})
	}
	return checks
}

// tryRedis connects to a Redis and tries it, and whether it evicts where the quota is counted.
func tryRedis(ctx context.Context, cfg config.Config, use stores.Use) error {
	connection, err := redis.Open(ctx, use.URL.Reveal(), use.Options)
	if err != nil {
		return fmt.Errorf("%w: look at %s", err, use.Options.Settings)
	}
	err = connection.Try(ctx, cfg.Redis.Environment)
	evicts := false
	if err == nil && use.Coordination {
		evicts, err = connection.Evicts(ctx)
	}
	fault := redis.FaultOf(err, use.Options.Settings)
	_ = connection.Close() // nothing is under way
	switch {
	case fault != nil:
		return checkError(fmt.Sprintf("%s: %s (it says %q)", fault.Words, fault.Advice, redis.Answer(err)))
	case err != nil:
		return checkError("does not answer: look at " + use.Options.Settings)
	case evicts && !use.Cache:
		return checkError("evicts keys, the quota too: set maxmemory-policy noeviction in that of " + use.Options.Settings)
	}
	return nil
}

// checkError is what a check found, in words for people.
type checkError string

func (e checkError) Error() string { return string(e) }

// outcome makes the check of a part: ok in those words, or failed in those of the error.
func outcome(part, well string, err error) upstreams.Check {
	if err != nil {
		return upstreams.Check{Outcome: upstreams.CheckFailed, Part: part, Words: err.Error()}
	}
	return upstreams.Check{Outcome: upstreams.CheckOK, Part: part, Words: well}
}
