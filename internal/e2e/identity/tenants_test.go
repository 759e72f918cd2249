// Package identity tests how callers are identified, and that two tenants never see each other's data.
package identity

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
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestHostile_etagOfAnother_H172 has a tenant ask with the ETag of another's answer to the same query.
func TestHostile_etagOfAnother_H172(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	// An answer of equal bytes: no host is left of either.
	for _, document := range []string{kit.EveryHost, `{hosts(filter: {nameContains: "no such"}) {totalCount}}`} {
		r.Ask(t, document, "", n.A.Header())
		r.Ask(t, document, "", n.B.Header())
		tag := r.Ask(t, document, "", n.A.Header()).Header.Get("ETag")
		if tag == "" {
			t.Fatal("no ETag")
		}
		if got := r.Ask(t, document, "", kit.With(n.B.Header(), "If-None-Match", tag)); got.Status != http.StatusOK ||
			got.Header.Get("ETag") == tag {
			t.Errorf("another tenant's ETag: %d, %q", got.Status, got.Header.Get("ETag"))
		}
		if got := r.Ask(t, document, "", kit.With(n.A.Header(), "If-None-Match", tag)); got.Status != http.StatusNotModified {
			t.Errorf("the own ETag: %d", got.Status)
		}
		kit.WantRefused(t, r.Ask(t, document, "", http.Header{"If-None-Match": {tag}}), http.StatusUnauthorized,
			"UNAUTHENTICATED")
	}
}

// TestIdsAndCursorsOfAnother proves that ids and cursors give no access: they are looked up in the caller's own data.
func TestIdsAndCursorsOfAnother(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	var page struct {
		Hosts struct {
			Nodes    []struct{ ID, HostID string }
			PageInfo struct{ EndCursor string }
		}
	}
	own := r.Ask(t, `{hosts(first: 2) {nodes {id hostId} pageInfo {endCursor}}}`, "", n.A.Header())
	if err := json.Unmarshal(own.Body.Data, &page); err != nil || len(page.Hosts.Nodes) != 2 {
		t.Fatalf("hosts: %v %.300s", err, own.Raw)
	}
	first := page.Hosts.Nodes[0]
	for document, want := range map[string]string{
		fmt.Sprintf(`{node(id: %q) {... on Host {hostId name}}}`,
			first.ID): `{"node":null}`,
		fmt.Sprintf(`{nodes(ids: [%q]) {... on Host {hostId virtualMachines(first: 1) {nodes {name}}}}}`,
			first.ID): `{"nodes":[null]}`,
		fmt.Sprintf(`{host(hostId: %q) {name}}`, first.HostID): `{"host":null}`,
	} {
		if got := r.Ask(t, document, "", n.B.Header()); string(got.Body.Data) != want {
			t.Errorf("%s: %.300s", document, got.Raw)
		}
	}
	after := r.Ask(t, fmt.Sprintf(`{hosts(first: 100, after: %q) {nodes {hostId}}}`, page.Hosts.PageInfo.EndCursor), "",
		n.B.Header())
	kit.WantNothingOf(t, after, n.A)
}

// TestJobsOfAnother proves that only the tenant that gave a command sees what is remembered of it, and that idempotency
// keys of tenants are separate.
func TestJobsOfAnother(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	start := func(who *kit.Tenant) (jobID string) {
		t.Helper()
		got := r.Ask(t,
			`mutation {createMeterJob(input: {domainId: "shared", idempotencyKey: "same"}) {meterJob {jobId submittedAt}}}`, "",
			who.Header())
		var data struct {
			CreateMeterJob struct {
				MeterJob struct{ JobID string }
			}
		}
		if err := json.Unmarshal(got.Body.Data, &data); err != nil || data.CreateMeterJob.MeterJob.JobID == "" {
			t.Fatalf("start: %v %.300s", err, got.Raw)
		}
		return data.CreateMeterJob.MeterJob.JobID
	}
	one, two := start(n.A), start(n.B)
	if one == two || n.Sim.Calls()["createMeterQueryJob"] != 2 {
		t.Errorf("an idempotency key gave %s to one tenant and %s to the other", one, two)
	}
	document := fmt.Sprintf(`{meterJob(jobId: %q, domainId: "shared") {jobId submittedAt}}`, one)
	if got := r.Ask(t, document, "", n.B.Header()); string(got.Body.Data) != `{"meterJob":null}` {
		t.Errorf("another tenant's job: %.300s", got.Raw)
	}
	if got := r.Ask(t, document, "", n.A.Header()); !strings.Contains(got.Raw, `"submittedAt":"2026-`) {
		t.Errorf("the own job: %.300s", got.Raw)
	}

	export := fmt.Sprintf(`mutation {exportUserUsage(input: {projectId: %q, from: "2026-11-20T08:00:00Z", to: "2026-11-21T09:00:00Z"})
		{usageExportJob {id submittedAt}}}`, n.A.Account.ProjectID)
	var data struct {
		ExportUserUsage struct {
			UsageExportJob struct{ ID, SubmittedAt string }
		}
	}
	got := r.Ask(t, export, "", n.A.Header())
	if err := json.Unmarshal(got.Body.Data, &data); err != nil || data.ExportUserUsage.UsageExportJob.SubmittedAt == "" {
		t.Fatalf("export: %v %.300s", err, got.Raw)
	}
	node := fmt.Sprintf(`{node(id: %q) {... on UsageExportJob {submittedAt}}}`, data.ExportUserUsage.UsageExportJob.ID)
	if got := r.Ask(t, node, "", n.B.Header()); !strings.Contains(got.Raw, `"submittedAt":null`) {
		t.Errorf("another tenant learns when an export was started: %.300s", got.Raw)
	}
}

