package config

import (
	"cmp"
	"time"
)

// Server is the address of users and its offers.
type Server struct {
	Listen             string        `yaml:"listen" env:"OPSGRAPH_LISTEN" doc:"Address of users, host:port; port 0 takes a free one. Auth mode none binds to loopback only, unless server.allow_anonymous."`
	AllowAnonymous     bool          `yaml:"allow_anonymous" env:"OPSGRAPH_ALLOW_ANONYMOUS" doc:"Lets auth mode none serve on an address that is not loopback: everyone who reaches it reads everything."`
	AllowedOrigins     []string      `yaml:"allowed_origins" env:"OPSGRAPH_ALLOWED_ORIGINS" doc:"Origins of other sites whose pages may call the gateway, scheme://host[:port]; empty means its own pages only."`
	AllowedHeaders     []string      `yaml:"allowed_headers" env:"OPSGRAPH_ALLOWED_HEADERS" doc:"Further request headers that pages of server.allowed_origins may send; those of known clients and their tracing may always come."`
	AllowedHosts       []string      `yaml:"allowed_hosts" env:"OPSGRAPH_ALLOWED_HOSTS" doc:"Hosts, name or name:port, that auth mode none answers on loopback beside loopback names, such as the Host that a proxy sends; also those of an operators' address on loopback."`
	TrustedProxies     []string      `yaml:"trusted_proxies" env:"OPSGRAPH_TRUSTED_PROXIES" doc:"Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For is believed when callers are told apart by their address; empty believes none."`
	Introspection      bool          `yaml:"introspection" env:"OPSGRAPH_INTROSPECTION" reload:"yes" doc:"Answers __schema and __type, and suggests names in messages of validation."`
	Playground         bool          `yaml:"playground" env:"OPSGRAPH_PLAYGROUND" doc:"Serves /playground and the files that it loads from /assets, and leads from / there where console.enabled is false."`
	CheckAtStart       bool          `yaml:"check_at_start" env:"OPSGRAPH_CHECK_AT_START" doc:"Tries what opsgraph check tries before it serves, and does not start when something fails: for a first roll-out, as a gateway without it starts while an upstream is away. serve --check sets it."`
	Executor           string        `yaml:"executor" env:"OPSGRAPH_EXECUTOR" values:"plan gqlgen" doc:"What carries queries out: plan compiles each to a plan and writes the answer from it, gqlgen is gqlgen's own executor. Both give the same answers; mutations, subscriptions and introspection always go to gqlgen."`
	DrainDelay         time.Duration `yaml:"drain_delay" env:"OPSGRAPH_DRAIN_DELAY" zero:"ok" doc:"Time after a signal to stop in which /readyz says draining and everything is still taken, until load balancers have seen it. 0 where they try another replica by themselves."`
	DrainTimeout       time.Duration `yaml:"drain_timeout" env:"OPSGRAPH_DRAIN_TIMEOUT" doc:"Longest time that requests in flight get to end after that; those that have not ended are cut."`
	DrainStreams       time.Duration `yaml:"drain_streams" env:"OPSGRAPH_DRAIN_STREAMS" doc:"Longest time that WebSockets and event streams get to end, beside that: their queries are answered, their subscriptions end at once, and a client that does not read is cut. At most server.drain_timeout."`
	TLSCertificateFile string        `yaml:"tls_certificate_file" env:"OPSGRAPH_TLS_CERTIFICATE_FILE" reload:"file" file:"yes" doc:"Certificate for TLS on the address of users, PEM, with its chain. Empty: plain HTTP."`
	TLSKeyFile         string        `yaml:"tls_key_file" env:"OPSGRAPH_TLS_KEY_FILE" reload:"file" file:"yes" doc:"Key of the certificate, PEM."`
	TLSClientCAFile    string        `yaml:"tls_client_ca_file" env:"OPSGRAPH_TLS_CLIENT_CA_FILE" reload:"file" file:"yes" doc:"Certificates of the authorities, PEM, by which callers' certificates are checked (mutual TLS); needs server.tls_certificate_file. Empty: callers are asked for none."`
	TLSClientAuth      string        `yaml:"tls_client_auth" env:"OPSGRAPH_TLS_CLIENT_AUTH" values:"require verify" doc:"Where server.tls_client_ca_file is set: require takes no connection without a good certificate, verify also one without any. It lets a caller connect and names none: who it is, auth.mode says."`
	H2C                bool          `yaml:"h2c" env:"OPSGRAPH_H2C" doc:"Also takes HTTP/2 without TLS on the address of users, from a proxy that begins with it (prior knowledge); a request to upgrade is not followed. Not with server.tls_certificate_file."`
	ReloadEvery        time.Duration `yaml:"reload_every" env:"OPSGRAPH_RELOAD_EVERY" zero:"ok" doc:"Time between two looks at the configuration's file, those of secrets, and every file that a key names which reloads: a change is taken over when two looks find the same. 0: on SIGHUP alone. See operations.md."`
}

