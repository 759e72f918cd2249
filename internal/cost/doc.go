// Package cost estimates what an operation would cost, refuses what is too dear before any call is made, and explains
// the calls that were made (X-Opsgraph-Explain). It makes no upstream call itself.
package cost
