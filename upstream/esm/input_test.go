package esm_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestInputIsCheckedBeforeTheCall: the error names the field that breaks the documents' rules, and nothing is sent.
func TestInputIsCheckedBeforeTheCall(t *testing.T) {
	turned := esm.Window{From: september().To, To: september().From}
	long := strings.Repeat("a", 256)
	for _, test := range []struct {
		name, field string
		call        func(ctx context.Context, c *esm.Client) error
	}{
		{
			"no window", "from",
			func(ctx context.Context, c *esm.Client) error { return errorOf(c.HostDetails(ctx, esm.Window{}, "")) },
		},
		{"no end", "to", func(ctx context.Context, c *esm.Client) error {
			return errorOf(c.AuditLogs(ctx, esm.Window{From: time.Unix(1, 0)}))
		}},
		{"Quirk051 before 1970", "from", func(ctx context.Context, c *esm.Client) error {
			return errorOf(c.ServiceAlarms(ctx, esm.Window{From: time.Unix(-1, 0), To: time.Unix(1, 0)}))
		}},
		{
			"turned window", "from",
			func(ctx context.Context, c *esm.Client) error { return errorOf(c.DeviceAlarms(ctx, turned)) },
		},
		{"turned window of capacity", "from", func(ctx context.Context, c *esm.Client) error {
			return errorOf(c.ServiceCapacity(ctx, turned, "EIP"))
		}},
		{
			"turned window of pools", "from",
			func(ctx context.Context, c *esm.Client) error { return errorOf(c.PhysicalCapacity(ctx, turned)) },
		},
		{"turned window of metrics", "from", func(ctx context.Context, c *esm.Client) error {
			return errorOf(gather(c.HostMetricPages(ctx, hostID, turned)))
		}},
		{"turned window of performance", "from", func(ctx context.Context, c *esm.Client) error {
			return errorOf(gather(c.HostPerformancePages(ctx, "", turned)))
		}},
		{"turned window of all performance", "from", func(ctx context.Context, c *esm.Client) error {
			return errorOf(c.HostPerformances(ctx, turned))
		}},
		{"turned window of network", "from", func(ctx context.Context, c *esm.Client) error {
			return errorOf(gather(c.NetworkDeviceMetricPages(ctx, turned, "", "")))
		}},
		{"turned window of machines", "from", func(ctx context.Context, c *esm.Client) error {
			return errorOf(gather(c.VMPerformancePages(ctx, "", turned)))
		}},
		{"turned window of instances", "from", func(ctx context.Context, c *esm.Client) error {
			return errorOf(c.ResourceInstances(ctx, "ECS", turned, 0))
		}},
		{"empty host", "hostId", func(ctx context.Context, c *esm.Client) error { return errorOf(c.HostVMs(ctx, "")) }},
		{"host with a control character", "hostId", func(ctx context.Context, c *esm.Client) error {
			return errorOf(c.HostVMs(ctx, "a\r\nb"))
		}},
		{"empty host of metrics", "hostId", func(ctx context.Context, c *esm.Client) error {
			return errorOf(gather(c.HostMetricPages(ctx, "", september())))
		}},
		{
			"long host", "hostId",
			func(ctx context.Context, c *esm.Client) error { return errorOf(c.HostDetails(ctx, september(), long)) },
		},
		{"long serial number", "serialNumber", func(ctx context.Context, c *esm.Client) error {
			return errorOf(gather(c.HostPerformancePages(ctx, long, september())))
		}},
		{"long machine", "vmId", func(ctx context.Context, c *esm.Client) error {
			return errorOf(gather(c.VMPerformancePages(ctx, long, september())))
		}},
		{"long address", "managementIp", func(ctx context.Context, c *esm.Client) error {
			return errorOf(gather(c.NetworkDeviceMetricPages(ctx, september(), long, "")))
		}},
		{"Quirk040 unknown metric", "metric", func(ctx context.Context, c *esm.Client) error {
			return errorOf(gather(c.NetworkDeviceMetricPages(ctx, september(), "", "cpu")))
		}},
		{"Quirk036 word of another call", "serviceType", func(ctx context.Context, c *esm.Client) error {
			return errorOf(c.ServiceCapacity(ctx, september(), "ECS"))
		}},
		{"no service type", "serviceType", func(ctx context.Context, c *esm.Client) error {
			return errorOf(c.ServiceCapacity(ctx, september(), ""))
		}},
		{"unknown device type", "deviceType", func(ctx context.Context, c *esm.Client) error {
			return errorOf(c.PhysicalCapacityOf(ctx, september(), "OBS", ""))
		}},
		{"unknown zone", "zone", func(ctx context.Context, c *esm.Client) error {
			return errorOf(c.PhysicalCapacityOf(ctx, september(), "", "POD"))
		}},
		{"path in a type", "type", func(ctx context.Context, c *esm.Client) error {
			return errorOf(c.ResourceInstances(ctx, "../ECS", september(), 0))
		}},
		{
			"unknown type", "type",
			func(ctx context.Context, c *esm.Client) error { _, err := c.TenantInstances(ctx, "RDS"); return err },
		},
		{"negative pages", "maxPages", func(ctx context.Context, c *esm.Client) error {
			return errorOf(c.ResourceInstances(ctx, "ECS", september(), -1))
		}},
		{"Quirk112 empty domain", "domainId", func(ctx context.Context, c *esm.Client) error {
			_, err := c.CreateMeterJob(ctx, "", esm.MeterJobRequest{})
			return err
		}},
		{"Quirk112 domain with an end that does not fit", "domainId", func(ctx context.Context, c *esm.Client) error {
			_, err := c.MeterJob(ctx, "abc/../x", jobID)
			return err
		}},
		{
			"Quirk112 empty job", "jobId",
			func(ctx context.Context, c *esm.Client) error { _, err := c.MeterJob(ctx, domainID, ""); return err },
		},
		{"Quirk112 long job", "jobId", func(ctx context.Context, c *esm.Client) error {
			_, err := c.MeterJobRecords(ctx, domainID, strings.Repeat("a", 37), "", 10)
			return err
		}},
		{"Quirk112 site", "hcsoId", func(ctx context.Context, c *esm.Client) error {
			_, err := c.CreateMeterJob(ctx, domainID, esm.MeterJobRequest{HCSOID: "a b"})
			return err
		}},
		{"Quirk112 region", "regionId", func(ctx context.Context, c *esm.Client) error {
			_, err := c.CreateMeterJob(ctx, domainID, esm.MeterJobRequest{RegionID: "七"})
			return err
		}},
		{"Quirk112 marker", "marker", func(ctx context.Context, c *esm.Client) error {
			_, err := c.MeterJobRecords(ctx, domainID, jobID, "a b", 10)
			return err
		}},
		{"Quirk057 limit above", "limit", func(ctx context.Context, c *esm.Client) error {
			_, err := c.MeterJobRecords(ctx, domainID, jobID, "", esm.MaxMeterRecords+1)
			return err
		}},
		{"Quirk057 limit below", "limit", func(ctx context.Context, c *esm.Client) error {
			_, err := c.MeterJobRecords(ctx, domainID, jobID, "", -1)
			return err
		}},
		{"days turned", "from", func(ctx context.Context, c *esm.Client) error {
			_, err := c.CreateMeterJob(ctx, domainID, esm.MeterJobRequest{From: september().To, To: september().From})
			return err
		}},
		{
			"share", "shareId",
			func(ctx context.Context, c *esm.Client) error { _, err := c.ScreenData(ctx, "a/b"); return err },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			client,
				server := serve(t, esm.Options{}, func(recorded) (int, string) { return http.StatusOK, `{"total":0,"list":[]}` })
			err := test.call(t.Context(), client)
			input, ok := errors.AsType[*rest.InputError](err)
			if !ok {
				t.Fatalf("got error %v, want an InputError", err)
			}
			field, message := input.Field, input.Message
			if field != test.field || message == "" {
				t.Errorf("error names %q: %q, want %q", field, message, test.field)
			}
			if err.Error() != "esm: input "+field+" "+message {
				t.Errorf("message %q", err)
			}
			if requests := server.seen(); len(requests) != 0 {
				t.Errorf("sent %v", requests)
			}
		})
	}
}

func TestIteratorsYieldInputErrorsOnce(t *testing.T) {
	client,
		server := serve(t, esm.Options{}, func(recorded) (int, string) { return http.StatusOK, `{"total":0,"list":[]}` })
	none := esm.Window{}
	seen := 0
	check := func(err error) {
		seen++
		if _, ok := errors.AsType[*rest.InputError](err); !ok {
			t.Errorf("got error %v, want an InputError", err)
		}
	}
	for _, err := range client.HostMetricPages(t.Context(), hostID, none) {
		check(err)
	}
	for _, err := range client.HostPerformancePages(t.Context(), "", none) {
		check(err)
	}
	for _, err := range client.NetworkDeviceMetricPages(t.Context(), none, "", "") {
		check(err)
	}
	for _, err := range client.VMPerformancePages(t.Context(), "", none) {
		check(err)
	}
	for _, err := range client.MeterJobRecordPages(t.Context(), domainID, "", "", 0) {
		check(err)
	}
	if seen != 5 || len(server.seen()) != 0 {
		t.Errorf("%d errors and %d requests, want 5 and none", seen, len(server.seen()))
	}
}