// The words of Server.TLSClientAuth.
const (
	ClientAuthRequire = "require"
	ClientAuthVerify  = "verify"
)

// Executors of queries, the values of Server.Executor.
const (
	ExecutorPlan   = "plan"
	ExecutorGqlgen = "gqlgen"
)

// Admin is the address of operators.
type Admin struct {
	Listen     string `yaml:"listen" env:"OPSGRAPH_ADMIN_LISTEN" doc:"Address of operators: /metrics, /healthz, /readyz; off for none. It asks for no credentials: keep users away from it."`
	Pprof      bool   `yaml:"pprof" env:"OPSGRAPH_ADMIN_PPROF" doc:"Serves /debug/pprof on the operators' address."`
	PurgeToken Secret `yaml:"purge_token" env:"OPSGRAPH_ADMIN_PURGE_TOKEN" doc:"Lets operators purge held data by POST /admin/purge with Authorization: Bearer; 32 characters or more, equal on all replicas. Empty: nobody can."`
}

// AdminOff is the value of Admin.Listen that means no address of operators.
const AdminOff = "off"

// Enabled reports whether there is an address of operators.
func (a Admin) Enabled() bool { return a.Listen != AdminOff }

// Persisted says which documents a request may name in place of sending them.
type Persisted struct {
	Automatic    bool          `yaml:"automatic" env:"OPSGRAPH_PERSISTED_AUTOMATIC" doc:"Keeps documents that clients register by their SHA-256 (automatic persisted queries), in Redis where there is one."`
	Bytes        int64         `yaml:"bytes" env:"OPSGRAPH_PERSISTED_BYTES" doc:"Memory of registered documents."`
	Lives        time.Duration `yaml:"lives" env:"OPSGRAPH_PERSISTED_LIVES" doc:"How long Redis keeps a registered document that nobody asks for."`
	ManifestFile string        `yaml:"manifest_file" env:"OPSGRAPH_PERSISTED_MANIFEST_FILE" reload:"yes" file:"yes" doc:"Manifest of trusted documents: of Apollo's generate-persisted-query-manifest or of relay-compiler. Each must be valid against the schema."`
	OnlyTrusted  bool          `yaml:"only_trusted" env:"OPSGRAPH_PERSISTED_ONLY_TRUSTED" reload:"yes" doc:"Answers documents of the manifest only, by id or by their exact text, and those of the console while it is enabled; registers none."`
}

