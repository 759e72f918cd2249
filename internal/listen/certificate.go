package listen

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificateCheck is the least time between two checks of the certificate's files.
const certificateCheck = 10 * time.Second

// Certificate is the server's certificate, read again when its files change, so that a renewal needs no restart.
type Certificate struct {
	certFile, keyFile string
	now               func() time.Time
	logger            *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	stamp   [2]time.Time // modification times of both files as read
	checked time.Time
}

// LoadCertificate reads the files for the first time; that must work.
func LoadCertificate(certFile, keyFile string, now func() time.Time, logger *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, now: now, logger: logger}
	stamp, err := c.stamps()
	if err != nil {
		return nil, err
	}
	return c, c.read(stamp)
}

// Config is the TLS configuration of the gateway's servers.
func (c *Certificate) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.certificate(hello.Context()), nil
		},
	}
}

// certificate is the current one. Files that cannot be read, or do not fit each other yet, leave it unchanged.
func (c *Certificate) certificate(ctx context.Context) *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now().Sub(c.checked) < certificateCheck {
		return c.current
	}
	c.checked = c.now()
	stamp, err := c.stamps()
	if err == nil && stamp != c.stamp {
		if err = c.read(stamp); err == nil {
			c.logger.InfoContext(ctx, "certificate read again", slog.Time("expires_at", c.current.Leaf.NotAfter))
		}
	}
	if err != nil {
		c.logger.ErrorContext(ctx, "certificate not read again: the old one stays", slog.Any("error", err))
	}
	return c.current
}

// Reload reads the files now, whenever they were looked at last. On an error the old certificate stays.
func (c *Certificate) Reload() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	stamp, err := c.stamps()
	if err != nil {
		return err
	}
	return c.read(stamp)
}

func (c *Certificate) read(stamp [2]time.Time) error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	c.current, c.stamp, c.checked = &pair, stamp, c.now()
	return nil
}

func (c *Certificate) stamps() (stamp [2]time.Time, err error) {
	for i, file := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(file)
		if err != nil {
			return stamp, fmt.Errorf("certificate: %w", err)
		}
		stamp[i] = info.ModTime()
	}
	return stamp, nil
}
