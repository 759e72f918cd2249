// Package identity finds out who the caller of a request is, by the mode that is configured (none, passthrough or jwt),
// and whether the caller may ask now: how often, and how much at once. It decides nothing about what is asked.
package identity
