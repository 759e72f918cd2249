// Package testkit has what tests of many packages need: a clock that they move, a log that they read, and waiting for
// what another goroutine brings about. Only tests import it.
package testkit
