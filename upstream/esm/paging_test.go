package esm_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// listOf answers as a list of the rows 0 to n-1 would, each made by row.
func listOf(t *testing.T, n int, row func(i int) string) func(r recorded) (int, string) {
	t.Helper()
	return func(r recorded) (int, string) {
		query := parameters(t, r.Query)
		offset, err := strconv.Atoi(query.Get("offset_value"))
		if err != nil {
			return http.StatusBadRequest, `{"error_code":"AS.0001"}`
		}
		size, err := strconv.Atoi(query.Get("page_size"))
		if err != nil || size < 1 || size > 1000 {
			return http.StatusBadRequest, `{"error_code":"AS.0001"}`
		}
		var rows []string
		for i := offset; i < min(offset+size, n); i++ {
			rows = append(rows, row(i))
		}
		// The total is a lie, as it often is (QUIRKS 61).
		return http.StatusOK, `{"total":2,"list":[` + strings.Join(rows, ",") + `]}`
	}
}

// TestQuirk060RepeatedRows reads each list over two pages. The second begins with a row of the first, as when rows move
// between two calls: it is dropped. Sizes are those of QUIRKS 57.
func TestQuirk060RepeatedRows(t *testing.T) {
	for _, test := range []struct {
		name string
		size int
		row  string // with %d where a row's identity is
		call func(ctx context.Context, c *esm.Client) (rows, repeated, pages int, err error)
	}{
		{
			"pools", 1000, `{"region":"r","resource_type":"m%d","timestamp":"1649692800000"}`,
			func(ctx context.Context, c *esm.Client) (int, int, int, error) {
				return counts(c.PhysicalCapacity(ctx, september()))
			},
		},
		{
			"capacity by model", 1000, `{"region":"r","metric_type":"m%d"}`,
			func(ctx context.Context, c *esm.Client) (int, int, int, error) {
				return counts(c.ServiceCapacity(ctx, september(), "EVS"))
			},
		},
		{
			"capacity by zone of later editions", 1000, `{"region":"r","metric_type":"m","az_id":"z%d"}`,
			func(ctx context.Context, c *esm.Client) (int, int, int, error) {
				return counts(c.ServiceCapacity(ctx, september(), "EVS"))
			},
		},
		{
			"capacity by time", 1000, `{"region":"r","metric_type":"m","timestamp":%d}`,
			func(ctx context.Context, c *esm.Client) (int, int, int, error) {
				return counts(c.ServiceCapacity(ctx, september(), "EVS"))
			},
		},
		{"audit", 1000, `{"id":"%d"}`, func(ctx context.Context, c *esm.Client) (int, int, int, error) {
			return counts(c.AuditLogs(ctx, september()))
		}},
		{"assets", 1000, `{"device_id":"%d"}`, func(ctx context.Context, c *esm.Client) (int, int, int, error) {
			return counts(c.DeviceAssets(ctx))
		}},
		{"service alarms", 1000, `{"csn":"%d"}`, func(ctx context.Context, c *esm.Client) (int, int, int, error) {
			return counts(c.ServiceAlarms(ctx, september()))
		}},
		{"device alarms", 1000, `{"csn":%d}`, func(ctx context.Context, c *esm.Client) (int, int, int, error) {
			return counts(c.DeviceAlarms(ctx, september()))
		}},
		{
			"host metrics", 500, `{"host_id":"h","metrics_name":"CPU","time_stamp":"17268193%05d"}`,
			func(ctx context.Context, c *esm.Client) (int, int, int, error) {
				return counts(gather(c.HostMetricPages(ctx, "h", september())))
			},
		},
		{
			"host performance", 500, `{"sn":"s","metric":"m%d","time":"2024-09-20 8:00"}`,
			func(ctx context.Context, c *esm.Client) (int, int, int, error) {
				return counts(gather(c.HostPerformancePages(ctx, "", september())))
			},
		},
		{"clusters", 500, `{"cluster_id":"%d"}`, func(ctx context.Context, c *esm.Client) (int, int, int, error) {
			return counts(c.LoadBalancerClusters(ctx))
		}},
		{
			"instances", 500, `{"resource_id":"i","begin_time":"202403%08d"}`,
			func(ctx context.Context, c *esm.Client) (int, int, int, error) {
				return counts(c.ResourceInstances(ctx, "ECS", september(), 0))
			},
		},
		{
			"network metrics", 500, `{"device_ip":"10.0.0.1","metric":"%d"}`,
			func(ctx context.Context, c *esm.Client) (int, int, int, error) {
				return counts(gather(c.NetworkDeviceMetricPages(ctx, september(), "", "")))
			},
		},
		{"hosts", 500, `{"HOST_ID":"%d"}`, func(ctx context.Context, c *esm.Client) (int, int, int, error) {
			return counts(c.HostDetails(ctx, september(), ""))
		}},
		{
			"machine performance", 500, `{"INSTANCE_ID":"i%d","METRIC_NAME":"cpu"}`,
			func(ctx context.Context, c *esm.Client) (int, int, int, error) {
				return counts(gather(c.VMPerformancePages(ctx, "", september())))
			},
		},
		{
			"machines of a host", 500, `{"host_id":"h","vm_list":"[['%d']]"}`,
			func(ctx context.Context, c *esm.Client) (int, int, int, error) {
				return counts(c.HostVMs(ctx, "h"))
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, _ := serve(t, esm.Options{}, listOf(t, test.size+2, func(i int) string {
				if i == test.size {
					i = 0
				}
				return fmt.Sprintf(test.row, i)
			}))
			rows, repeated, pages, err := test.call(t.Context(), client)
			if err != nil {
				t.Fatal(err)
			}
			if rows != test.size+1 || repeated != 1 || pages != 2 {
				t.Errorf("%d rows, %d repeated, %d pages, want %d, 1, 2", rows, repeated, pages, test.size+1)
			}
		})
	}
}

