package reload

import (
	"maps"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
)

const (
	initialise = `{"type":"connection_init"}`
	subscribes = `{"type":"subscribe","id":"%","payload":{"query":"subscription { alarmChanges { eventId } }"}}`
)

// behaviours are those of the keys that reload, by their names.
func behaviours() map[string]behaviour {
	all := documentBehaviours()
	for _, more := range []map[string]behaviour{costBehaviours(), requestBehaviours(), socketBehaviours()} {
		maps.Copy(all, more)
	}
	return all
}

// documentBehaviours are those of the limits of a document.
func documentBehaviours() map[string]behaviour {
	introspection := codeOf(`{ __schema { queryType { name } } }`)
	return map[string]behaviour{
		"limits.document_bytes": {
			func(c *config.Config) { c.Limits.DocumentBytes = 10 }, codeOf(`{ __typename __typename }`), "DOCUMENT_TOO_LARGE",
		},
		"limits.tokens": {
			func(c *config.Config) { c.Limits.Tokens = 3 }, codeOf(`{ a: __typename }`), "MAX_TOKENS_LIMIT",
		},
		"limits.fields": {
			func(c *config.Config) { c.Limits.Fields = 1 }, codeOf(`{ a: __typename b: __typename }`), "MAX_FIELDS_LIMIT",
		},
		"limits.depth": {func(c *config.Config) { c.Limits.Depth = 1 }, codeOf(deep), "MAX_DEPTH_LIMIT"},
		"limits.aliases": {
			func(c *config.Config) { c.Limits.Aliases = 1 }, codeOf(`{ a: __typename b: __typename }`), "MAX_ALIASES_LIMIT",
		},
		"limits.root_fields": {
			func(c *config.Config) { c.Limits.RootFields = 1 }, codeOf(`{ regions { code } hosts(first: 1) { totalCount } }`),
			"MAX_ROOT_FIELDS_LIMIT",
		},
		"limits.directives": {
			func(c *config.Config) { c.Limits.Directives = 1 },
			codeOf(`{ a: __typename @include(if: true) b: __typename @skip(if: true) }`), "MAX_DIRECTIVES_LIMIT",
		},
		"limits.operations": {
			func(c *config.Config) { c.Limits.Operations = 1 },
			bodyCode(`{"query":"query A { __typename } query B { __typename }","operationName":"A"}`), "MAX_OPERATIONS_LIMIT",
		},
		"limits.fragments": {
			func(c *config.Config) { c.Limits.Fragments = 1 },
			codeOf(`{ ...A ...B } fragment A on Query { __typename } fragment B on Query { __typename }`),
			"MAX_FRAGMENTS_LIMIT",
		},
		"limits.variables": {
			func(c *config.Config) { c.Limits.Variables = 1 },
			codeOf(`query($a: Boolean = true, $b: Boolean = true) {
				a: __typename @include(if: $a) b: __typename @skip(if: $b)
			}`),
			"MAX_VARIABLES_LIMIT",
		},
		"limits.introspection_fields": {
			func(c *config.Config) { c.Limits.IntrospectionFields = 1 }, introspection, "MAX_FIELDS_LIMIT",
		},
		"limits.introspection_depth": {
			func(c *config.Config) { c.Limits.IntrospectionDepth = 1 }, introspection, "MAX_DEPTH_LIMIT",
		},
		"limits.introspection_roots": {
			func(c *config.Config) { c.Limits.IntrospectionRoots = 2 },
			codeOf(`{ a: __schema { queryType { name } } b: __schema { queryType { name } } }`), "",
		},
		"server.introspection": {
			func(c *config.Config) { c.Server.Introspection = false }, introspection, "INTROSPECTION_DISABLED",
		},
		"limits.refused_errors": {
			func(c *config.Config) { c.Limits.RefusedErrors = 1 }, errorsOf(`{ no such field }`), "",
		},
		"limits.message_chars": {
			func(c *config.Config) { c.Limits.MessageChars = 20 }, messageOf(`{ no` + strings.Repeat("Such", 20) + ` }`), "",
		},
	}
}

