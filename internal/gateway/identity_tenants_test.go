package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// TestHostile_etagOfAnother_H172 has a tenant ask with the ETag of another's answer to the same query.
func TestHostile_etagOfAnother_H172(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	// An answer of equal bytes: no host is left of either.
	for _, document := range []string{everyHost, `{hosts(filter: {nameContains: "no such"}) {totalCount}}`} {
		r.ask(t, document, "", n.a.header())
		r.ask(t, document, "", n.b.header())
		tag := r.ask(t, document, "", n.a.header()).header.Get("ETag")
		if tag == "" {
			t.Fatal("no ETag")
		}
		if got := r.ask(t, document, "", with(n.b.header(), "If-None-Match", tag)); got.status != http.StatusOK || got.header.Get("ETag") == tag {
			t.Errorf("another tenant's ETag: %d, %q", got.status, got.header.Get("ETag"))
		}
		if got := r.ask(t, document, "", with(n.a.header(), "If-None-Match", tag)); got.status != http.StatusNotModified {
			t.Errorf("the own ETag: %d", got.status)
		}
		wantRefused(t, r.ask(t, document, "", http.Header{"If-None-Match": {tag}}), http.StatusUnauthorized, "UNAUTHENTICATED")
	}
}

// TestIdsAndCursorsOfAnother proves that ids and cursors open nothing: they are looked up among the caller's own data.
func TestIdsAndCursorsOfAnother(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	var page struct {
		Hosts struct {
			Nodes    []struct{ ID, HostID string }
			PageInfo struct{ EndCursor string }
		}
	}
	own := r.ask(t, `{hosts(first: 2) {nodes {id hostId} pageInfo {endCursor}}}`, "", n.a.header())
	if err := json.Unmarshal(own.body.Data, &page); err != nil || len(page.Hosts.Nodes) != 2 {
		t.Fatalf("hosts: %v %.300s", err, own.raw)
	}
	first := page.Hosts.Nodes[0]
	for document, want := range map[string]string{
		fmt.Sprintf(`{node(id: %q) {... on Host {hostId name}}}`, first.ID):                                         `{"node":null}`,
		fmt.Sprintf(`{nodes(ids: [%q]) {... on Host {hostId virtualMachines(first: 1) {nodes {name}}}}}`, first.ID): `{"nodes":[null]}`,
		fmt.Sprintf(`{host(hostId: %q) {name}}`, first.HostID):                                                      `{"host":null}`,
	} {
		if got := r.ask(t, document, "", n.b.header()); string(got.body.Data) != want {
			t.Errorf("%s: %.300s", document, got.raw)
		}
	}
	after := r.ask(t, fmt.Sprintf(`{hosts(first: 100, after: %q) {nodes {hostId}}}`, page.Hosts.PageInfo.EndCursor), "", n.b.header())
	wantNothingOf(t, after, n.a)
}

// TestJobsOfAnother proves that what is remembered of commands is told to the tenant that gave them, and that idempotency keys of
// tenants are apart.
func TestJobsOfAnother(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	start := func(who *tenant) (jobID string) {
		t.Helper()
		got := r.ask(t, `mutation {createMeterJob(input: {domainId: "shared", idempotencyKey: "same"}) {meterJob {jobId submittedAt}}}`, "", who.header())
		var data struct {
			CreateMeterJob struct {
				MeterJob struct{ JobID string }
			}
		}
		if err := json.Unmarshal(got.body.Data, &data); err != nil || data.CreateMeterJob.MeterJob.JobID == "" {
			t.Fatalf("start: %v %.300s", err, got.raw)
		}
		return data.CreateMeterJob.MeterJob.JobID
	}
	one, two := start(n.a), start(n.b)
	if one == two || n.sim.Calls()["createMeterQueryJob"] != 2 {
		t.Errorf("an idempotency key gave %s to one tenant and %s to the other", one, two)
	}
	document := fmt.Sprintf(`{meterJob(jobId: %q, domainId: "shared") {jobId submittedAt}}`, one)
	if got := r.ask(t, document, "", n.b.header()); string(got.body.Data) != `{"meterJob":null}` {
		t.Errorf("another tenant's job: %.300s", got.raw)
	}
	if got := r.ask(t, document, "", n.a.header()); !strings.Contains(got.raw, `"submittedAt":"2026-`) {
		t.Errorf("the own job: %.300s", got.raw)
	}

	export := fmt.Sprintf(`mutation {exportUserUsage(input: {projectId: %q, from: "2026-11-20T08:00:00Z", to: "2026-11-21T09:00:00Z"})
		{usageExportJob {id submittedAt}}}`, n.a.account.ProjectID)
	var data struct {
		ExportUserUsage struct {
			UsageExportJob struct{ ID, SubmittedAt string }
		}
	}
	got := r.ask(t, export, "", n.a.header())
	if err := json.Unmarshal(got.body.Data, &data); err != nil || data.ExportUserUsage.UsageExportJob.SubmittedAt == "" {
		t.Fatalf("export: %v %.300s", err, got.raw)
	}
	node := fmt.Sprintf(`{node(id: %q) {... on UsageExportJob {submittedAt}}}`, data.ExportUserUsage.UsageExportJob.ID)
	if got := r.ask(t, node, "", n.b.header()); !strings.Contains(got.raw, `"submittedAt":null`) {
		t.Errorf("another tenant learns when an export was started: %.300s", got.raw)
	}
}

