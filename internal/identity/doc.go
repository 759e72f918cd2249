// Package identity finds the caller of a request, by the configured mode (none, passthrough or jwt), and whether the
// caller may send one now: how often, and how much at once. It decides nothing about what is asked.
package identity
