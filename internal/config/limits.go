package config

import "time"

// Limits has the limits of one request, one connection and the process. Each has its own code in the answer.
type Limits struct {
	BodyBytes           int64         `yaml:"body_bytes" env:"OPSGRAPH_LIMITS_BODY_BYTES" reload:"yes" doc:"Largest body of a request, on the wire and decompressed."`
	DocumentBytes       int           `yaml:"document_bytes" env:"OPSGRAPH_LIMITS_DOCUMENT_BYTES" reload:"yes" doc:"Largest GraphQL document, comments and blanks included."`
	Tokens              int           `yaml:"tokens" env:"OPSGRAPH_LIMITS_TOKENS" reload:"yes" doc:"Tokens of a document."`
	Fields              int           `yaml:"fields" env:"OPSGRAPH_LIMITS_FIELDS" reload:"yes" doc:"Fields of an operation, fragments expanded."`
	Depth               int           `yaml:"depth" env:"OPSGRAPH_LIMITS_DEPTH" reload:"yes" doc:"Depth of an operation. The standard introspection query needs 13 to 15."`
	JSONDepth           int           `yaml:"json_depth" env:"OPSGRAPH_LIMITS_JSON_DEPTH" reload:"yes" doc:"Depth of the JSON of a request."`
	Aliases             int           `yaml:"aliases" env:"OPSGRAPH_LIMITS_ALIASES" reload:"yes" doc:"Aliases of an operation, fragments expanded."`
	RootFields          int           `yaml:"root_fields" env:"OPSGRAPH_LIMITS_ROOT_FIELDS" reload:"yes" doc:"Root fields of an operation."`
	Directives          int           `yaml:"directives" env:"OPSGRAPH_LIMITS_DIRECTIVES" reload:"yes" doc:"Directives of a document."`
	Operations          int           `yaml:"operations" env:"OPSGRAPH_LIMITS_OPERATIONS" reload:"yes" doc:"Operations of a document."`
	Fragments           int           `yaml:"fragments" env:"OPSGRAPH_LIMITS_FRAGMENTS" reload:"yes" doc:"Fragments of a document."`
	Variables           int           `yaml:"variables" env:"OPSGRAPH_LIMITS_VARIABLES" reload:"yes" doc:"Variables that an operation declares."`
	IntrospectionFields int           `yaml:"introspection_fields" env:"OPSGRAPH_LIMITS_INTROSPECTION_FIELDS" reload:"yes" doc:"Fields below __schema and __type."`
	IntrospectionDepth  int           `yaml:"introspection_depth" env:"OPSGRAPH_LIMITS_INTROSPECTION_DEPTH" reload:"yes" doc:"Depth below __schema and __type."`
	IntrospectionRoots  int           `yaml:"introspection_roots" env:"OPSGRAPH_LIMITS_INTROSPECTION_ROOTS" reload:"yes" doc:"Fields __schema of an operation."`
	Cost                int           `yaml:"cost" env:"OPSGRAPH_LIMITS_COST" reload:"yes" doc:"Objects that an operation may ask for at most, by its page sizes."`
	QuotaCalls          int           `yaml:"quota_calls" env:"OPSGRAPH_LIMITS_QUOTA_CALLS" reload:"yes" doc:"60-a-minute upstream calls that an operation may need, estimated before the first one."`
	FastCalls           int           `yaml:"fast_calls" env:"OPSGRAPH_LIMITS_FAST_CALLS" reload:"yes" doc:"Other upstream calls that an operation may need, estimated before the first one."`
	First               int           `yaml:"first" env:"OPSGRAPH_LIMITS_FIRST" doc:"Largest first or last of a connection."`
	DefaultFirst        int           `yaml:"default_first" env:"OPSGRAPH_LIMITS_DEFAULT_FIRST" doc:"Rows of a connection that is asked without first and last."`
	IDs                 int           `yaml:"ids" env:"OPSGRAPH_LIMITS_IDS" doc:"Items of a list argument."`
	Errors              int           `yaml:"errors" env:"OPSGRAPH_LIMITS_ERRORS" reload:"yes" doc:"Errors told in an answer; the rest is counted."`
	RefusedErrors       int           `yaml:"refused_errors" env:"OPSGRAPH_LIMITS_REFUSED_ERRORS" reload:"yes" doc:"Errors told when a document is refused."`
	MessageChars        int           `yaml:"message_chars" env:"OPSGRAPH_LIMITS_MESSAGE_CHARS" reload:"yes" doc:"Characters of an error's message."`
	URLBytes            int           `yaml:"url_bytes" env:"OPSGRAPH_LIMITS_URL_BYTES" reload:"yes" doc:"Longest URL of a request."`
	HeaderBytes         int           `yaml:"header_bytes" env:"OPSGRAPH_LIMITS_HEADER_BYTES" doc:"Headers of a request, in bytes."`
	Headers             int           `yaml:"headers" env:"OPSGRAPH_LIMITS_HEADERS" doc:"Headers of a request, in lines."`
	ReadHeaderTimeout   time.Duration `yaml:"read_header_timeout" env:"OPSGRAPH_LIMITS_READ_HEADER_TIMEOUT" doc:"Longest time to receive the headers."`
	ReadTimeout         time.Duration `yaml:"read_timeout" env:"OPSGRAPH_LIMITS_READ_TIMEOUT" doc:"Longest time to receive headers and body."`
	RequestTimeout      time.Duration `yaml:"request_timeout" env:"OPSGRAPH_LIMITS_REQUEST_TIMEOUT" reload:"yes" doc:"Deadline of an operation, from when its request (or its message on a WebSocket) came: what is not answered by then is REQUEST_TIMEOUT."`
	CPU                 time.Duration `yaml:"cpu" env:"OPSGRAPH_LIMITS_CPU" reload:"yes" zero:"ok" doc:"Processor time that the queries and mutations under way may need together for each core, as estimated before they begin, without those that wait for an upstream. Further ones wait for their turn. 0: no bound."`
	Queue               time.Duration `yaml:"queue" env:"OPSGRAPH_LIMITS_QUEUE" reload:"yes" zero:"ok" doc:"Longest wait of an operation for its turn. One that would wait longer, or beyond its deadline, is refused with OVERLOADED at once. 0: none waits."`
	Memory              int64         `yaml:"memory" env:"OPSGRAPH_LIMITS_MEMORY" zero:"ok" doc:"Memory of the process in bytes, as Go's GOMEMLIMIT (which it replaces). At nine tenths of it new operations are refused with OVERLOADED. 0: what GOMEMLIMIT says; where that is not set, no bound."`
	IdleTimeout         time.Duration `yaml:"idle_timeout" env:"OPSGRAPH_LIMITS_IDLE_TIMEOUT" doc:"Longest idle time of a kept connection. Keep it above the same time of a proxy in front, or a request can meet the end of its connection."`
	Connections         int           `yaml:"connections" env:"OPSGRAPH_LIMITS_CONNECTIONS" doc:"Open connections of the address of users. The one idle for longest makes room; where all are busy a new one gets 503."`
	Streams             int           `yaml:"streams" env:"OPSGRAPH_LIMITS_STREAMS" doc:"Requests under way at once on one connection of HTTP/2 (server.h2c); its client is told, and more are refused."`
	WriteTimeout        time.Duration `yaml:"write_timeout" env:"OPSGRAPH_LIMITS_WRITE_TIMEOUT" doc:"Longest time that a reader may stop reading (answers, event streams and WebSockets)."`
	SocketInitTimeout   time.Duration `yaml:"socket_init_timeout" env:"OPSGRAPH_LIMITS_SOCKET_INIT_TIMEOUT" reload:"yes" doc:"Longest time until a WebSocket's connection_init."`
	SocketPing          time.Duration `yaml:"socket_ping" env:"OPSGRAPH_LIMITS_SOCKET_PING" reload:"yes" doc:"Time between two pings of a WebSocket."`
	SocketOperations    int           `yaml:"socket_operations" env:"OPSGRAPH_LIMITS_SOCKET_OPERATIONS" reload:"yes" doc:"Operations at once on one WebSocket."`
	SocketStarts        int           `yaml:"socket_starts" env:"OPSGRAPH_LIMITS_SOCKET_STARTS" reload:"yes" zero:"ok" doc:"Operations that may begin on one WebSocket in a second; more close it with 4429. 0: ten times limits.socket_operations."`
	ExportBytes         int64         `yaml:"export_bytes" env:"OPSGRAPH_LIMITS_EXPORT_BYTES" doc:"Largest file of a usage export that is handed on; a larger one is UPSTREAM_TOO_LARGE."`
	Exports             int           `yaml:"exports" env:"OPSGRAPH_LIMITS_EXPORTS" doc:"Files of usage exports that are handed on at once; more are OVERLOADED. Each takes one of the calls of upstream.max_in_flight while it runs."`
	SocketConnections   int           `yaml:"socket_connections" env:"OPSGRAPH_LIMITS_SOCKET_CONNECTIONS" reload:"yes" doc:"WebSockets and event streams of one tenant, whatever the number of its tokens: on all replicas together where they share a Redis, on each without it."`
	SocketFrameBytes    int64         `yaml:"socket_frame_bytes" env:"OPSGRAPH_LIMITS_SOCKET_FRAME_BYTES" reload:"yes" doc:"Largest message on a WebSocket."`
	QueryCacheDocuments int           `yaml:"query_cache_documents" env:"OPSGRAPH_LIMITS_QUERY_CACHE_DOCUMENTS" reload:"yes" doc:"Parsed documents kept."`
	QueryCacheBytes     int64         `yaml:"query_cache_bytes" env:"OPSGRAPH_LIMITS_QUERY_CACHE_BYTES" reload:"yes" doc:"Memory of the parsed documents kept: about 35 times their text."`
	KeptAnswersBytes    int64         `yaml:"kept_answers_bytes" env:"OPSGRAPH_LIMITS_KEPT_ANSWERS_BYTES" zero:"ok" doc:"Memory of the answers that are kept to be given again, which is part of limits.memory and the first to be freed when that is short. 0: none are kept, and equal queries under way do not share an execution."`
	CacheBytes          int64         `yaml:"cache_bytes" env:"OPSGRAPH_LIMITS_CACHE_BYTES" doc:"Memory of each list that is kept whole (hosts, alarms, capacity and so on); each kind of record that is kept one by one has a quarter of it."`
}
