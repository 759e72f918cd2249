// Package burden lets operations begin while what they need together stays within what the process has. An operation's
// need, processor time and memory, is estimated before it runs (figures.go); a gate (gate.go) lets it in, has it wait a
// little (queue.go), or refuses it at once where waiting would be in vain. While an operation waits for an upstream it
// burdens nothing but memory (pass.go).
//
// It must not know what an operation is, nor who sent it: an operation has a need, a deadline and the name of a tenant.
package burden
