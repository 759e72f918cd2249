package config

import (
	"cmp"
	"time"
)

// ESM is the system of operational data.
type ESM struct {
	URL         URL    `yaml:"url" env:"OPSGRAPH_ESM_URL" doc:"Base address of ESM, https://esm-api.<region>.…; empty: not configured, its fields answer UPSTREAM_NOT_CONFIGURED."`
	AppCode     Secret `yaml:"appcode" env:"OPSGRAPH_ESM_APPCODE" reload:"yes" doc:"AppCode of ESM, for both headers; required with esm.url."`
	APIGAppCode Secret `yaml:"apig_appcode" env:"OPSGRAPH_ESM_APIG_APPCODE" reload:"yes" doc:"AppCode of the header X-APIG-Appcode; empty: esm.appcode."`
	HCSOAppCode Secret `yaml:"hcso_appcode" env:"OPSGRAPH_ESM_HCSO_APPCODE" reload:"yes" doc:"AppCode of the header x-hcso-appcode; empty: esm.appcode."`
	DomainID    string `yaml:"domain_id" env:"OPSGRAPH_ESM_DOMAIN_ID" doc:"HCSO domain id, sent as x-hcso-domainid; mandatory on HCS Online, not elsewhere. Also the default domain of meter jobs."`
}

// APIG returns the AppCode of the header X-APIG-Appcode: its own, else the one for both.
func (e ESM) APIG() Secret { return cmp.Or(e.APIGAppCode, e.AppCode) }

// HCSO returns the AppCode of the header x-hcso-appcode: its own, else the one for both.
func (e ESM) HCSO() Secret { return cmp.Or(e.HCSOAppCode, e.AppCode) }

// IAM is the system that issues tokens, and the gateway's own credentials.
type IAM struct {
	URL         URL    `yaml:"url" env:"OPSGRAPH_IAM_URL" doc:"Base address of IAM; required with every other system, for the gateway's own token."`
	Username    string `yaml:"username" env:"OPSGRAPH_IAM_USERNAME" doc:"The gateway's own user. Some wrong tries lock it, so a refused password is not tried again until another one is set."`
	Password    Secret `yaml:"password" env:"OPSGRAPH_IAM_PASSWORD" reload:"yes" doc:"Password of the gateway's own user."`
	DomainName  string `yaml:"domain_name" env:"OPSGRAPH_IAM_DOMAIN_NAME" doc:"Domain (account) of the gateway's own user."`
	ProjectID   string `yaml:"project_id" env:"OPSGRAPH_IAM_PROJECT_ID" doc:"Project of the token for ESM, GaussDB and Workspace; required with any of them, unless iam.project_name names it. BSS takes a token of the domain."`
	ProjectName string `yaml:"project_name" env:"OPSGRAPH_IAM_PROJECT_NAME" doc:"Name of that project in place of its id, such as cn-north-4."`
}

// GaussDB is the system of database reports.
type GaussDB struct {
	URL URL `yaml:"url" env:"OPSGRAPH_GAUSSDB_URL" doc:"Base address of GaussDB; empty: not configured."`
	// ReadReports does not count as setting an upstream (Config.Demo).
	ReadReports bool `yaml:"read_reports" env:"OPSGRAPH_GAUSSDB_READ_REPORTS" doc:"Reads collected reports by a call that no document has, only the provider's client library."`
}

// Workspace is the system of desktop statistics.
type Workspace struct {
	URL URL `yaml:"url" env:"OPSGRAPH_WORKSPACE_URL" doc:"Base address of Workspace; empty: not configured."`
	// ReadExports does not count as setting an upstream (Config.Demo).
	ReadExports bool `yaml:"read_exports" env:"OPSGRAPH_WORKSPACE_READ_EXPORTS" doc:"Reads the state of usage exports, and their files for /exports/{id}/file, by calls that no document has, only the provider's client library."`
}

// BSS is the system of pay-per-use resources.
type BSS struct {
	URL URL `yaml:"url" env:"OPSGRAPH_BSS_URL" doc:"Base address of BSS; empty: not configured."`
}

