package gateway

import (
	"errors"
	"fmt"

	"github.com/opsgraph/opsgraph/internal/answers"
	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Reloaded lists the keys whose changes Reload takes over. The certificate counts as its files.
func Reloaded() []string { return []string{"iam.password"} }

// Reload takes over what can change while the gateway serves: the password of the gateway's own user, and the content
// of the certificate's files. On an error the old certificate stays. Kept answers are dropped, whatever changed.
func (g *Gateway) Reload(cfg config.Config) error {
	var errs []error
	g.dropAnswers(answers.DroppedChange)
	if g.demo == nil {
		g.upstreams.SetPassword(rest.Secret(cfg.IAM.Password.Reveal()))
	}
	if g.certificate != nil {
		if err := g.certificate.Reload(); err != nil {
			errs = append(errs, fmt.Errorf("server.tls_certificate_file: %w", err))
		}
	}
	return errors.Join(errs...)
}
