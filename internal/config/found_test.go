package config_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
)

// TestFound_G3_IdleTime keeps connections longer than the proxies in front do by default: nginx and HAProxy 60 s, as
// docs/operations.md has them, Apache 60 s, Caddy 120 s.
func TestFound_G3_IdleTime(t *testing.T) {
	t.Parallel()
	if got := config.Defaults().Limits.IdleTimeout; got != 150*time.Second {
		t.Errorf("limits.idle_timeout is %v", got)
	}
}
