// Package upstreams makes the clients of the upstream systems from the configuration: addresses, credentials, retries,
// breakers, and one quota for all of them. What a call asks is the clients' own matter.
package upstreams
