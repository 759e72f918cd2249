// Package testkit has tools for the tests of many packages: a clock that they move, a log that they read, and waiting
// for a condition. Only tests import it.
package testkit
