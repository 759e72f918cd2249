package config_test

import (
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
)

// A file of authorities is of use with TLS alone, which is said once.
func TestRedisCAFile(t *testing.T) {
	for address, want := range map[string]bool{
		"rediss://a": true, "rediss+sentinel://a,b,c/main": true, "redis://a": false, "redis+sentinel://a/main": false,
	} {
		_, err := config.Load("", append(whole(), "OPSGRAPH_REDIS_URL="+address, "OPSGRAPH_REDIS_CA_FILE=/run/ca.pem"))
		if (err == nil) != want || err != nil && strings.Count(err.Error(), "redis.ca_file") != 1 {
			t.Errorf("%s: %v", address, err)
		}
	}
}
