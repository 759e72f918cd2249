package config

import "time"

// day is the unit of the long ages.
const day = 24 * time.Hour

// Defaults returns the configuration of a gateway without any setting: a demo on loopback.
func Defaults() Config {
	utc8 := Zone{text: "+08:00", location: time.FixedZone("+08:00", 8*60*60)}
	return Config{
		Server: Server{
			Listen: "127.0.0.1:8080", Introspection: true, Playground: true, Executor: ExecutorPlan,
			TLSClientAuth: ClientAuthRequire, ReloadEvery: 10 * time.Second,
			DrainTimeout: 10 * time.Second, DrainStreams: 5 * time.Second,
		},
		Console: Console{
			Enabled: true, SiteName: "opsgraph", TimeZone: "Asia/Shanghai", NearlyFull: 0.8, Full: 0.9, Language: "auto",
		},
		Admin: Admin{Listen: "127.0.0.1:8081"},
		Auth: Auth{
			Mode: AuthNone, AcceptedFor: time.Minute, RefusedFor: 10 * time.Second, Scope: AuthScopeDomain,
			Algorithms: []string{"RS256", "ES256"}, ClockSkew: 30 * time.Second,
		},
		Persisted: Persisted{Automatic: true, Bytes: 8 << 20, Lives: 7 * day},
		Redis: Redis{
			Environment: "default", DialTimeout: 100 * time.Millisecond, Timeout: 50 * time.Millisecond, PoolSize: 64,
		},
		Upstream: defaultUpstream(),
		Simulator: Simulator{
			Listen: "127.0.0.1:9090", Seed: 1, Regions: 5, Hosts: 200,
			Latency: "documented", Quota: "documented", Life: true, Dataset: "generated",
		},
		Limits: defaultLimits(),
		Callers: Callers{
			Rate: 100, Burst: 200, Operations: 64, AllOperations: 512, Checks: 20, CheckBurst: 100, Known: 10_000,
			QuotaFloor: 0.1,
		},
		Ages: defaultAges(),
		Windows: Windows{
			CapacityDays: 2, AlarmDays: 30, AlarmRangeDays: 31, HostDays: 7, AuditDays: 31,
			InstanceHours: 24, InstanceRangeDays: 7,
			MetricHours: 24, NetworkAllMinutes: 60, PerformanceDays: 31, PlacementHosts: 1000, BoardMinutes: 61,
		},
		Live: Live{
			Events: 4096, KeptFor: time.Hour, LeaseFor: 5 * time.Second, LookEvery: 2 * time.Second,
			AdmitEvery: 30 * time.Second,
		},
		Quota: Quota{
			Minute:   QuotaGroup{Limit: 60, Window: time.Minute},
			Second:   QuotaGroup{Limit: 4000, Window: time.Second},
			Headroom: 0.05, BackgroundShare: 0.5, MaxReplicas: 4, LocalShare: 0.8,
		},
		Zones: Zones{Text: utc8, CapacityDay: utc8, DesktopDay: utc8, WorkspaceLayout: "2006-01-02T15:04:05Z"},
		Log:   Log{Level: "info", Format: "text", Operations: "slow", SlowFrom: time.Second},
		Tracing: Tracing{
			Ratio: 0.01, FollowCallers: true, ServiceName: "opsgraph", Timeout: 5 * time.Second, Queue: 2048,
		},
	}
}

func defaultUpstream() Upstream {
	return Upstream{
		Language: "en-us", ELBV3Path: "/v1/network/capacity/elbv3", DCCServiceType: "DCC", InstanceWindow: "milliseconds",
		Timeout: 1500 * time.Millisecond, DialTimeout: time.Second, MaxInFlight: 64,
		BodyBytes: 32 << 20, BytesInFlight: 256 << 20, HeaderBytes: 64 << 10,
		PageSizeMinute: 1000, PageSize: 500, Pages: 100,
		Retry: Retry{
			AttemptsMinute: 2, Attempts: 3, Budget: 0.1, BudgetWindow: 2 * time.Minute,
			DefaultRetryAfter: 10 * time.Second, MaxRetryAfter: 2 * time.Minute,
		},
		Breaker: Breaker{
			FailuresMinute: 5, OpenMinute: 10 * time.Second,
			Ratio: 0.5, Calls: 20, Window: 10 * time.Second, Open: 5 * time.Second,
		},
	}
}

func defaultLimits() Limits {
	return Limits{
		BodyBytes: 256 << 10, DocumentBytes: 64 << 10, Tokens: 4000, Fields: 1000, Depth: 15, JSONDepth: 32,
		Aliases: 50, RootFields: 30, Directives: 50, Operations: 10, Fragments: 200, Variables: 100,
		IntrospectionFields: 500, IntrospectionDepth: 20, IntrospectionRoots: 1,
		Cost: 20_000, QuotaCalls: 30, FastCalls: 1000, First: 500, DefaultFirst: 50, IDs: 1000,
		Errors: 100, RefusedErrors: 20, MessageChars: 300,
		URLBytes: 8 << 10, HeaderBytes: 32 << 10, Headers: 100,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, RequestTimeout: 5 * time.Second,
		CPU: 200 * time.Millisecond, Queue: 2 * time.Second,
		Connections: 4096, Streams: 100, IdleTimeout: 150 * time.Second, WriteTimeout: 30 * time.Second,
		SocketInitTimeout: 3 * time.Second, SocketPing: 15 * time.Second,
		ExportBytes: 256 << 20, Exports: 8,
		SocketOperations: 50, SocketConnections: 100, SocketFrameBytes: 64 << 10,
		QueryCacheDocuments: 1000, QueryCacheBytes: 32 << 20, KeptAnswersBytes: 32 << 20,
		CacheBytes: 256 << 20,
	}
}

func defaultAges() Ages {
	slow := Age{Fresh: 10 * time.Minute, Stale: time.Hour, Dead: day}
	inventory := Age{Fresh: time.Minute, Stale: 10 * time.Minute, Dead: time.Hour}
	return Ages{
		Capacity: slow, CapacityHistory: Age{Fresh: day, Stale: 2 * day, Dead: 3 * day}, PhysicalCapacity: slow, Assets: slow,
		Alarms: Age{Fresh: 30 * time.Second, Stale: 10 * time.Minute, Dead: time.Hour},
		Audit:  inventory, Hosts: inventory, VirtualMachines: inventory, Instances: inventory, Metrics: inventory,
		Boards:       Age{Fresh: 5 * time.Minute, Stale: 15 * time.Minute, Dead: time.Hour},
		Jobs:         Age{Fresh: 2 * time.Second, Stale: 10 * time.Second, Dead: time.Minute},
		FinishedJobs: Age{Fresh: day, Stale: day, Dead: day},
		NotFound:     20 * time.Second, ForcedRefresh: time.Minute,
	}
}