// costBehaviours are those of the limits of what an operation costs.
func costBehaviours() map[string]behaviour {
	const failing = `{ a: aspEnabled(instanceId: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
		b: aspEnabled(instanceId: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb") }`
	return map[string]behaviour{
		"limits.cost": {
			func(c *config.Config) { c.Limits.Cost = 1 }, codeOf(`{ hosts(first: 5) { nodes { id } } }`), "COST_TOO_HIGH",
		},
		"limits.quota_calls": {
			func(c *config.Config) { c.Limits.QuotaCalls = 0 }, coldCodeOf(`{ devices(first: 1) { totalCount } }`),
			"QUOTA_COST_TOO_HIGH",
		},
		"limits.fast_calls": {func(c *config.Config) { c.Limits.FastCalls = 0 }, coldCodeOf(deep), "COST_TOO_HIGH"},
		"limits.errors":     {func(c *config.Config) { c.Limits.Errors = 1 }, errorsOf(failing), ""},
	}
}

// requestBehaviours are those of the limits of requests and callers.
func requestBehaviours() map[string]behaviour {
	return map[string]behaviour{
		"limits.body_bytes": {
			func(c *config.Config) { c.Limits.BodyBytes = 50 },
			bodyCode(`{"query":"{ __typename }","operationName":null,"variables":null}`), "PAYLOAD_TOO_LARGE",
		},
		"limits.json_depth": {
			func(c *config.Config) { c.Limits.JSONDepth = 3 },
			bodyCode(`{"query":"{ __typename }","extensions":{"a":{"b":{"c":{"d":1}}}}}`), "",
		},
		"limits.url_bytes": {func(c *config.Config) { c.Limits.URLBytes = 100 }, longURL, "URI_TOO_LONG"},
		"limits.request_timeout": {
			func(c *config.Config) { c.Limits.RequestTimeout = 1 }, coldCodeOf(deep), "REQUEST_TIMEOUT",
		},
		"callers.rate":           {func(c *config.Config) { c.Callers.Rate = 1e-6 }, inTurn, "RATE_LIMITED"},
		"callers.burst":          {func(c *config.Config) { c.Callers.Burst = 2 }, atOnce, "RATE_LIMITED"},
		"callers.operations":     {func(c *config.Config) { c.Callers.Operations = 1 }, beside, "RATE_LIMITED"},
		"callers.all_operations": {func(c *config.Config) { c.Callers.AllOperations = 1 }, beside, "OVERLOADED"},
	}
}

// socketBehaviours are those of WebSockets that open after the change.
func socketBehaviours() map[string]behaviour {
	one, two := strings.ReplaceAll(subscribes, "%", "1"), strings.ReplaceAll(subscribes, "%", "2")
	return map[string]behaviour{
		"limits.socket_init_timeout": {
			func(c *config.Config) { c.Limits.SocketInitTimeout = 10 * time.Millisecond }, onSocket(), "closed with 4408",
		},
		"limits.socket_ping": {
			func(c *config.Config) { c.Limits.SocketPing = 50 * time.Millisecond }, onSocket(initialise), "pinged",
		},
		"limits.socket_operations": {
			func(c *config.Config) { c.Limits.SocketOperations = 1 }, onSocket(initialise, one, two), "closed with 4429",
		},
		"limits.socket_starts": {
			func(c *config.Config) { c.Limits.SocketStarts = 1 }, onSocket(initialise, one, two), "closed with 4429",
		},
		"limits.socket_connections": {
			func(c *config.Config) { c.Limits.SocketConnections = 1 }, onSocket(initialise), "closed with 4429",
		},
		"limits.socket_frame_bytes": {
			func(c *config.Config) { c.Limits.SocketFrameBytes = 100 },
			onSocket(initialise, `{"type":"ping","payload":{"a":"`+strings.Repeat("a", 200)+`"}}`), "closed with 1009",
		},
	}
}
