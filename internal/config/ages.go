package config

import "time"

// Age says how long a record is answered. Until Fresh it is answered as it is; until Stale it is answered, marked, and
// refreshed in the background. Until Dead a query waits for the refresh if it can, else it gets the old data with a
// warning. All three count from the moment of the fetch; Fresh <= Stale <= Dead.
type Age struct {
	Fresh time.Duration `yaml:"fresh" env:"FRESH" doc:"Age until which %s are answered as they are."`
	Stale time.Duration `yaml:"stale" env:"STALE" doc:"Age until which %s are answered while they are refreshed."`
	Dead  time.Duration `yaml:"dead" env:"DEAD" doc:"Age after which %s are never answered."`
}

// Ages is the Age of each kind of record.
type Ages struct {
	Capacity         Age           `yaml:"capacity" envPrefix:"CAPACITY_" noun:"capacities of services"`
	CapacityHistory  Age           `yaml:"capacity_history" envPrefix:"CAPACITY_HISTORY_" noun:"the last 31 days of capacities, which forecasts are made of,"`
	PhysicalCapacity Age           `yaml:"physical_capacity" envPrefix:"PHYSICAL_CAPACITY_" noun:"capacities of physical pools"`
	Alarms           Age           `yaml:"alarms" envPrefix:"ALARMS_" noun:"alarms"`
	Audit            Age           `yaml:"audit" envPrefix:"AUDIT_" noun:"audit records"`
	Assets           Age           `yaml:"assets" envPrefix:"ASSETS_" noun:"devices"`
	Hosts            Age           `yaml:"hosts" envPrefix:"HOSTS_" noun:"hosts"`
	VirtualMachines  Age           `yaml:"virtual_machines" envPrefix:"VIRTUAL_MACHINES_" noun:"virtual machines"`
	Instances        Age           `yaml:"instances" envPrefix:"INSTANCES_" noun:"instances, load balancer clusters and billed resources"`
	Metrics          Age           `yaml:"metrics" envPrefix:"METRICS_" noun:"metrics"`
	Boards           Age           `yaml:"boards" envPrefix:"BOARDS_" noun:"figures of management boards"`
	Jobs             Age           `yaml:"jobs" envPrefix:"JOBS_" noun:"states of running jobs"`
	FinishedJobs     Age           `yaml:"finished_jobs" envPrefix:"FINISHED_JOBS_" noun:"records of finished jobs"`
	NotFound         time.Duration `yaml:"not_found" env:"NOT_FOUND" doc:"How long it is remembered that a thing does not exist."`
	ForcedRefresh    time.Duration `yaml:"forced_refresh" env:"FORCED_REFRESH" doc:"Least time between two refreshes that X-Opsgraph-Max-Age forces, for each snapshot and tenant."`
}

// Windows has the length of mandatory windows, and the longest ranges that may be asked of other calls.
type Windows struct {
	CapacityDays   int `yaml:"capacity_days" env:"OPSGRAPH_WINDOWS_CAPACITY_DAYS" doc:"Capacities: from the start of the day that many days back."`
	AlarmDays      int `yaml:"alarm_days" env:"OPSGRAPH_WINDOWS_ALARM_DAYS" max:"60" doc:"Alarms; later editions of the upstream allow two months."`
	AlarmRangeDays int `yaml:"alarm_range_days" env:"OPSGRAPH_WINDOWS_ALARM_RANGE_DAYS" max:"57" doc:"Longest range of alarms that may be asked (filter.range), in days: it is read in whole days, and later editions of the upstream allow two months."`
	HostDays       int `yaml:"host_days" env:"OPSGRAPH_WINDOWS_HOST_DAYS" doc:"Details of hosts."`
	AuditDays      int `yaml:"audit_days" env:"OPSGRAPH_WINDOWS_AUDIT_DAYS" doc:"Longest range of audit events that may be asked, in whole days."`

	InstanceHours     int `yaml:"instance_hours" env:"OPSGRAPH_WINDOWS_INSTANCE_HOURS" doc:"How far back lists of instances look, in hours."`
	InstanceRangeDays int `yaml:"instance_range_days" env:"OPSGRAPH_WINDOWS_INSTANCE_RANGE_DAYS" doc:"Longest range of instances that may be asked, in days."`
	MetricHours       int `yaml:"metric_hours" env:"OPSGRAPH_WINDOWS_METRIC_HOURS" doc:"Longest range of the metrics of a host, a virtual machine or one network device, in hours."`
	NetworkAllMinutes int `yaml:"network_all_minutes" env:"OPSGRAPH_WINDOWS_NETWORK_ALL_MINUTES" doc:"Longest range of the metrics of all network devices, in minutes: the upstream has millions of samples."`
	PerformanceDays   int `yaml:"performance_days" env:"OPSGRAPH_WINDOWS_PERFORMANCE_DAYS" doc:"Longest range of the performance of a server, in days."`
	PlacementHosts    int `yaml:"placement_hosts" env:"OPSGRAPH_WINDOWS_PLACEMENT_HOSTS" doc:"Hosts whose virtual machines an operation may read to find out where machines are: one call each."`

	BoardMinutes int `yaml:"board_minutes" env:"OPSGRAPH_WINDOWS_BOARD_MINUTES" doc:"How far back the figures reach that hosts are ranked by, in minutes. Boards sample each hour, and the upstream lags by up to a minute; shorten it where they sample more often and the list of all samples is cut."`
}

// Quota has the limits of the upstream, which all replicas share.
type Quota struct {
	Minute QuotaGroup `yaml:"minute" envPrefix:"OPSGRAPH_QUOTA_MINUTE_" noun:"capacity, alarms, audit and assets together"`
	Second QuotaGroup `yaml:"second" envPrefix:"OPSGRAPH_QUOTA_SECOND_" noun:"the other data calls together"`
	// Operations take no part in the two groups.
	Operations      OperationQuotas `yaml:"operations" env:"OPSGRAPH_QUOTA_OPERATIONS" doc:"Operations that the upstream counts by themselves, each with its own limit: operation=calls/window,… as in listHostDetails=60/1m. The others share the two limits above."`
	Headroom        float64         `yaml:"headroom" env:"OPSGRAPH_QUOTA_HEADROOM" zero:"ok" max:"0.9" doc:"Share of a limit that is left unused: the upstream counts arrivals, the gateway sends."`
	BackgroundShare float64         `yaml:"background_share" env:"OPSGRAPH_QUOTA_BACKGROUND_SHARE" max:"1" doc:"Share of a limit that background refresh may take."`
	MaxReplicas     int             `yaml:"max_replicas" env:"OPSGRAPH_QUOTA_MAX_REPLICAS" doc:"Replicas at most: each takes an equal share when Redis was never seen."`
	LocalShare      float64         `yaml:"local_share" env:"OPSGRAPH_QUOTA_LOCAL_SHARE" max:"1" doc:"Share of a limit that all replicas together take while Redis is away."`
}

// QuotaGroup is one limit: at most Limit calls in any Window.
type QuotaGroup struct {
	Limit  int           `yaml:"limit" env:"LIMIT" doc:"Calls that the upstream allows in a window: %s."`
	Window time.Duration `yaml:"window" env:"WINDOW" doc:"That window: %s."`
}

// The names of the groups of Quota, as the endpoints of the upstream clients name them.
const (
	QuotaMinute = "esm-minute"
	QuotaSecond = "esm-second"
)
