package redis

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseURL(t *testing.T) {
	tests := []struct {
		name, url string
		want      target
	}{
		{"server", "redis://localhost", target{scheme: "redis", hosts: []string{"localhost:6379"}}},
		{"address", "redis://[::1]:7000/3", target{scheme: "redis", hosts: []string{"[::1]:7000"}, database: 3}},
		{"address without port", "redis://[fe80::1]", target{scheme: "redis", hosts: []string{"[fe80::1]:6379"}}},
		{"user", "rediss://bob:s%40c%2Fret@r1:6380", target{
			scheme: "rediss", hosts: []string{"r1:6380"}, username: "bob", password: "s@c/ret", secure: true,
		}},
		{
			"password with @ and :", "redis://:a@b:c@r1",
			target{scheme: "redis", hosts: []string{"r1:6379"}, password: "a@b:c"},
		},
		{"cluster", "redis://r1:1,r2,r3:3", target{
			scheme: "redis", hosts: []string{"r1:1", "r2:6379", "r3:3"}, cluster: true,
		}},
		{
			"cluster behind one host", "redis://r1?cluster=true",
			target{scheme: "redis", hosts: []string{"r1:6379"}, cluster: true},
		},
		{"sentinel", "redis+sentinel://:p@s1,s2:5/main/2?sentinel_password=q", target{
			scheme: "redis+sentinel", hosts: []string{"s1:26379", "s2:5"}, password: "p",
			master: "main", database: 2, sentinelPassword: "q",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseURL(tt.url)
			if err != nil {
				t.Fatalf("parseURL: %v", err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(target{})); diff != "" {
				t.Errorf("parseURL (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseURLRefuses(t *testing.T) {
	tests := map[string]string{
		"no scheme":               "localhost:6379",
		"other scheme":            "http://canary@r1",
		"no host":                 "redis://:canary@",
		"empty host in list":      "redis://:canary@r1,,r2",
		"port":                    "redis://:canary@r1:port",
		"port zero":               "redis://:canary@r1:0",
		"port too large":          "redis://:canary@r1:65536",
		"database":                "redis://:canary@r1/x",
		"database of a cluster":   "redis://:canary@r1,r2/1",
		"escape":                  "redis://:canary%zz@r1",
		"unknown parameter":       "redis://:canary@r1?pool=3",
		"cluster neither yes no":  "redis://:canary@r1?cluster=maybe",
		"cluster with sentinel":   "redis+sentinel://:canary@r1/m?cluster=true",
		"sentinel without master": "redis+sentinel://:canary@r1",
		"fragment":                "redis://:canary#@r1",
		"bare address":            "redis://::1",
	}
	for name, url := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parseURL(url)
			if err == nil {
				t.Fatalf("parseURL = %+v, want an error", got)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the error %q holds the password", err)
			}
		})
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("redis://:p@r1:1,r2/3?cluster=1")
	f.Add("rediss+sentinel://[::1]:5/main/2")
	f.Fuzz(func(t *testing.T, url string) {
		got, err := parseURL(url)
		if err == nil && (len(got.hosts) == 0 || got.scheme == "") {
			t.Errorf("parseURL(%q) = %+v without an error", url, got)
		}
	})
}
