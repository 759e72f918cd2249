package esm_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestFound_A5_EveryListHasItsKey: of two rows the one without what identifies it is a gap, in every list; null as text
// is no key (quirk 20).
func TestFound_A5_EveryListHasItsKey(t *testing.T) {
	for name, test := range map[string]struct {
		key  string
		read func(ctx context.Context, c *esm.Client) (rows, gaps int, err error)
	}{
		"hosts": {"HOST_ID", func(ctx context.Context, c *esm.Client) (int, int, error) {
			list, err := c.HostDetails(ctx, september(), "")
			return len(list.Rows), len(list.Bad), err
		}},
		"alarms of services": {"csn", func(ctx context.Context, c *esm.Client) (int, int, error) {
			list, err := c.ServiceAlarms(ctx, september())
			return len(list.Rows), len(list.Bad), err
		}},
		"alarms of devices": {"csn", func(ctx context.Context, c *esm.Client) (int, int, error) {
			list, err := c.DeviceAlarms(ctx, september())
			return len(list.Rows), len(list.Bad), err
		}},
		"devices": {"device_id", func(ctx context.Context, c *esm.Client) (int, int, error) {
			list, err := c.DeviceAssets(ctx)
			return len(list.Rows), len(list.Bad), err
		}},
		"audit": {"id", func(ctx context.Context, c *esm.Client) (int, int, error) {
			list, err := c.AuditLogs(ctx, september())
			return len(list.Rows), len(list.Bad), err
		}},
		"clusters": {"cluster_id", func(ctx context.Context, c *esm.Client) (int, int, error) {
			list, err := c.LoadBalancerClusters(ctx)
			return len(list.Rows), len(list.Bad), err
		}},
		"instances": {"resource_id", func(ctx context.Context, c *esm.Client) (int, int, error) {
			list, err := c.ResourceInstances(ctx, "ECS", september(), 0)
			return len(list.Rows), len(list.Bad), err
		}},
		"metrics of hosts": {"metrics_name", func(ctx context.Context, c *esm.Client) (int, int, error) {
			list, err := gather(c.HostMetricPages(ctx, hostID, september()))
			return len(list.Rows), len(list.Bad), err
		}},
		"performance": {"metric", func(ctx context.Context, c *esm.Client) (int, int, error) {
			list, err := gather(c.HostPerformancePages(ctx, "sn", september()))
			return len(list.Rows), len(list.Bad), err
		}},
		"metrics of machines": {"METRIC_NAME", func(ctx context.Context, c *esm.Client) (int, int, error) {
			list, err := gather(c.VMPerformancePages(ctx, "vm", september()))
			return len(list.Rows), len(list.Bad), err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			client, _ := serve(t, esm.Options{}, func(recorded) (int, string) {
				return http.StatusOK, fmt.Sprintf(`{"total":3,"list":[{%[1]q:"one"},{%[1]q:"null"},{"other":"field"}]}`, test.key)
			})
			rows, gaps, err := test.read(t.Context(), client)
			if err != nil || rows != 1 || gaps != 2 {
				t.Errorf("%d rows, %d gaps, error %v, want one and two", rows, gaps, err)
			}
		})
	}
}

// TestFound_A9_CredentialsByACode: an answer with a code that is not known as success accepts no token.
func TestFound_A9_CredentialsByACode(t *testing.T) {
	for body, want := range map[string]rest.Kind{
		`{"total":0,"list":[]}`:                                         rest.None,
		`{"code":"0","msg":"success","total":0,"list":[]}`:              rest.None,
		`{"code":"401","msg":"token invalid","total":0,"list":[]}`:      rest.BadResponse,
		`{"error_code":"AS.0001","error_msg":"no","total":0,"list":[]}`: rest.Rejected,
	} {
		client, _ := serve(t, esm.Options{}, func(recorded) (int, string) { return http.StatusOK, body })
		if err := client.CheckCredentials(t.Context(), september()); rest.KindOf(err) != want {
			t.Errorf("%s: error %v, want %v", body, err, want)
		}
	}
}
