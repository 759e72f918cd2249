package esm_test

import (
	"net/http"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestQuirk086AppCodesAndDomain(t *testing.T) {
	client, server := serveExample(t, "listDeviceAssets.json")
	if _, err := client.DeviceAssets(t.Context()); err != nil {
		t.Fatal(err)
	}
	header := server.seen()[0].Header
	for name, want := range map[string]string{
		"X-Apig-Appcode": "apig-code", "X-Hcso-Appcode": "hcso-code", "X-Hcso-Domainid": "domain-1",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
	}
}

func TestQuirk087DomainOfTheCaller(t *testing.T) {
	client, server := serveExample(t, "listDeviceAssets.json")
	ctx := rest.WithIdentity(t.Context(), rest.Identity{DomainID: "domain-2"})
	if _, err := client.DeviceAssets(ctx); err != nil {
		t.Fatal(err)
	}
	equal(t, "domain-2", server.seen()[0].Header.Get("X-Hcso-Domainid"))
}

func TestQuirk088MeteringSendsAppCodeToo(t *testing.T) {
	client, server := serveExample(t, "getMeterQueryJob.json")
	if _, err := client.MeterJob(t.Context(), domainID, jobID); err != nil {
		t.Fatal(err)
	}
	if got := server.seen()[0].Header.Get("X-Hcso-Appcode"); got != "hcso-code" {
		t.Errorf("x-hcso-appcode is %q, want hcso-code", got)
	}
}

func TestScreenDataSendsNoCredentials(t *testing.T) {
	client, server := serveExample(t, "getScreenData.json")
	body, err := client.ScreenData(t.Context(), "share-1")
	if err != nil {
		t.Fatal(err)
	}
	if string(body) != "{}" {
		t.Errorf("body %s, want {}", body)
	}
	for _, name := range []string{"X-Apig-Appcode", "X-Hcso-Appcode", "X-Hcso-Domainid", "X-Auth-Token"} {
		if got := server.seen()[0].Header.Get(name); got != "" {
			t.Errorf("sends %s: %q", name, got)
		}
	}
}

func TestQuirk003OtherElbPath(t *testing.T) {
	const other = dataAPI + "/v1/cloudresource/elbv3"
	answer := example(t, "listElbv3Capacity.json")
	client,
		server := serve(t, esm.Options{Elbv3Path: other}, func(recorded) (int, string) { return http.StatusOK, answer })
	if _, err := client.LoadBalancerClusters(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := server.seen()[0].Path; got != other {
		t.Errorf("path %s, want %s", got, other)
	}
}

func TestQuirk051NotationOfTheInstanceWindow(t *testing.T) {
	for notation, want := range map[esm.WindowNotation][2]string{
		"":                     {"1725148800000", "1726819320000"},
		esm.WindowMilliseconds: {"1725148800000", "1726819320000"},
		esm.WindowSeconds:      {"1725148800", "1726819320"},
		esm.WindowCompact:      {"20240901000000", "20240920080200"},
	} {
		t.Run(string(notation), func(t *testing.T) {
			client, server := serve(t, esm.Options{InstanceWindow: notation}, func(recorded) (int, string) {
				return http.StatusOK, `{"total":0,"list":[]}`
			})
			if _, err := client.ResourceInstances(t.Context(), "EVS", september(), 1); err != nil {
				t.Fatal(err)
			}
			query := parameters(t, server.seen()[0].Query)
			if got := [2]string{query.Get("begin_time"), query.Get("end_time")}; got != want {
				t.Errorf("window %v, want %v", got, want)
			}
		})
	}
}
