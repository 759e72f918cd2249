// Package kit is what the tests of the whole gateway share. A World is the simulated upstream over HTTP with the clock
// of a test; a Replica is a gateway on it; a Fleet is several on one Redis; Tenants are two accounts of one upstream. A
// Site is the HTTP side alone, on a small schema that counts what it resolves. Only tests of internal/e2e and of the
// gateway's parts import it.
package kit
