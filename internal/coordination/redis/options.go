package redis

import (
	"cmp"
	"crypto/tls"
	"log/slog"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Options are the limits of a connection. The zero value suits a gateway.
type Options struct {
	// DialTimeout bounds the making of one connection. Default 100 ms.
	DialTimeout time.Duration
	// Timeout bounds reading, writing and the wait for a free connection, each. Default 50 ms.
	Timeout time.Duration
	// PoolSize is the most connections to one server. Default 64.
	PoolSize int
	// Failures is how many commands in a row must fail before the breaker opens. Default 3.
	Failures uint
	// RetryAfter is how long the breaker stays open before one command tries Redis. Default 1 s.
	RetryAfter time.Duration
	// TLS replaces the default for rediss:// (server name from the URL, TLS 1.2).
	TLS *tls.Config
	// Logger gets a line when Redis is lost and when it is back; nil discards it.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	o.DialTimeout = cmp.Or(max(o.DialTimeout, 0), 100*time.Millisecond)
	o.Timeout = cmp.Or(max(o.Timeout, 0), 50*time.Millisecond)
	o.PoolSize = cmp.Or(max(o.PoolSize, 0), 64)
	o.Failures = cmp.Or(o.Failures, 3)
	o.RetryAfter = cmp.Or(max(o.RetryAfter, 0), time.Second)
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	return o
}

// newClient makes the client. go-redis's own defaults would wait 5 s on a frozen server, retry, and ignore the deadline
// of the context.
func newClient(t target, o Options) goredis.UniversalClient {
	u := &goredis.UniversalOptions{
		Addrs:            t.hosts,
		DB:               t.database,
		Username:         t.username,
		Password:         t.password,
		SentinelUsername: t.sentinelUsername,
		SentinelPassword: t.sentinelPassword,
		MasterName:       t.master,
		IsClusterMode:    t.cluster,

		MaxRetries:            -1,
		DialTimeout:           o.DialTimeout,
		ReadTimeout:           o.Timeout,
		WriteTimeout:          o.Timeout,
		PoolTimeout:           o.Timeout,
		ContextTimeoutEnabled: true,
		PoolSize:              o.PoolSize,
		PipelinePoolSize:      -1, // one pool: our pipelines are as short as single commands
		DisableIdentity:       true,

		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if t.secure {
		u.TLSConfig = o.TLS
		if u.TLSConfig == nil {
			u.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
			if !t.cluster && t.master == "" {
				u.TLSConfig.ServerName = hostName(t.hosts[0])
			}
		}
	}
	switch {
	case t.master != "":
		f := u.Failover()
		f.DialerRetries, f.DialerRetryTimeout = 1, time.Millisecond
		return goredis.NewFailoverClient(f)
	case t.cluster:
		c := u.Cluster()
		c.DialerRetries, c.DialerRetryTimeout = 1, time.Millisecond
		return goredis.NewClusterClient(c)
	default:
		s := u.Simple()
		s.DialerRetries, s.DialerRetryTimeout = 1, time.Millisecond
		return goredis.NewClient(s)
	}
}