// TestLearnedRegionsOfAnother has tenants whose hosts name regions that no configuration does, over one Redis.
func TestLearnedRegionsOfAnother(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{UnknownRegions: true})
	r := n.passthrough(t, withRedis(redistest.Start(t))...)
	codes := func(who *tenant) string {
		t.Helper()
		return string(r.ask(t, `{regions {code}}`, "", who.header()).body.Data)
	}
	if got := codes(n.a); !strings.Contains(got, `"code"`) {
		t.Fatalf("the first tenant learned nothing: %s", got)
	}
	lists := n.lists()
	codes(n.b)
	if n.lists() != lists+1 {
		t.Error("the second tenant's regions were not read with its own token")
	}
}

// TestExplainOfAnother proves that an explanation has the caller's own calls only.
func TestExplainOfAnother(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	n.steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listHostVms", "kind": "latency", "latencyMs": 50}})
	explained := func(who *tenant) *reply {
		return r.ask(t, `{hosts(first: 100) {nodes {virtualMachines(first: 1) {nodes {name}}}}}`, "", with(who.header(), "X-Opsgraph-Explain", "1"))
	}
	together(2, func(i int) {
		who, other := n.a, n.b
		if i == 1 {
			who, other = other, who
		}
		got := explained(who)
		if !strings.Contains(got.raw, who.hosts[0]) {
			t.Errorf("the explanation lacks the own calls: %.500s", got.raw)
		}
		wantNothingOf(t, got, other)
		if strings.Contains(got.raw, who.token) {
			t.Error("the explanation has the token")
		}
	})
}

func withRedis(redis *redistest.Server) []string {
	return []string{
		"OPSGRAPH_REDIS_URL=" + redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s",
		"OPSGRAPH_SECRET_KEY=0123456789abcdef0123456789abcdef",
	}
}

// TestHostile_interleavedTenants_H152 sends 1000 requests of two tenants to two replicas on one Redis, one in four given up half-way,
// while everything turns stale again and again.
func TestHostile_interleavedTenants_H152(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{Quota: "off"})
	environ := append(withRedis(redistest.Start(t)), "OPSGRAPH_CALLERS_RATE=10000", "OPSGRAPH_CALLERS_BURST=10000", "OPSGRAPH_CALLERS_OPERATIONS=500")
	replicas := []*replica{n.passthrough(t, environ...), n.passthrough(t, environ...)}
	documents := []string{
		everyHost,
		`{hosts(first: 100) {nodes {hostId virtualMachines(first: 2) {nodes {id name}}}}}`,
		`{alarms(first: 20) {nodes {id name host {hostId}}}}`,
	}
	var served atomic.Int64
	workers := make(chan struct{}, 16)
	together(1000, func(i int) {
		workers <- struct{}{}
		defer func() { <-workers }()
		if i%100 == 0 {
			n.clock.Advance(61 * time.Second) // acceptances end, hosts turn stale
		}
		own, other := n.a, n.b
		if i%2 == 1 {
			own, other = other, own
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if i%4 == 3 {
			ctx, cancel = context.WithTimeout(ctx, time.Duration(i%7)*time.Millisecond)
			defer cancel()
		}
		body := requestBody(t, documents[i/2%len(documents)], "")
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, replicas[i/4%2].server.URL+"/graphql", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		request.Header = with(own.header(), "Content-Type", "application/json")
		response, err := replicas[i/4%2].client.RoundTrip(request)
		if err != nil {
			return // given up
		}
		defer response.Body.Close()
		raw, _ := io.ReadAll(response.Body) // what came before it was given up
		got := &reply{status: response.StatusCode, raw: string(raw)}
		wantNothingOf(t, got, other)
		switch {
		case response.StatusCode == http.StatusOK && !strings.Contains(got.raw, `"errors"`):
			served.Add(1)
		case i%4 != 3 && !strings.Contains(got.raw, `"code":"UPSTREAM_`): // a busy machine's upstream is too slow now and then
			t.Errorf("request %d: %d %.300s", i, response.StatusCode, got.raw)
		}
	})
	if served.Load() < 300 {
		t.Errorf("%d requests were served", served.Load())
	}
}

// TestTokensAreNowhere looks for the callers' tokens in everything that leaves the gateway or is kept outside of its memory.
func TestTokensAreNowhere(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	redis := redistest.Start(t)
	r := n.passthrough(t, withRedis(redis)...)
	var replies strings.Builder
	ask := func(document string, header http.Header) {
		got := r.ask(t, document, "", with(header, "X-Opsgraph-Explain", "1"))
		fmt.Fprintln(&replies, got.raw, got.header)
	}
	ask(everyHost, n.a.header())
	ask(`{hosts(first: 2) {nodes {virtualMachines(first: 2) {nodes {name}}}} alarms(first: 1) {totalCount} upstream {quotas {left}}}`, n.a.header())
	ask(`mutation {createMeterJob(input: {idempotencyKey: "k"}) {meterJob {jobId}}}`, n.a.header())
	ask(everyHost, with(n.a.header(), "X-HCSO-Domain-Id", n.b.account.DomainID))
	ask(everyHost, with(n.a.header(), "X-Auth-Token", n.a.token+"x"))
	n.steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listDeviceAssets", "kind": "status", "status": 401, "body": n.a.token}})
	ask(`{devices(first: 1) {totalCount}}`, n.a.header())
	r.close()

	var stored strings.Builder
	client := goredis.NewClient(&goredis.Options{Addr: redis.Addr})
	defer client.Close()
	keys, err := client.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) == 0 {
		t.Fatalf("nothing in Redis: %v", err)
	}
	for _, key := range keys {
		dump, err := client.Dump(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		plain, _ := client.Get(t.Context(), key).Result() // values that are no text have their dump
		fmt.Fprintln(&stored, key, dump, plain)
	}
	canary := n.a.token[:40]
	for where, text := range map[string]string{"replies": replies.String(), "log": r.log.String(), "redis": stored.String()} {
		if strings.Contains(text, canary) {
			t.Errorf("a token stands in the %s", where)
		}
	}
}
