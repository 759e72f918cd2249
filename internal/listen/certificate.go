package listen

import (
	"crypto/tls"
	"fmt"
	"sync/atomic"

	"github.com/opsgraph/opsgraph/internal/trust"
)

// CertificateFiles names what a server's side of TLS is made of, all of it PEM.
type CertificateFiles struct {
	// Certificate has the server's certificate with its chain, Key its key.
	Certificate, Key string
	// ClientCA has the authorities by which callers' certificates are checked; empty asks callers for none.
	ClientCA string
	// Optional lets callers without a certificate connect, too.
	Optional bool
}

// Certificate is the server's side of TLS. What it is made of can be replaced while it serves: connections go on with
// what they began with.
type Certificate struct {
	files   CertificateFiles
	current atomic.Pointer[Secured]
}

// Secured is what the files of a Certificate had when they were read; it never changes.
type Secured struct{ config *tls.Config }

// LoadCertificate reads the files for the first time.
func LoadCertificate(files CertificateFiles) (*Certificate, error) {
	c := &Certificate{files: files}
	secured, err := c.Read()
	if err != nil {
		return nil, err
	}
	c.Use(secured)
	return c, nil
}

// Read reads the files, and changes nothing. It fails on files that can't be read, and on a key that is not that of the
// certificate.
func (c *Certificate) Read() (*Secured, error) {
	pair, err := tls.LoadX509KeyPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	config := &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, Certificates: []tls.Certificate{pair},
	}
	if c.files.ClientCA == "" {
		return &Secured{config}, nil
	}
	if config.ClientCAs, err = trust.Authorities(c.files.ClientCA); err != nil {
		return nil, fmt.Errorf("callers' certificates: %w", err)
	}
	config.ClientAuth = tls.RequireAndVerifyClientCert
	if c.files.Optional {
		config.ClientAuth = tls.VerifyClientCertIfGiven
	}
	config.SessionTicketsDisabled = true // each connection is judged by the authorities of its own time
	return &Secured{config}, nil
}

// Use has connections from now on begin with what was read.
func (c *Certificate) Use(secured *Secured) { c.current.Store(secured) }

// Config is the TLS configuration of the gateway's servers.
func (c *Certificate) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return c.current.Load().config, nil
		},
	}
}
