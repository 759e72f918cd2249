package esm_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/esm"
)

const dataAPI = "/rest/dataapi/homs/open-api"

// TestRequests checks for every operation the request that its method sends, and that the method returns the
// reference's answer.
func TestRequests(t *testing.T) {
	const window = septemberQuery + "&offset_value=0&"
	for _, test := range []struct {
		name, answer        string
		call                func(ctx context.Context, c *esm.Client) (rows int, err error)
		method, path, query string
		body                string // "" means none
		rows                int
	}{
		{
			name: "listHostPhysicalCapacity", answer: "listHostPhysicalCapacity.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.PhysicalCapacity(ctx, september())
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/host-physical/capacity", query: window + "page_size=1000", rows: 4,
		},
		{
			name: "listHostPhysicalCapacity Quirk034 filtered", answer: "listHostPhysicalCapacity.EVS.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.PhysicalCapacityOf(ctx, september(), esm.DeviceTypeStorage, esm.ZonePod)
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/host-physical/capacity",
			query: window + "page_size=1000&device_type=EVS&zone_type=pod", rows: 2,
		},
		{
			name: "listCloudServiceCapacity Quirk004 mixed case", answer: "listCloudServiceCapacity.VPN.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.ServiceCapacity(ctx, september(), "VPN")
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/CloudService/capacity",
			query: window + "page_size=1000&service_type=VPN", rows: 2,
		},
		{
			name: "listCloudAuditLogs", answer: "listCloudAuditLogs.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.AuditLogs(ctx, september())
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/cloudAuditlog", query: window + "page_size=1000", rows: 3,
		},
		{
			name: "listDeviceAssets", answer: "listDeviceAssets.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.DeviceAssets(ctx)
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/DeviceAsset/info", query: "offset_value=0&page_size=1000", rows: 4,
		},
		{
			name: "listCloudServiceAlarms Quirk052 digits", answer: "listCloudServiceAlarms.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.ServiceAlarms(ctx, september())
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/CloudServiceAlarm/info", query: window + "page_size=1000", rows: 2,
		},
		{
			name: "listDeviceAlarms", answer: "listDeviceAlarms.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.DeviceAlarms(ctx, september())
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/DeviceAlarm/info", query: window + "page_size=1000", rows: 2,
		},
		{
			name: "listHostMetricData", answer: "listHostMetricData.joined.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := gather(c.HostMetricPages(ctx, hostID, september()))
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/host/metricdata", query: window + "page_size=500&host_id=" + hostID,
			rows: 3,
		},
		{
			name: "listHostPerformanceData of all", answer: "listHostPerformanceData.joined.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.HostPerformances(ctx, september())
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/host/performancedata", query: window + "page_size=500", rows: 2,
		},
		{
			name: "listHostPerformanceData Quirk066 of one", answer: "listHostPerformanceData.joined.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := gather(c.HostPerformancePages(ctx, "sn&1", september()))
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/host/performancedata", query: window + "page_size=500&sn=sn%261",
			rows: 2,
		},
		{
			name:   "listTenantInstanceData Quirk002 misspelt path, Quirk063 no paging",
			answer: "listTenantInstanceData.illustrative.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				answer, err := c.TenantInstances(ctx, "ECS")
				return len(answer.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/TanentCloudResource/InstanceData/ECS", rows: 1,
		},
		{
			name: "listElbv3Capacity", answer: "listElbv3Capacity.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.LoadBalancerClusters(ctx)
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/network/capacity/elbv3", query: "offset_value=0&page_size=500", rows: 1,
		},
		{
			name: "listCloudResourceInstanceData Quirk051 milliseconds", answer: "listCloudResourceInstanceData.joined.ECS.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.ResourceInstances(ctx, "ECS", september(), 0)
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v2/cloudresource/instancedata/ECS", query: window + "page_size=500",
			rows: 3,
		},
		{
			name: "listNetworkDeviceMetricData", answer: "listNetworkDeviceMetricData.joined.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := gather(c.NetworkDeviceMetricPages(ctx, september(), "10.21.0.11", "59"))
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/network-device/metric-data",
			query: window + "page_size=500&management_ip=10.21.0.11&metric=59", rows: 3,
		},
		{
			name: "listHostDetails Quirk054 mandatory window", answer: "listHostDetails.joined.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.HostDetails(ctx, september(), "")
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/host/detail", query: window + "page_size=500", rows: 2,
		},
		{
			name: "listHostDetails of one", answer: "listHostDetails.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.HostDetails(ctx, september(), hostID)
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/host/detail", query: window + "page_size=500&host_id=" + hostID,
			rows: 1,
		},
		{
			name: "listEcsPerformance", answer: "listEcsPerformance.joined.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := gather(c.VMPerformancePages(ctx, "f0ae18b6-40d2-4162-9d6a-7697b9b7eacc", september()))
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/ecs/performance",
			query: window + "page_size=500&vm_id=f0ae18b6-40d2-4162-9d6a-7697b9b7eacc", rows: 4,
		},
		{
			name: "listHostVms Quirk058 both paging parameters", answer: "listHostVms.joined.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				list, err := c.HostVMs(ctx, hostID)
				return len(list.Rows), err
			},
			method: http.MethodGet, path: dataAPI + "/v1/host/vms", query: "offset_value=0&page_size=500&host_id=" + hostID,
			rows: 1,
		},
		{
			name: "createMeterQueryJob Quirk055 exclusive end", answer: "createMeterQueryJob.joined.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				id, err := c.CreateMeterJob(ctx, domainID, esm.MeterJobRequest{
					HCSOID: "hcso-north-7", RegionID: "cn-north-7",
					From: time.Date(2024, 9, 1, 13, 0, 0, 0, time.UTC), To: time.Date(2024, 9, 30, 23, 59, 0, 0, time.UTC),
				})
				return len(id), err
			},
			method: http.MethodPost, path: "/meter/v1/" + domainID + "/query-jobs",
			body: "createMeterQueryJob.joined.request.json",
			rows: len(jobID),
		},
		{
			name: "createMeterQueryJob of the document", answer: "createMeterQueryJob.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				_, err := c.CreateMeterJob(ctx, domainID, esm.MeterJobRequest{
					HCSOID: "xxx", RegionID: "region",
					From: time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2022, 1, 31, 0, 0, 0, 0, time.UTC),
				})
				return 0, err
			},
			method: http.MethodPost, path: "/meter/v1/" + domainID + "/query-jobs", body: "createMeterQueryJob.request.json",
		},
		{
			name: "getMeterQueryJob", answer: "getMeterQueryJob.running.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				_, err := c.MeterJob(ctx, domainID, jobID)
				return 0, err
			},
			method: http.MethodGet, path: "/meter/v1/" + domainID + "/query-jobs/" + jobID,
		},
		{
			name: "listMeterJobSdrs Quirk076 POST, first page", answer: "listMeterJobSdrs.illustrative.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				page, err := c.MeterJobRecords(ctx, domainID, jobID, "", 2)
				return len(page.Records), err
			},
			method: http.MethodPost, path: "/meter/v1/" + domainID + "/query-jobs/" + jobID + "/sdr",
			body: "listMeterJobSdrs.first.request.json", rows: 2,
		},
		{
			name: "listMeterJobSdrs of the document", answer: "listMeterJobSdrs.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				page, err := c.MeterJobRecords(ctx, domainID, jobID, "xxx", 10)
				return len(page.Records), err
			},
			method: http.MethodPost, path: "/meter/v1/" + domainID + "/query-jobs/" + jobID + "/sdr",
			body: "listMeterJobSdrs.request.json",
		},
		{
			name: "getScreenData", answer: "getScreenData.json",
			call: func(ctx context.Context, c *esm.Client) (int, error) {
				_, err := c.ScreenData(ctx, "share-1")
				return 0, err
			},
			method: http.MethodPost, path: "/rest/dlvapp-engine/v1/screens/data/share-1",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, server := serveExample(t, test.answer)
			rows, err := test.call(t.Context(), client)
			if err != nil {
				t.Fatal(err)
			}
			if rows != test.rows {
				t.Errorf("got %d rows, want %d", rows, test.rows)
			}
			requests := server.seen()
			if len(requests) != 1 {
				t.Fatalf("sent %d requests, want one", len(requests))
			}
			got := requests[0]
			if got.Method != test.method || got.Path != test.path {
				t.Errorf("sent %s %s, want %s %s", got.Method, got.Path, test.method, test.path)
			}
			if diff := cmp.Diff(parameters(t, test.query), parameters(t, got.Query)); diff != "" {
				t.Errorf("query:\n%s", diff)
			}
			wantBody := test.body
			if wantBody != "" {
				wantBody = example(t, test.body)
			}
			if diff := cmp.Diff(jsonValue(t, wantBody), jsonValue(t, got.Body)); diff != "" {
				t.Errorf("body:\n%s", diff)
			}
		})
	}
}

func parameters(t *testing.T, query string) url.Values {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func jsonValue(t *testing.T, body string) any {
	t.Helper()
	if body == "" {
		return nil
	}
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("body %q: %v", body, err)
	}
	return value
}