// Redis is the shared cache and the coordination of replicas.
type Redis struct {
	URL                      URL           `yaml:"url" env:"OPSGRAPH_REDIS_URL" doc:"The shared cache: redis:// or rediss://, several hosts separated by commas for Cluster, redis+sentinel:// for Sentinel. Empty: memory only."`
	CoordinationURL          URL           `yaml:"coordination_url" env:"OPSGRAPH_COORDINATION_REDIS_URL" doc:"Redis of quota, leases, jobs and events: must not evict. Empty: the same as redis.url, with a warning when that evicts."`
	PasswordFile             string        `yaml:"password_file" env:"OPSGRAPH_REDIS_PASSWORD_FILE" reload:"file" file:"yes" doc:"File with the password of redis.url, read again for each new connection: a rotated password counts without a restart. Empty: the password in the address, if any."`
	CoordinationPasswordFile string        `yaml:"coordination_password_file" env:"OPSGRAPH_COORDINATION_REDIS_PASSWORD_FILE" reload:"file" file:"yes" doc:"The same for redis.coordination_url."`
	CAFile                   string        `yaml:"ca_file" env:"OPSGRAPH_REDIS_CA_FILE" doc:"Certificates of the authorities, PEM, that the certificates of rediss:// addresses are checked by, in place of those that this machine trusts; read at the start alone. Empty: those."`
	CertificateFile          string        `yaml:"certificate_file" env:"OPSGRAPH_REDIS_CERTIFICATE_FILE" reload:"file" file:"yes" doc:"Certificate, PEM, with its chain, that the gateway shows to a Redis which asks for one (mutual TLS), read again for each new connection. Empty: none."`
	KeyFile                  string        `yaml:"key_file" env:"OPSGRAPH_REDIS_KEY_FILE" reload:"file" file:"yes" doc:"Key of that certificate, PEM, read again for each new connection."`
	Environment              string        `yaml:"environment" env:"OPSGRAPH_ENVIRONMENT" doc:"Name of the installation, part of every Redis key: two installations on one Redis need two names."`
	DialTimeout              time.Duration `yaml:"dial_timeout" env:"OPSGRAPH_REDIS_DIAL_TIMEOUT" doc:"Longest time to connect to Redis."`
	Timeout                  time.Duration `yaml:"timeout" env:"OPSGRAPH_REDIS_TIMEOUT" doc:"Longest time to write a command, to read its answer, and to wait for a connection: a Redis slower than that counts as absent."`
	PoolSize                 int           `yaml:"pool_size" env:"OPSGRAPH_REDIS_POOL_SIZE" doc:"Connections to each Redis node at most."`
}

// Coordination returns the Redis of quota, leases, jobs and events: CoordinationURL, else URL; empty without Redis.
func (r Redis) Coordination() URL { return cmp.Or(r.CoordinationURL, r.URL) }

// Simulator is the embedded upstream of the demo; it runs only where Config.Demo is true.
type Simulator struct {
	Listen  string `yaml:"listen" env:"OPSGRAPH_SIMULATOR_LISTEN" doc:"Address of the embedded simulator of the demo; a busy port is an error."`
	Seed    uint64 `yaml:"seed" env:"OPSGRAPH_SIMULATOR_SEED" doc:"Seed of the simulated site: the same seed gives the same site."`
	Regions int    `yaml:"regions" env:"OPSGRAPH_SIMULATOR_REGIONS" doc:"Regions of the simulated site."`
	Hosts   int    `yaml:"hosts" env:"OPSGRAPH_SIMULATOR_HOSTS" doc:"Hosts of the simulated site."`
	Latency string `yaml:"latency" env:"OPSGRAPH_SIMULATOR_LATENCY" values:"documented none" doc:"Whether the simulator answers as slowly as the documents say."`
	Quota   string `yaml:"quota" env:"OPSGRAPH_SIMULATOR_QUOTA" values:"documented off" doc:"Whether the simulator refuses calls beyond the documented rates."`
	Life    bool   `yaml:"life" env:"OPSGRAPH_SIMULATOR_LIFE" doc:"Whether the simulated site changes by itself: short alarms come and go, capacity moves. The documented dataset never changes."`
	Dataset string `yaml:"dataset" env:"OPSGRAPH_SIMULATOR_DATASET" values:"generated documented" doc:"A generated site, or the examples of the reference verbatim."`
}

// Log is the log on stderr.
type Log struct {
	Level      string        `yaml:"level" env:"OPSGRAPH_LOG_LEVEL" reload:"yes" values:"debug info warn error" doc:"Least level that is written. debug has a line for each upstream call."`
	Format     string        `yaml:"format" env:"OPSGRAPH_LOG_FORMAT" values:"text json" doc:"Form of a line."`
	Operations string        `yaml:"operations" env:"OPSGRAPH_LOG_OPERATIONS" values:"off slow all" doc:"Which GraphQL operations have a line of their own: none, those that take log.slow_from or longer (at level warn, with what they waited for), or all (at level info)."`
	SlowFrom   time.Duration `yaml:"slow_from" env:"OPSGRAPH_LOG_SLOW_FROM" doc:"How long an operation takes that counts as slow."`
}