// Upstream has the settings of calls to all systems. None of its keys counts as setting an upstream (Config.Demo).
type Upstream struct {
	Language           string        `yaml:"language" env:"OPSGRAPH_UPSTREAM_LANGUAGE" values:"en-us zh-cn" doc:"Language of the upstream's texts, spelt for each system as it wants it."`
	ELBV3Path          string        `yaml:"elbv3_path" env:"OPSGRAPH_UPSTREAM_ELBV3_PATH" doc:"Path of the call that lists load balancer clusters, below the ESM prefix: the reference spells it in two ways, the other is /v1/cloudresource/elbv3."`
	DCCServiceType     string        `yaml:"dcc_service_type" env:"OPSGRAPH_UPSTREAM_DCC_SERVICE_TYPE" values:"DCC DCC_GENERATE" doc:"Service type by which the capacity of DCC is asked: later editions of the document have DCC_GENERATE."`
	InstanceWindow     string        `yaml:"instance_window" env:"OPSGRAPH_UPSTREAM_INSTANCE_WINDOW" values:"milliseconds seconds compact" doc:"How the window of listCloudResourceInstanceData is written, which no document states: milliseconds or seconds since 1970, or compact, yyyyMMddHHmmss in UTC (quirk 51)."`
	Timeout            time.Duration `yaml:"timeout" env:"OPSGRAPH_UPSTREAM_TIMEOUT" doc:"Longest time of one attempt at any operation of any system, its body included. A login at IAM gets 3s where this is less."`
	DialTimeout        time.Duration `yaml:"dial_timeout" env:"OPSGRAPH_UPSTREAM_DIAL_TIMEOUT" doc:"Longest time to connect."`
	MaxInFlight        int           `yaml:"max_in_flight" env:"OPSGRAPH_UPSTREAM_MAX_IN_FLIGHT" doc:"Calls at once to each system; more wait."`
	BodyBytes          int64         `yaml:"body_bytes" env:"OPSGRAPH_UPSTREAM_BODY_BYTES" doc:"Largest body of an answer, decompressed."`
	BytesInFlight      int64         `yaml:"bytes_in_flight" env:"OPSGRAPH_UPSTREAM_BYTES_IN_FLIGHT" doc:"Bytes of answers of all systems in memory at once: half for bodies that are read, where a longer one waits for room, half for answers that one reading collects."`
	HeaderBytes        int64         `yaml:"header_bytes" env:"OPSGRAPH_UPSTREAM_HEADER_BYTES" doc:"Largest header of an answer; tokens come in headers and take several KiB."`
	PageSizeMinute     int           `yaml:"page_size_minute" env:"OPSGRAPH_UPSTREAM_PAGE_SIZE_MINUTE" max:"1000" doc:"Rows a page of the 60-a-minute calls."`
	PageSize           int           `yaml:"page_size" env:"OPSGRAPH_UPSTREAM_PAGE_SIZE" max:"1000" doc:"Rows a page of the other calls."`
	Pages              int           `yaml:"pages" env:"OPSGRAPH_UPSTREAM_PAGES" doc:"Pages of one list at most; beyond that it is cut and marked TRUNCATED."`
	CAFile             string        `yaml:"ca_file" env:"OPSGRAPH_UPSTREAM_CA_FILE" reload:"file" file:"yes" doc:"Certificates of the authorities, PEM, that the systems' certificates are checked by, in place of those that this machine trusts. Empty: those."`
	CertificateFile    string        `yaml:"certificate_file" env:"OPSGRAPH_UPSTREAM_CERTIFICATE_FILE" reload:"file" file:"yes" doc:"Certificate, PEM, with its chain, that the gateway shows to a system which asks for one (mutual TLS). Empty: none."`
	KeyFile            string        `yaml:"key_file" env:"OPSGRAPH_UPSTREAM_KEY_FILE" reload:"file" file:"yes" doc:"Key of that certificate, PEM."`
	NetworkMetricNames Names         `yaml:"network_metric_names" env:"OPSGRAPH_UPSTREAM_NETWORK_METRIC_NAMES" doc:"Names of the codes of network metrics, which no document explains (quirk 40): code=name,…; a code without one is shown as it is."`
	Retry              Retry         `yaml:"retry"`
	Breaker            Breaker       `yaml:"breaker"`
}

// Retry says when a read is repeated. Commands never are.
type Retry struct {
	AttemptsMinute    int           `yaml:"attempts_minute" env:"OPSGRAPH_RETRY_ATTEMPTS_MINUTE" max:"2" doc:"Attempts at most of a 60-a-minute call; each takes its own token of the quota."`
	Attempts          int           `yaml:"attempts" env:"OPSGRAPH_RETRY_ATTEMPTS" max:"3" doc:"Attempts at most of the other reads. A read that meets a kept connection which the upstream has closed goes out again in any case, once."`
	Budget            float64       `yaml:"budget" env:"OPSGRAPH_RETRY_BUDGET" max:"1" doc:"Share of the calls that may be retries."`
	BudgetWindow      time.Duration `yaml:"budget_window" env:"OPSGRAPH_RETRY_BUDGET_WINDOW" doc:"Time over which that share is counted."`
	DefaultRetryAfter time.Duration `yaml:"default_retry_after" env:"OPSGRAPH_RETRY_DEFAULT_RETRY_AFTER" doc:"Wait after a 429 without a Retry-After, and after a 429 or 503 whose Retry-After tells no time to come."`
	MaxRetryAfter     time.Duration `yaml:"max_retry_after" env:"OPSGRAPH_RETRY_MAX_RETRY_AFTER" doc:"Longest Retry-After that is believed; 2m at most."`
}

// Breaker says when the circuit of a failing operation opens.
type Breaker struct {
	FailuresMinute int           `yaml:"failures_minute" env:"OPSGRAPH_BREAKER_FAILURES_MINUTE" doc:"Failures in a row that open the circuit of a 60-a-minute operation."`
	OpenMinute     time.Duration `yaml:"open_minute" env:"OPSGRAPH_BREAKER_OPEN_MINUTE" doc:"First time that such a circuit stays open; the second is twice, each further one three times as long."`
	Ratio          float64       `yaml:"ratio" env:"OPSGRAPH_BREAKER_RATIO" max:"1" doc:"Share of failures that opens the circuit of another operation."`
	Calls          int           `yaml:"calls" env:"OPSGRAPH_BREAKER_CALLS" doc:"Calls in the window below which that share says nothing."`
	Window         time.Duration `yaml:"window" env:"OPSGRAPH_BREAKER_WINDOW" doc:"Time over which that share is counted."`
	Open           time.Duration `yaml:"open" env:"OPSGRAPH_BREAKER_OPEN" doc:"Time that such a circuit stays open."`
}
