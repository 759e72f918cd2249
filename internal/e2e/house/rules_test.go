package house

func importRules() []importRule {
	upstream := []string{"upstream/rest", "upstream/loose"}
	return []importRule{
		{".", []string{"internal/command"}, "server.go only hands the process over"},
		{
			"internal/command",
			[]string{"internal/config", "internal/telemetry", "internal/gateway", "internal/top", "graph", "upstream/simulator"},
			"sub-commands read flags and call; wiring is the gateway's",
		},
		{"internal/gateway", []string{"..."}, "the one place that knows all the parts, and that none of them knows"},
		{"internal/top", nil, "what a gateway does is known by what it tells operators"},
		{"internal/journal", nil, "what is in a line of the log does not depend on who fills it in"},
		{
			"internal/purge",
			[]string{"internal/coordination/purges", "internal/refusal", "cache"},
			"what is forgotten is told by names; what the data are, nobody here knows",
		},
		{
			"internal/gateway/exports",
			[]string{
				"internal/httpapi", "internal/refusal", "graph/model", "resolvers/loaders", "resolvers/sources/jobs",
				"upstream/rest",
			},
			"a file is handed on by the rules of /graphql",
		},
		{
			"internal/gateway/stores",
			[]string{"internal/config", "internal/telemetry", "internal/coordination/..."},
			"what is made on Redis does not know who uses it",
		},
		{
			"internal/gateway/tracing",
			[]string{
				"internal/config", "internal/telemetry/...", "internal/cost", "internal/refusal", "internal/streams",
				"internal/httpapi", "internal/trust", "resolvers/loaders", "cache", "upstream/rest",
			},
			"spans are made of what the parts report, and decide nothing",
		},
		{"internal/burden", nil, "what lets operations begin knows nothing of them but what they need"},
		{
			"internal/listen",
			[]string{"internal/refusal", "internal/trust"},
			"what bounds a server knows neither GraphQL nor who is served",
		},
		{
			"internal/streams",
			[]string{
				"internal/httpapi", "internal/identity", "internal/refusal",
				"resolvers", "resolvers/live", // announcements of events, callers of polls
			},
			"connections that stay go by the checks of plain requests, and decide nothing about operations",
		},
		{
			"internal/httpapi",
			[]string{
				"internal/identity", "internal/guard", "internal/cost", "internal/refusal", "internal/telemetry",
				"internal/answers", "cache", // of the latter how generations stand that an answer used
				"upstream/scan", // where the parts of a JSON text end, which names no system
			},
			"how a request is read and an answer written, whatever it asks",
		},
		{
			"internal/answers",
			[]string{"cache"},
			"what keeps answers knows neither GraphQL nor HTTP, and of data only how their generations stand",
		},
		{
			"internal/identity",
			[]string{
				"internal/config", "internal/refusal", "internal/coordination/...", "upstream/rest", "upstream/iam", "upstream/esm",
			},
			"who the caller is, whatever is asked",
		},
		{
			"internal/guard",
			[]string{
				"internal/cost", "internal/literal", "internal/refusal", "internal/coordination/documents",
				"graph/model", "resolvers/live", // the forms of ids, cursors, scalars and ids of events
			},
			"a document is judged by the schema and its limits alone",
		},
		{
			"internal/cost",
			[]string{
				"internal/config", "internal/coordination/quota", "internal/literal", "internal/refusal", "graph", "graph/model",
				"resolvers/loaders", "resolvers/sources/estimate", "resolvers/sources/monitor", "cache", "upstream/gaussdb",
				"upstream/workspace", "upstream/rest",
			},
			"an estimate asks the sources, and knows no caller",
		},
		{
			"internal/upstreams",
			[]string{
				"internal/config", "internal/telemetry", "internal/coordination/...", "internal/trust", "upstream/rest/...",
				"resolvers/sources/monitor", "resolvers/sources/hosts", // what counts attempts; the name of the one call that plans
				"upstream/esm", "upstream/gaussdb", "upstream/workspace", "upstream/bss", "upstream/iam",
			},
			"clients are made of the configuration, and know no caller",
		},
		{"internal/trust", nil, "how certificates are read must not depend on whose they are"},
		{"internal/literal", nil, "how a value is read must not depend on who reads it"},
		{
			"internal/refusal",
			[]string{"internal/telemetry"}, // the id of a request
			"codes and refusals are for every room, and know none",
		},
		{"internal/config", nil, "what can be set must not depend on who uses it"},
		{"internal/telemetry/...", nil, "what is measured is given as plain values"},
		{"graph", []string{"graph/model", "graph/plan"}, "the schema and its generated code decide nothing"},
		{"graph/plan", nil, "how a query is carried out knows no type of the schema: generated tables tell it all"},
		{"tools/generate", nil, "code is made of the schema and gqlgen.yml alone"},
		{"graph/model", nil, "models are plain, so that sources may use them without a cycle"},
		{
			"resolvers",
			[]string{
				"graph", "graph/model", "resolvers/loaders", "resolvers/loaders/paging", "resolvers/live",
				"resolvers/sources/...", // commands, and the types that loaders answer with
				"upstream/rest",         // the kinds of errors
				"cache",                 // the states of an age, for freshness
			},
			"a field asks a loader; only mutations call an upstream, and errors.go reads the kinds of its errors",
		},
		{
			"resolvers/loaders",
			// cache for the sets, ages and generations of what is held
			[]string{"graph/model", "resolvers/loaders/paging", "resolvers/sources/...", "cache"},
			"loaders live for one operation and only batch",
		},
		{
			"resolvers/loaders/paging",
			[]string{"graph/model", "resolvers/sources/dataset"},
			"how a page is cut must not depend on where its items come from",
		},
		{
			"resolvers/live",
			[]string{
				"graph/model", "resolvers/sources/...", "cache", "internal/coordination/events", "internal/coordination/lease",
				"upstream/rest", // lanes, and refusals of a caller's credentials
			},
			"subscriptions poll through the sources",
		},
		{
			"resolvers/sources",
			[]string{"graph/model", "cache", "resolvers/sources/..."},
			"the one place that knows all domains: it makes their sources and joins them",
		},
		{
			"resolvers/sources/...",
			[]string{
				"graph/model", "cache", "resolvers/sources/dataset", "resolvers/sources/estimate", "internal/coordination/...",
				"upstream/rest", "upstream/loose", "upstream/esm", "upstream/gaussdb", "upstream/workspace", "upstream/bss",
			},
			"what is fetched and how it is read, without GraphQL; a domain never knows another",
		},
		{
			"resolvers/sources/estimate",
			[]string{"graph/model", "cache"}, // cache for what memory holds of a set
			"what the estimate asks and a source answers, without either of them",
		},
		{"resolvers/sources/sourcestest", []string{"..."}, "tests alone import it"},
		{
			"upstream/rest",
			[]string{
				"upstream/rest/budget", "upstream/rest/circuit", "upstream/rest/dial", "upstream/rest/rows",
				"upstream/rest/words", "upstream/scan",
			},
			"the path by which a request leaves knows no system",
		},
		{"upstream/rest/...", []string{"upstream/scan"}, "parts of that path stand alone"},
		{"upstream/loose", []string{"upstream/scan"}, "tolerant scalars know no system"},
		{"upstream/scan", nil, "where a JSON value ends does not depend on what it means"},
		{"upstream/esm", upstream, "a system never knows another"},
		{"upstream/gaussdb", upstream, "a system never knows another"},
		{"upstream/workspace", upstream, "a system never knows another"},
		{"upstream/bss", upstream, "a system never knows another"},
		{"upstream/iam", upstream, "a system never knows another"},
		{"upstream/simulator/...", nil, "a misreading of a document that both shared could never fail a test"},
		{
			"cache",
			[]string{"cache/record", "cache/tier", "internal/coordination/redis", "internal/coordination/lease"},
			"the cache knows neither GraphQL nor an upstream",
		},
		{"cache/tier", []string{"cache/record", "internal/coordination/redis"}, "the stored form knows nothing of refreshes"},
		{"cache/record", nil, "records as bytes, whoever keeps them"},
		{
			"internal/coordination/...",
			[]string{"internal/coordination/...", "internal/trust"},
			"what replicas agree on knows none of its callers",
		},
		{
			"internal/coordination/redis/redistest",
			[]string{"internal/testkit"},
			"servers for tests know nothing of who connects to them",
		},
		{"web", nil, "the console is files"},
		{"examples/...", nil, "clients know the schema, not the code"},
		{"deploy/container", nil, "an image is made of its description and of files, whatever is in them"},
		{"bench/...", []string{"..."}, "measurements may reach into anything"},
		{"internal/testkit", nil, "clocks, logs and waiting serve the tests of any package"},
		{
			"internal/e2e/kit",
			[]string{
				"internal/gateway", "internal/config", "internal/command", "internal/testkit",
				"internal/guard", "internal/httpapi", "internal/listen", "internal/refusal", "internal/streams", // sites of parts
				"internal/coordination/redis/...", "upstream/simulator", "graph",
				"upstream/esm",       // its table of endpoints says which calls share the quota
				"internal/telemetry", // what a served gateway counts
			},
			"worlds are made of the gateway's face, and of the network around it",
		},
		{"internal/e2e/kit/reword", nil, "how a query is written does not depend on what answers it"},
		{
			"internal/e2e/oracle",
			[]string{
				"internal/e2e/kit/...", "internal/coordination/redis/redistest", "upstream/simulator", "graph",
			},
			"what works out right answers shares no code with what answers; of graph it takes the schema alone",
		},
		{
			"internal/e2e/alerts",
			[]string{
				"internal/e2e/kit", "internal/testkit", "internal/gateway", "internal/command", "internal/config",
				"internal/coordination/redis/redistest", "internal/telemetry", // what a gateway counts and logs by
			},
			"what judges the alerts scrapes gateways, and breaks what is around them",
		},
		{
			"internal/e2e/...",
			[]string{
				"internal/e2e/kit/...", "internal/testkit", "internal/gateway", "internal/command", "internal/config",
				"internal/guard", "internal/httpapi", "internal/listen", "internal/streams",
				"internal/coordination/...", "upstream/...", "graph/...",
			},
			"tests of the whole ask over HTTP, and read tables that they compare with the documents",
		},
	}
}

// outsideRules says which folders may import a library, so that it stays replaceable.
func outsideRules() []importRule {
	return []importRule{
		{
			"github.com/redis/go-redis/",
			[]string{"cache/tier", "internal/coordination/..."},
			"the rest must run without Redis",
		},
		{
			"github.com/99designs/gqlgen/",
			[]string{
				"graph", "graph/plan", "graph/model", "tools/generate", "resolvers/...", "internal/gateway/...",
				"internal/httpapi", "internal/streams", "internal/guard", "internal/cost", "internal/refusal",
			},
			"GraphQL stays in the outer layer",
		},
		{
			"github.com/prometheus/",
			[]string{"internal/telemetry", "internal/gateway", "internal/top"},
			"figures are given to telemetry as plain values",
		},
		{
			"go.opentelemetry.io/",
			[]string{"internal/telemetry/...", "internal/gateway/tracing"},
			"spans are made of what the other rooms report anyway",
		},
		{"google.golang.org/", []string{"internal/telemetry/traces"}, "messages of traces are the only ones of that form"},
		{"github.com/goccy/go-yaml", []string{"internal/config"}, "configuration is read in one place"},
		{"github.com/caarlos0/env/", []string{"internal/config"}, "configuration is read in one place"},
	}
}
