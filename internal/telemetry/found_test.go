package telemetry_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// The kind of an error is no secret, although the operation before it is called like one.
func TestFound_C10_TheKindOfAnErrorIsNoSecret(t *testing.T) {
	const canary = "CANARY-7f1c9e"
	for text, want := range map[string]string{
		"iam createToken: rejected: status 401":                           "iam createToken: rejected: status 401",
		"refresh x: iam createToken: unavailable: connection refused":     "refresh x: iam createToken: unavailable: connection refused",
		"iam createToken: timeout":                                        "iam createToken: timeout",
		"iam createToken: quota exhausted":                                "iam createToken: quota exhausted",
		"iam createToken: X-Auth-Token: " + canary:                        "iam createToken: X-Auth-Token: [redacted]",
		"iam createToken: password=" + canary + " is wrong":               "iam createToken: password=[redacted] is wrong",
		"createToken=" + canary:                                           "createToken=[redacted]",
		"accessToken: " + canary:                                          "accessToken: [redacted]",
		"authToken: " + canary + " createToken: rejected":                 "authToken: [redacted] createToken: rejected",
		"password: " + canary:                                             "password: [redacted]",
		"X-Subject-Token: " + canary + ", createToken: bad response: eof": "X-Subject-Token: [redacted], createToken: bad response: eof",
	} {
		logger, line := lines(t, "info", "json")
		logger.Info("line", slog.Any("error", errors.New(text)), slog.String("text", text))
		if got := strings.Count(line.String(), `"`+want+`"`); got != 2 {
			t.Errorf("%q became %s", text, line)
		}
		if strings.Contains(line.String(), canary) {
			t.Errorf("secret is shown: %s", line)
		}
	}
}
