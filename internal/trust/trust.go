// Package trust reads the certificates of authorities, by which those of others are checked. It knows neither who is
// checked nor which setting names the file.
package trust

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// errNone means that a file has no certificate that can be read.
var errNone = errors.New("the file has no certificate")

// Authorities reads those of a file, PEM. It fails where the file can't be read, or has none.
func Authorities(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("authorities: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("authorities: %s: %w", file, errNone)
	}
	return pool, nil
}
