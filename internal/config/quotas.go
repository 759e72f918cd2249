package config

import (
	"encoding"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// OperationQuotas are the limits of operations that the upstream counts by themselves.
type OperationQuotas []OperationQuota

var _ encoding.TextUnmarshaler = (*OperationQuotas)(nil)

// OperationQuota is the limit of one operation: at most Limit calls in any Window.
type OperationQuota struct {
	Operation string        `yaml:"operation"`
	Limit     int           `yaml:"limit"`
	Window    time.Duration `yaml:"window"`
}

// UnmarshalText reads operation=calls/window,…; it fails on an entry that lacks any.
func (q *OperationQuotas) UnmarshalText(text []byte) error {
	return readList((*[]OperationQuota)(q), text, func(entry string) (OperationQuota, error) {
		operation, rate, _ := strings.Cut(entry, "=")
		calls, window, _ := strings.Cut(rate, "/")
		limit, limitErr := strconv.Atoi(strings.TrimSpace(calls))
		length, windowErr := time.ParseDuration(strings.TrimSpace(window))
		if limitErr != nil || windowErr != nil {
			return OperationQuota{}, fmt.Errorf("%q is not operation=calls/window", entry)
		}
		return OperationQuota{Operation: strings.TrimSpace(operation), Limit: limit, Window: length}, nil
	})
}

// String returns the form of the environment.
func (q OperationQuotas) String() string {
	return listText(q, func(one OperationQuota) string {
		return fmt.Sprintf("%s=%d/%s", one.Operation, one.Limit, shortDuration(one.Window))
	})
}

// checkOperationQuotas checks each entry. It does not know which operations there are.
func (c Config) checkOperationQuotas(faults *faults) {
	seen := map[string]bool{}
	for i, one := range c.Quota.Operations {
		switch {
		case one.Operation == "":
			faults.add("quota.operations", "entry %d has no operation", i+1)
		case seen[one.Operation]:
			faults.add("quota.operations", "%s stands twice", one.Operation)
		case one.Limit < 1:
			faults.add("quota.operations", "limit of %s is not positive", one.Operation)
		case one.Window < time.Second:
			faults.add("quota.operations", "window of %s is less than 1s", one.Operation)
		}
		seen[one.Operation] = true
	}
}
