package config_test

import (
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
)

func TestTheWaitsAfterRefusals(t *testing.T) {
	for _, test := range []struct {
		environ []string
		want    string
	}{
		{
			[]string{"OPSGRAPH_RETRY_MAX_RETRY_AFTER=2m1s"},
			"upstream.retry.max_retry_after (OPSGRAPH_RETRY_MAX_RETRY_AFTER): 2m1s is more than 2m",
		},
		{
			[]string{"OPSGRAPH_RETRY_MAX_RETRY_AFTER=5s"},
			"upstream.retry.default_retry_after (OPSGRAPH_RETRY_DEFAULT_RETRY_AFTER): 10s is more than",
		},
		{[]string{"OPSGRAPH_RETRY_ATTEMPTS=4"}, "upstream.retry.attempts (OPSGRAPH_RETRY_ATTEMPTS): 4 is more than 3"},
		{[]string{"OPSGRAPH_RETRY_ATTEMPTS_MINUTE=3"}, "3 is more than 2"},
	} {
		_, err := config.Load("", test.environ)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: error %v, want %s", test.environ, err, test.want)
		}
	}
}