// TestLearnedRegionsOfAnother has tenants whose hosts name regions that no configuration does, over one Redis.
func TestLearnedRegionsOfAnother(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{UnknownRegions: true})
	r := n.Passthrough(t, kit.WithRedis(redistest.Start(t))...)
	codes := func(who *kit.Tenant) string {
		t.Helper()
		return string(r.Ask(t, `{regions {code}}`, "", who.Header()).Body.Data)
	}
	if got := codes(n.A); !strings.Contains(got, `"code"`) {
		t.Fatalf("the first tenant learned nothing: %s", got)
	}
	lists := n.Lists()
	codes(n.B)
	if n.Lists() != lists+1 {
		t.Error("the second tenant's regions were not read with its own token")
	}
}

// TestExplainOfAnother proves that an explanation has the caller's own calls only.
func TestExplainOfAnother(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	n.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listHostVms", "kind": "latency", "latencyMs": 50}})
	explained := func(who *kit.Tenant) *kit.Reply {
		return r.Ask(t, `{hosts(first: 100) {nodes {virtualMachines(first: 1) {nodes {name}}}}}`, "",
			kit.With(who.Header(), "X-Opsgraph-Explain", "1"))
	}
	kit.Together(2, func(i int) {
		who, other := n.A, n.B
		if i == 1 {
			who, other = other, who
		}
		got := explained(who)
		if !strings.Contains(got.Raw, who.Hosts[0]) {
			t.Errorf("the explanation lacks the own calls: %.500s", got.Raw)
		}
		kit.WantNothingOf(t, got, other)
		if strings.Contains(got.Raw, who.Token) {
			t.Error("the explanation has the token")
		}
	})
}

// TestHostile_interleavedTenants_H152 sends 1000 requests of two tenants to two replicas on one Redis, one in four
// given up half-way, while everything turns stale again and again.
func TestHostile_interleavedTenants_H152(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{Quota: "off"})
	environ := append(kit.WithRedis(redistest.Start(t)), "OPSGRAPH_CALLERS_RATE=10000", "OPSGRAPH_CALLERS_BURST=10000",
		"OPSGRAPH_CALLERS_OPERATIONS=500")
	replicas := []*kit.Replica{n.Passthrough(t, environ...), n.Passthrough(t, environ...)}
	documents := []string{
		kit.EveryHost,
		`{hosts(first: 100) {nodes {hostId virtualMachines(first: 2) {nodes {id name}}}}}`,
		`{alarms(first: 20) {nodes {id name host {hostId}}}}`,
	}
	var served atomic.Int64
	workers := make(chan struct{}, 16)
	kit.Together(1000, func(i int) {
		workers <- struct{}{}
		defer func() { <-workers }()
		if i%100 == 0 {
			n.Clock.Advance(61 * time.Second) // acceptances end, hosts turn stale
		}
		own, other := n.A, n.B
		if i%2 == 1 {
			own, other = other, own
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if i%4 == 3 {
			ctx, cancel = context.WithTimeout(ctx, time.Duration(i%7)*time.Millisecond)
			defer cancel()
		}
		body := kit.RequestBody(t, documents[i/2%len(documents)], "")
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, replicas[i/4%2].Server.URL+"/graphql",
			strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		request.Header = kit.With(own.Header(), "Content-Type", "application/json")
		response, err := replicas[i/4%2].Client.RoundTrip(request)
		if err != nil {
			return // given up
		}
		defer response.Body.Close()
		raw, _ := io.ReadAll(response.Body) // what came before it was given up
		got := &kit.Reply{Status: response.StatusCode, Raw: string(raw)}
		kit.WantNothingOf(t, got, other)
		switch {
		case response.StatusCode == http.StatusOK && !strings.Contains(got.Raw, `"errors"`):
			served.Add(1)
		// a busy machine's upstream is too slow now and then
		case i%4 != 3 && !strings.Contains(got.Raw, `"code":"UPSTREAM_`):
			t.Errorf("request %d: %d %.300s", i, response.StatusCode, got.Raw)
		}
	})
	if served.Load() < 300 {
		t.Errorf("%d requests were served", served.Load())
	}
}

// TestTokensAreNowhere searches all that leaves the gateway, or is kept outside of its memory, for callers' tokens.
func TestTokensAreNowhere(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	redis := redistest.Start(t)
	r := n.Passthrough(t, kit.WithRedis(redis)...)
	var replies strings.Builder
	ask := func(document string, header http.Header) {
		got := r.Ask(t, document, "", kit.With(header, "X-Opsgraph-Explain", "1"))
		fmt.Fprintln(&replies, got.Raw, got.Header)
	}
	ask(kit.EveryHost, n.A.Header())
	ask(
		`{hosts(first: 2) {nodes {virtualMachines(first: 2) {nodes {name}}}} alarms(first: 1) {totalCount} upstream {quotas {left}}}`, n.A.Header())
	ask(`mutation {createMeterJob(input: {idempotencyKey: "k"}) {meterJob {jobId}}}`, n.A.Header())
	ask(kit.EveryHost, kit.With(n.A.Header(), "X-HCSO-Domain-Id", n.B.Account.DomainID))
	ask(kit.EveryHost, kit.With(n.A.Header(), "X-Auth-Token", n.A.Token+"x"))
	n.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listDeviceAssets", "kind": "status", "status": 401, "body": n.A.Token}})
	ask(`{devices(first: 1) {totalCount}}`, n.A.Header())
	r.Close()

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
	canary := n.A.Token[:40]
	for where, text := range map[string]string{
		"replies": replies.String(), "log": r.Log.String(), "redis": stored.String(),
	} {
		if strings.Contains(text, canary) {
			t.Errorf("a token stands in the %s", where)
		}
	}
}