func counts[R any](list rest.List[R], err error) (rows, repeated, pages int, failure error) {
	return len(list.Rows), list.Repeated, list.Pages, err
}

// gather collects the pages of a walk.
func gather[R any](pages iter.Seq2[rest.PageResult[R], error]) (rest.List[R], error) {
	var list rest.List[R]
	for page, err := range pages {
		if err != nil {
			return rest.List[R]{}, err
		}
		list.Pages++
		list.Rows, list.Bad = append(list.Rows, page.Rows...), append(list.Bad, page.Bad...)
		list.Repeated += page.Repeated
	}
	return list, nil
}

func TestRowsWithoutAnIDAreGapsEach(t *testing.T) {
	client, _ := serve(t, esm.Options{}, listOf(t, 3, func(int) string { return `{"HOST_ID":"null","HOST_NAME":"h"}` }))
	hosts, err := client.HostDetails(t.Context(), september(), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(hosts.Rows) != 0 || len(hosts.Bad) != 3 {
		t.Errorf("%d hosts and %d gaps, want 0 and 3", len(hosts.Rows), len(hosts.Bad))
	}
}

func TestQuirk061TotalEndsNothing(t *testing.T) {
	client,
		server := serve(t, esm.Options{}, listOf(t, 1500, func(i int) string { return fmt.Sprintf(`{"csn":"%d"}`, i) }))
	alarms, err := client.ServiceAlarms(t.Context(), september())
	if err != nil {
		t.Fatal(err)
	}
	if len(alarms.Rows) != 1500 || alarms.ReportedTotal != 2 {
		t.Errorf("%d alarms with the total %d, want 1500 and 2", len(alarms.Rows), alarms.ReportedTotal)
	}
	equal(t, 2, len(server.seen()))
}

func TestQuirk059OffsetCountsRows(t *testing.T) {
	client,
		server := serve(t, esm.Options{}, listOf(t, 1100, func(i int) string { return fmt.Sprintf(`{"HOST_ID":"%d"}`, i) }))
	if _, err := client.HostDetails(t.Context(), september(), ""); err != nil {
		t.Fatal(err)
	}
	var offsets []string
	for _, request := range server.seen() {
		offsets = append(offsets, parameters(t, request.Query).Get("offset_value"))
	}
	equal(t, "0 500 1000", strings.Join(offsets, " "))
}

func TestPageSizeIsASetting(t *testing.T) {
	client, server := serve(t, esm.Options{SlowPageSize: 4, FastPageSize: 3},
		func(recorded) (int, string) { return http.StatusOK, `{"list":[]}` })
	if _, err := client.HostDetails(t.Context(), september(), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := client.DeviceAssets(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, err := range client.HostMetricPages(t.Context(), hostID, september()) {
		if err != nil {
			t.Fatal(err)
		}
	}
	var sizes []string
	for _, request := range server.seen() {
		sizes = append(sizes, parameters(t, request.Query).Get("page_size"))
	}
	equal(t, "3 4 3", strings.Join(sizes, " "))
}

func TestQuirk062LargeListsAreBounded(t *testing.T) {
	sample := func(i int) string {
		return fmt.Sprintf(`{"device_ip":"10.0.0.1","metric":"59","resource_id":"%[1]d","timestamp":"%[1]d"}`,
			1726819320000+i)
	}
	endless := listOf(t, 1698669, sample)
	t.Run("by the call", func(t *testing.T) {
		client, server := serve(t, esm.Options{MaxPages: 9}, endless)
		list, err := client.ResourceInstances(t.Context(), "ECS", september(), 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Rows) != 1000 || !list.Truncated || len(server.seen()) != 2 {
			t.Errorf("%d rows, truncated %v, %d requests, want 1000, true, 2", len(list.Rows), list.Truncated,
				len(server.seen()))
		}
	})
	t.Run("by the client", func(t *testing.T) {
		client, server := serve(t, esm.Options{MaxPages: 3}, endless)
		list, err := client.ResourceInstances(t.Context(), "ECS", september(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if !list.Truncated || len(server.seen()) != 3 {
			t.Errorf("truncated %v after %d requests, want true after 3", list.Truncated, len(server.seen()))
		}
	})
	t.Run("by the reader", func(t *testing.T) {
		client, server := serve(t, esm.Options{}, endless)
		rows := 0
		for page, err := range client.NetworkDeviceMetricPages(t.Context(), september(), "", "") {
			if err != nil {
				t.Fatal(err)
			}
			if rows += len(page.Rows); rows >= 700 {
				break
			}
		}
		if rows != 1000 || len(server.seen()) != 2 {
			t.Errorf("%d rows in %d requests, want 1000 in 2", rows, len(server.seen()))
		}
	})
	t.Run("walk of the others", func(t *testing.T) {
		client, server := serve(t, esm.Options{MaxPages: 1}, listOf(t, 2000, func(int) string { return `{}` }))
		pages := 0
		for _, err := range client.HostMetricPages(t.Context(), hostID, september()) {
			if err == nil {
				pages++
			}
		}
		for _, err := range client.HostPerformancePages(t.Context(), "", september()) {
			if err == nil {
				pages++
			}
		}
		for _, err := range client.VMPerformancePages(t.Context(), "", september()) {
			if err == nil {
				pages++
			}
		}
		if pages != 3 || len(server.seen()) != 3 {
			t.Errorf("%d pages in %d requests, want 3 in 3", pages, len(server.seen()))
		}
	})
}

func TestQuirk082NothingFoundIsAnEmptyList(t *testing.T) {
	client, _ := serve(t, esm.Options{},
		func(recorded) (int, string) { return http.StatusOK, example(t, "listHostVms.none.json") })
	list, err := client.HostVMs(t.Context(), "no such host")
	if err != nil || len(list.Rows) != 0 {
		t.Errorf("%d rows, error %v, want none", len(list.Rows), err)
	}
}
