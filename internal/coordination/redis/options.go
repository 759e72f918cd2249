package redis

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
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
	// TLS replaces what is made for rediss:// of the files below (server name from the URL, TLS 1.2).
	TLS *tls.Config
	// CAFile has the authorities, PEM, that certificates of Redis are checked by; empty means those of this machine.
	// CertificateFile and KeyFile have the certificate that Redis is shown, read for each new connection; empty: none.
	// They count for rediss:// where TLS is nil.
	CAFile, CertificateFile, KeyFile string
	// PasswordFile has the password, read for each new connection, so that a rotated one counts without a restart. Empty:
	// that of the URL.
	PasswordFile string
	// Use is what the connection is for, in a word, and Settings the keys that it was made of: for messages.
	Use, Settings string
	// Now is the clock of faults; nil means time.Now.
	Now func() time.Time
	// Logger gets a line when Redis is lost and when it is back, and one at level error when it refuses commands; nil
	// discards it.
	Logger *slog.Logger
	// OnError gets the kind of each failed command: that of its [Fault], or [KindUnreachable]. It must not block. nil
	// discards it.
	OnError func(kind string)
}

func (o Options) withDefaults() Options {
	o.DialTimeout = cmp.Or(max(o.DialTimeout, 0), 100*time.Millisecond)
	o.Timeout = cmp.Or(max(o.Timeout, 0), 50*time.Millisecond)
	o.PoolSize = cmp.Or(max(o.PoolSize, 0), 64)
	o.Failures = cmp.Or(o.Failures, 3)
	o.RetryAfter = cmp.Or(max(o.RetryAfter, 0), time.Second)
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	o.Use, o.Settings = cmp.Or(o.Use, "redis"), cmp.Or(o.Settings, "its address")
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OnError == nil {
		o.OnError = func(string) {}
	}
	return o
}

// newClient makes the client. go-redis's own defaults would wait 5 s on a frozen server, retry, and ignore the deadline
// of the context.
func newClient(t target, o Options, secured *tls.Config) goredis.UniversalClient {
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
	if o.PasswordFile != "" {
		u.CredentialsProviderContext = func(context.Context) (user, password string, err error) {
			password, err = readPassword(o.PasswordFile)
			return t.username, password, err
		}
	}
	if t.secure {
		u.TLSConfig = o.TLS
		if u.TLSConfig == nil {
			u.TLSConfig = secured
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

// errNoPassword means that a password file is empty.
var errNoPassword = errors.New("the file of the password of redis is empty")

// readPassword reads a password file; line ends at its end do not count.
func readPassword(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("file of the password of redis: %w", err)
	}
	password := strings.TrimRight(string(text), "\r\n")
	if password == "" {
		return "", errNoPassword
	}
	return password, nil
}
