package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/config"
)

func TestOperationQuotasAreReadInThreeForms(t *testing.T) {
	want := config.OperationQuotas{
		{Operation: "listHostDetails", Limit: 60, Window: time.Minute},
		{Operation: "listHostVms", Limit: 10, Window: time.Second},
	}
	for name, load := range map[string]func() (config.Config, error){
		"list": func() (config.Config, error) {
			return config.Load(write(t, "quota:\n  operations:\n    - {operation: listHostDetails, limit: 60, window: 1m}\n"+
				"    - {operation: listHostVms, limit: 10, window: 1s}\n"), nil)
		},
		"text": func() (config.Config, error) {
			return config.Load(write(t, "quota:\n  operations: listHostDetails=60/1m, listHostVms=10/1s\n"), nil)
		},
		"environment": func() (config.Config, error) {
			return config.Load("", []string{"OPSGRAPH_QUOTA_OPERATIONS=listHostDetails=60/1m,listHostVms=10/1s"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := load()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Quota.Operations); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if text := got.Quota.Operations.String(); text != "listHostDetails=60/1m,listHostVms=10/1s" {
				t.Errorf("as text %q", text)
			}
			again, err := config.Load(write(t, got.String()), nil)
			if err != nil || !cmp.Equal(again.Quota.Operations, want) {
				t.Errorf("printed and read again: %v, %v", again.Quota.Operations, err)
			}
		})
	}
}

func TestOperationQuotasFaults(t *testing.T) {
	for value, want := range map[string]string{
		"listHostDetails":            `"listHostDetails" is not operation=calls/window`,
		"listHostDetails=60":         `"listHostDetails=60" is not operation=calls/window`,
		"=60/1m":                     "quota.operations (OPSGRAPH_QUOTA_OPERATIONS): entry 1 has no operation",
		"a=0/1m":                     "limit of a is not positive",
		"a=5/1ms":                    "window of a is less than 1s",
		"a=5/1s,a=6/1s":              "a stands twice",
		"listHostDetails=sixty/1m":   "is not operation=calls/window",
		"listHostDetails=60/minutes": "is not operation=calls/window",
	} {
		_, err := config.Load("", []string{"OPSGRAPH_QUOTA_OPERATIONS=" + value})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", value, err, want)
		}
	}
}
