package config_test

import (
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
)

// whole is a configuration of every system, as the environment sets it.
func whole() []string {
	return []string{
		"OPSGRAPH_ESM_URL=https://esm.example", "OPSGRAPH_ESM_APPCODE=code", "OPSGRAPH_ESM_DOMAIN_ID=domain",
		"OPSGRAPH_IAM_URL=https://iam.example", "OPSGRAPH_IAM_USERNAME=user", "OPSGRAPH_IAM_PASSWORD=word",
		"OPSGRAPH_IAM_DOMAIN_NAME=name", "OPSGRAPH_IAM_PROJECT_ID=project",
		"OPSGRAPH_GAUSSDB_URL=https://gaussdb.example", "OPSGRAPH_WORKSPACE_URL=https://workspace.example",
		"OPSGRAPH_BSS_URL=https://bss.example",
	}
}

// without drops the entries of the named variables.
func without(environ []string, names ...string) []string {
	var rest []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		drop := false
		for _, n := range names {
			drop = drop || n == name
		}
		if !drop {
			rest = append(rest, entry)
		}
	}
	return rest
}

// jwt is a demo whose callers send tokens of an issuer.
func jwt() []string {
	return []string{
		"OPSGRAPH_AUTH_MODE=jwt", "OPSGRAPH_AUTH_ISSUER=https://id.example", "OPSGRAPH_AUTH_AUDIENCE=opsgraph",
		"OPSGRAPH_AUTH_JWKS_URL=https://id.example/keys",
	}
}

