// Package upstreams makes the clients of the upstream systems from the configuration: addresses, credentials, retries,
// breakers, and one quota for all of them. It knows nothing of their calls.
package upstreams
