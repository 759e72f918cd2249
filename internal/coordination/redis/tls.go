package redis

import (
	"crypto/tls"
	"fmt"

	"github.com/opsgraph/opsgraph/internal/trust"
)

// tlsOf is the client's side of TLS by the files of the options.
func tlsOf(o Options) (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.CAFile != "" {
		var err error
		if cfg.RootCAs, err = trust.Authorities(o.CAFile); err != nil {
			return nil, fmt.Errorf("certificates of redis: %w", err)
		}
	}
	if o.CertificateFile == "" {
		return cfg, nil
	}
	read := func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(o.CertificateFile, o.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("certificate for redis: %w", err)
		}
		return &pair, nil
	}
	if _, err := read(); err != nil {
		return nil, err
	}
	cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return read() }
	return cfg, nil
}