func TestValidate(t *testing.T) {
	tests := []struct {
		name    string
		environ []string
		want    []string // parts of the error; none means that it is accepted
	}{
		{"every system", whole(), nil},
		{"ESM alone", without(whole(), "OPSGRAPH_GAUSSDB_URL", "OPSGRAPH_WORKSPACE_URL", "OPSGRAPH_BSS_URL"), nil},
		{
			"BSS alone needs no project",
			without(whole(), "OPSGRAPH_GAUSSDB_URL", "OPSGRAPH_WORKSPACE_URL", "OPSGRAPH_ESM_URL", "OPSGRAPH_ESM_APPCODE",
				"OPSGRAPH_ESM_DOMAIN_ID", "OPSGRAPH_IAM_PROJECT_ID"), nil,
		},
		{
			"an AppCode for each header",
			append(without(whole(), "OPSGRAPH_ESM_APPCODE"), "OPSGRAPH_ESM_APIG_APPCODE=a", "OPSGRAPH_ESM_HCSO_APPCODE=b"), nil,
		},
		{
			"one AppCode of two",
			append(without(whole(), "OPSGRAPH_ESM_APPCODE"), "OPSGRAPH_ESM_APIG_APPCODE=a"),
			[]string{"esm.appcode (OPSGRAPH_ESM_APPCODE): required with esm.url"},
		},
		{
			"ESM alone set half",
			[]string{"OPSGRAPH_ESM_URL=https://esm.example"},
			[]string{
				"esm.appcode (", "iam.url (OPSGRAPH_IAM_URL): required with esm.url", "iam.username (", "iam.password (",
				"iam.domain_name (", "iam.project_id (",
			},
		},
		{
			"AppCode without an address",
			[]string{"OPSGRAPH_ESM_APPCODE=a"},
			[]string{"esm.url (OPSGRAPH_ESM_URL): required, because other keys of ESM are set"},
		},
		{
			"project missing", without(whole(), "OPSGRAPH_IAM_PROJECT_ID"),
			[]string{"iam.project_id (OPSGRAPH_IAM_PROJECT_ID): or iam.project_name (OPSGRAPH_IAM_PROJECT_NAME): required with esm.url"},
		},
		{
			"IAM set half",
			[]string{"OPSGRAPH_IAM_URL=https://iam.example"},
			[]string{"iam.username (OPSGRAPH_IAM_USERNAME): required because other keys of IAM are set"},
		},
		{
			"address without a scheme", append(without(whole(), "OPSGRAPH_ESM_URL"), "OPSGRAPH_ESM_URL=esm.example"),
			[]string{"esm.url (OPSGRAPH_ESM_URL): must begin with https://"},
		},
		{"address with credentials", append(without(whole(), "OPSGRAPH_BSS_URL"),
			"OPSGRAPH_BSS_URL=https://u:CANARY@bss.example"), []string{"bss.url (OPSGRAPH_BSS_URL): must not hold credentials"}},
		{
			"address with a query", append(without(whole(), "OPSGRAPH_BSS_URL"), "OPSGRAPH_BSS_URL=https://bss.example?x=1"),
			[]string{"must not have a query"},
		},
		{
			"address without a host", append(without(whole(), "OPSGRAPH_BSS_URL"), "OPSGRAPH_BSS_URL=https:///x"),
			[]string{"has no host"},
		},

		{"loopback by name", []string{"OPSGRAPH_LISTEN=localhost:0"}, nil},
		{"loopback of IPv6", []string{"OPSGRAPH_LISTEN=[::1]:8080"}, nil},
		{
			"every address",
			[]string{"OPSGRAPH_LISTEN=:8080"},
			[]string{"server.listen (OPSGRAPH_LISTEN): :8080 is not loopback", "OPSGRAPH_ALLOW_ANONYMOUS=1"},
		},
		{"every address, meant", []string{"OPSGRAPH_LISTEN=0.0.0.0:8080", "OPSGRAPH_ALLOW_ANONYMOUS=1"}, nil},
		{"name that is not loopback", []string{"OPSGRAPH_LISTEN=localhost.example:8080"}, []string{"is not loopback"}},
		{"no port", []string{"OPSGRAPH_LISTEN=127.0.0.1"}, []string{`"127.0.0.1" is not host:port`}},
		{"port out of range", []string{"OPSGRAPH_LISTEN=127.0.0.1:70000"}, []string{"has no port from 0 to 65535"}},
		{
			"operators at the users' address",
			[]string{"OPSGRAPH_ADMIN_LISTEN=127.0.0.1:8080"},
			[]string{"admin.listen (OPSGRAPH_ADMIN_LISTEN): 127.0.0.1:8080 is the address of server.listen already"},
		},
		{"both at free ports", []string{"OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=127.0.0.1:0"}, nil},
		{"no operators' address", []string{"OPSGRAPH_ADMIN_LISTEN=off"}, nil},
		{"simulator's address counts in the demo only", append(whole(), "OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:8080"), nil},
		{
			"simulator at the users' address",
			[]string{"OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:8080"},
			[]string{"simulator.listen ("},
		},

		{
			"mode that does not exist",
			[]string{"OPSGRAPH_AUTH_MODE=basic"},
			[]string{`auth.mode (OPSGRAPH_AUTH_MODE): "basic" is not one of none, passthrough, jwt`},
		},
		{
			"jwt with nothing else",
			[]string{"OPSGRAPH_AUTH_MODE=jwt", "OPSGRAPH_AUTH_ALGORITHMS=HS256,none"},
			[]string{
				"auth.issuer (OPSGRAPH_AUTH_ISSUER): required with auth mode jwt",
				"auth.audience (OPSGRAPH_AUTH_AUDIENCE): required",
				"auth.jwks_url (OPSGRAPH_AUTH_JWKS_URL): required", `"HS256" is not one of RS256`, `"none" is not one of RS256`,
			},
		},
		{"jwt", jwt(), nil},
		{
			"keys over plain HTTP", append(jwt(), "OPSGRAPH_AUTH_JWKS_URL=http://id.example/keys"),
			[]string{"must begin with https://, except on loopback"},
		},
		{"keys over plain HTTP on loopback", append(jwt(), "OPSGRAPH_AUTH_JWKS_URL=http://127.0.0.1:1/keys"), nil},
		{
			"too long a skew", append(jwt(), "OPSGRAPH_AUTH_CLOCK_SKEW=61s"),
			[]string{"auth.clock_skew (OPSGRAPH_AUTH_CLOCK_SKEW): 1m1s is more than 1m"},
		},
		{"no skew", append(jwt(), "OPSGRAPH_AUTH_CLOCK_SKEW=0s"), nil},
		{"passthrough demo", []string{"OPSGRAPH_AUTH_MODE=passthrough"}, nil},
		{"passthrough off loopback", append(whole(), "OPSGRAPH_AUTH_MODE=passthrough", "OPSGRAPH_LISTEN=0.0.0.0:8080"), nil},
		{
			"passthrough without ESM",
			[]string{"OPSGRAPH_AUTH_MODE=passthrough", "OPSGRAPH_BSS_URL=https://bss.example"},
			[]string{"esm.url (OPSGRAPH_ESM_URL): required with auth mode passthrough"},
		},
		{
			"refusals kept too long",
			[]string{"OPSGRAPH_AUTH_REFUSED_FOR=11s"},
			[]string{"auth.refused_for (OPSGRAPH_AUTH_REFUSED_FOR): 11s is more than 10s"},
		},
		{
			"short secret key",
			[]string{"OPSGRAPH_SECRET_KEY=0123456789"},
			[]string{"auth.secret_key (OPSGRAPH_SECRET_KEY): has 10 bytes, at least 32 are needed"},
		},
		{"trusted proxies", []string{"OPSGRAPH_TRUSTED_PROXIES=10.0.0.0/8,::1"}, nil},
		{
			"trusted proxy by name",
			[]string{"OPSGRAPH_TRUSTED_PROXIES=proxy"},
			[]string{`server.trusted_proxies (OPSGRAPH_TRUSTED_PROXIES): "proxy" is neither`},
		},
		{
			"passthrough with Redis and no secret key",
			[]string{"OPSGRAPH_AUTH_MODE=passthrough", "OPSGRAPH_REDIS_URL=redis://127.0.0.1"},
			[]string{"auth.secret_key (OPSGRAPH_SECRET_KEY): required with auth mode passthrough and Redis"},
		},
		{"TLS", []string{"OPSGRAPH_TLS_CERTIFICATE_FILE=/c"}, []string{"set together"}},

		{
			"fresh beyond stale",
			[]string{"OPSGRAPH_AGES_ALARMS_FRESH=11m"},
			[]string{"ages.alarms.fresh (OPSGRAPH_AGES_ALARMS_FRESH): 11m is more than ages.alarms.stale, 10m"},
		},
		{
			"stale beyond dead",
			[]string{"OPSGRAPH_AGES_ALARMS_STALE=2h"},
			[]string{"ages.alarms.stale (OPSGRAPH_AGES_ALARMS_STALE): 2h is more than ages.alarms.dead, 1h"},
		},
		{
			"limit of nothing",
			[]string{"OPSGRAPH_LIMITS_TOKENS=0"},
			[]string{"limits.tokens (OPSGRAPH_LIMITS_TOKENS): 0 is not positive"},
		},
		{
			"negative time",
			[]string{"OPSGRAPH_DRAIN_TIMEOUT=-1s"},
			[]string{"server.drain_timeout (OPSGRAPH_DRAIN_TIMEOUT): -1s is not positive"},
		},
		{"zero that is meant", []string{"OPSGRAPH_QUOTA_HEADROOM=0"}, nil},
		{
			"share over one",
			[]string{"OPSGRAPH_QUOTA_BACKGROUND_SHARE=1.5"},
			[]string{"quota.background_share (OPSGRAPH_QUOTA_BACKGROUND_SHARE): 1.5 is more than 1"},
		},
		{
			"page of more than the upstream gives",
			[]string{"OPSGRAPH_UPSTREAM_PAGE_SIZE=5000"},
			[]string{"5000 is more than 1000"},
		},
		{
			"default page beyond the largest",
			[]string{"OPSGRAPH_LIMITS_FIRST=10"},
			[]string{"limits.default_first", "50 is more than limits.first, 10"},
		},
		{
			"query beyond the quota",
			[]string{"OPSGRAPH_QUOTA_MINUTE_LIMIT=20"},
			[]string{"limits.quota_calls", "30 is more than quota.minute.limit, 20"},
		},
		{
			"console of a site", []string{
				"OPSGRAPH_CONSOLE_SITE_NAME=" + strings.Repeat("华", 64), "OPSGRAPH_CONSOLE_TIME_ZONE=America/Sao_Paulo",
				"OPSGRAPH_CONSOLE_NEARLY_FULL=0.95", "OPSGRAPH_CONSOLE_FULL=0.95", "OPSGRAPH_CONSOLE_LANGUAGE=zh",
			}, nil,
		},
		{"console with all of the limits", []string{"OPSGRAPH_CONSOLE_NEARLY_FULL=1", "OPSGRAPH_CONSOLE_FULL=1"}, nil},
		{"console in UTC", []string{"OPSGRAPH_CONSOLE_TIME_ZONE=UTC"}, nil},
		{
			"console in a zone that is none",
			[]string{"OPSGRAPH_CONSOLE_TIME_ZONE=Asia/Atlantis"},
			[]string{`console.time_zone (OPSGRAPH_CONSOLE_TIME_ZONE): "Asia/Atlantis" is no name`},
		},
		{"console in the zone of the machine", []string{"OPSGRAPH_CONSOLE_TIME_ZONE=Local"}, []string{"console.time_zone"}},
		{"console in a zone by offset", []string{"OPSGRAPH_CONSOLE_TIME_ZONE=+08:00"}, []string{"console.time_zone"}},
		{"console in a file", []string{"OPSGRAPH_CONSOLE_TIME_ZONE=../localtime"}, []string{"console.time_zone"}},
		{
			"nearly full beyond full",
			[]string{"OPSGRAPH_CONSOLE_FULL=0.7"},
			[]string{"console.nearly_full (OPSGRAPH_CONSOLE_NEARLY_FULL): 0.8 is more than console.full, 0.7"},
		},
		{
			"nearly full at nothing",
			[]string{"OPSGRAPH_CONSOLE_NEARLY_FULL=0"},
			[]string{"console.nearly_full", "0 is not positive"},
		},
		{"full beyond all", []string{"OPSGRAPH_CONSOLE_FULL=1.1"}, []string{"console.full", "1.1 is more than 1"}},
		{"full at no number", []string{"OPSGRAPH_CONSOLE_FULL=NaN"}, []string{"console."}},
		{"nearly full at no number", []string{"OPSGRAPH_CONSOLE_NEARLY_FULL=NaN"}, []string{"console."}},
		{
			"a long name of a site",
			[]string{"OPSGRAPH_CONSOLE_SITE_NAME=" + strings.Repeat("华", 65)},
			[]string{"console.site_name (OPSGRAPH_CONSOLE_SITE_NAME): has 65 characters, 64 are the most"},
		},
		{
			"a name of two lines",
			[]string{"OPSGRAPH_CONSOLE_SITE_NAME=a\nb"},
			[]string{"console.site_name", "cannot be shown"},
		},
		{
			"another language",
			[]string{"OPSGRAPH_CONSOLE_LANGUAGE=de"},
			[]string{`console.language (OPSGRAPH_CONSOLE_LANGUAGE): "de" is not one of auto, zh, en`},
		},
		{
			"receiver of traces",
			[]string{
				"OPSGRAPH_TRACING_ENDPOINT=https://collector.example/otlp/v1/traces", "OPSGRAPH_TRACING_CA_FILE=/ca.pem",
				"OPSGRAPH_TRACING_HEADERS=Authorization=Bearer a%2Cb, X-Scope-OrgID=lab", "OPSGRAPH_TRACING_RATIO=0",
			},
			nil,
		},
		{
			"receiver with credentials in its address",
			[]string{"OPSGRAPH_TRACING_ENDPOINT=http://user:word@collector.example"},
			[]string{"tracing.endpoint (OPSGRAPH_TRACING_ENDPOINT): must not hold credentials"},
		},
		{
			"headers of traces that cannot be sent",
			[]string{"OPSGRAPH_TRACING_ENDPOINT=http://a", "OPSGRAPH_TRACING_HEADERS=X-Ok=1,Content-Length=word"},
			[]string{"tracing.headers (OPSGRAPH_TRACING_HEADERS): is not name=value"},
		},
		{
			"header of traces of two lines",
			[]string{"OPSGRAPH_TRACING_ENDPOINT=http://a", "OPSGRAPH_TRACING_HEADERS=X-Ok=1%0aX-More: 2"},
			[]string{"tracing.headers (OPSGRAPH_TRACING_HEADERS): is not name=value"},
		},
		{
			"traces without a receiver",
			[]string{"OPSGRAPH_TRACING_HEADERS=X-Ok=1", "OPSGRAPH_TRACING_CA_FILE=/ca.pem"},
			[]string{"tracing.headers (OPSGRAPH_TRACING_HEADERS): needs tracing.endpoint", "tracing.ca_file (OPSGRAPH_TRACING_CA_FILE): needs a receiver"},
		},
		{
			"traces of more than all",
			[]string{"OPSGRAPH_TRACING_RATIO=1.5", "OPSGRAPH_TRACING_QUEUE=0"},
			[]string{"tracing.ratio (OPSGRAPH_TRACING_RATIO): 1.5 is more than 1", "tracing.queue (OPSGRAPH_TRACING_QUEUE): 0 is not positive"},
		},
		{"region twice", []string{"OPSGRAPH_REGIONS=a,b,a"}, []string{"regions (OPSGRAPH_REGIONS): a stands twice"}},
		{
			"unknown level",
			[]string{"OPSGRAPH_LOG_LEVEL=loud"},
			[]string{`log.level (OPSGRAPH_LOG_LEVEL): "loud" is not one of debug, info, warn, error`},
		},
		{"path that is none", []string{"OPSGRAPH_UPSTREAM_ELBV3_PATH=v1"}, []string{"upstream.elbv3_path"}},

		{"Redis", []string{"OPSGRAPH_REDIS_URL=rediss://user:w%40rd@127.0.0.1:6379/0?pool_size=3"}, nil},
		{"Redis Cluster", []string{"OPSGRAPH_REDIS_URL=redis://a:7000,b:7001,c:7002"}, nil},
		{"Redis Sentinel", []string{"OPSGRAPH_REDIS_URL=redis+sentinel://:w@a:26379,b:26379/mymaster/0"}, nil},
		{
			"Redis by another scheme",
			[]string{"OPSGRAPH_COORDINATION_REDIS_URL=http://:CANARY@a"},
			[]string{"redis.coordination_url (OPSGRAPH_COORDINATION_REDIS_URL): must begin with redis://"},
		},
		{
			"Redis without a host",
			[]string{"OPSGRAPH_REDIS_URL=redis://:CANARY@/0"},
			[]string{"redis.url (OPSGRAPH_REDIS_URL): has a host that cannot be read"},
		},
		{
			"Redis host with a bad port",
			[]string{"OPSGRAPH_REDIS_URL=redis://a:b:c"},
			[]string{"has a host that cannot be read"},
		},
		{
			"environment with a colon",
			[]string{"OPSGRAPH_ENVIRONMENT=a:b"},
			[]string{"redis.environment (OPSGRAPH_ENVIRONMENT)"},
		},
		{"clients of metrics", []string{"OPSGRAPH_METRICS_CLIENTS=reports,reports@1.2,mobile@2"}, nil},
		{
			"a client of metrics that has a word of theirs",
			[]string{"OPSGRAPH_METRICS_CLIENTS=reports,other"},
			[]string{"metrics.clients", `"other" is not`},
		},
		{
			"a client of metrics without its version",
			[]string{"OPSGRAPH_METRICS_CLIENTS=reports@"},
			[]string{"metrics.clients", `"reports@" is not`},
		},
		{
			"too many clients of metrics",
			[]string{"OPSGRAPH_METRICS_CLIENTS=a" + strings.Repeat(",a", 100)},
			[]string{"metrics.clients", "has 101 clients"},
		},
		{
			"several at once",
			[]string{"OPSGRAPH_LISTEN=x", "OPSGRAPH_LOG_FORMAT=xml", "OPSGRAPH_LIMITS_DEPTH=-1"},
			[]string{"server.listen", "log.format", "limits.depth"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := config.Load("", test.environ)
			if len(test.want) == 0 {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if err == nil {
				t.Fatalf("accepted, want an error with %q", test.want)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error lacks %q:\n%v", want, err)
				}
			}
			if strings.Contains(err.Error(), "CANARY") {
				t.Errorf("error shows a secret: %v", err)
			}
		})
	}
}
