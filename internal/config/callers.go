package config

// Callers has the limits of one caller, of one tenant, and of all together. A caller is an accepted token with its
// domain id (passthrough), a subject (jwt) or a remote address (none). A tenant is the accepted domain id, where all
// callers without one are one tenant (passthrough), or what auth.tenant_claim names (jwt); else a caller is its own.
// With Redis the limits of callers and tenants are those of all replicas together; while it is away, of each replica.
type Callers struct {
	Rate             float64 `yaml:"rate" env:"OPSGRAPH_CALLERS_RATE" reload:"yes" doc:"Requests a second of one caller, in the long run; more are refused with RATE_LIMITED. This and the limits below of callers and tenants are those of all replicas together where they share a Redis, and of each replica without it or while it is away."`
	Burst            int     `yaml:"burst" env:"OPSGRAPH_CALLERS_BURST" reload:"yes" doc:"Requests of one caller at once, after a pause."`
	TenantRate       float64 `yaml:"tenant_rate" env:"OPSGRAPH_CALLERS_TENANT_RATE" reload:"yes" zero:"ok" doc:"Requests a second of all callers of one tenant, in the long run. 0: four times callers.rate."`
	TenantBurst      int     `yaml:"tenant_burst" env:"OPSGRAPH_CALLERS_TENANT_BURST" reload:"yes" zero:"ok" doc:"Requests of all callers of one tenant at once, after a pause. 0: four times callers.burst."`
	Operations       int     `yaml:"operations" env:"OPSGRAPH_CALLERS_OPERATIONS" reload:"yes" doc:"Queries and mutations of one caller under way at once; more are refused with RATE_LIMITED."`
	TenantOperations int     `yaml:"tenant_operations" env:"OPSGRAPH_CALLERS_TENANT_OPERATIONS" reload:"yes" zero:"ok" doc:"Queries and mutations of all callers of one tenant under way at once. 0: four times callers.operations."`
	AllOperations    int     `yaml:"all_operations" env:"OPSGRAPH_CALLERS_ALL_OPERATIONS" reload:"yes" doc:"Queries and mutations of all callers under way at once on one replica; more are refused with OVERLOADED."`
	Checks           float64 `yaml:"checks" env:"OPSGRAPH_CALLERS_CHECKS" reload:"yes" doc:"Tokens a second that are not known yet and are checked for one remote address, in the long run; more are refused with RATE_LIMITED (passthrough)."`
	CheckBurst       int     `yaml:"check_burst" env:"OPSGRAPH_CALLERS_CHECK_BURST" reload:"yes" doc:"Tokens of one remote address that are checked at once, after a pause."`
	Known            int     `yaml:"known" env:"OPSGRAPH_CALLERS_KNOWN" doc:"Callers that are remembered, each kind of memory for itself; those not seen for longest leave first."`
	QuotaFloor       float64 `yaml:"quota_floor" env:"OPSGRAPH_CALLERS_QUOTA_FLOOR" max:"0.5" doc:"Share of a 60-a-minute quota that is kept free for each other tenant, so that none starves another (passthrough)."`
}
