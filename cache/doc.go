// Package cache keeps what the upstream answered, in memory and, when there is one, in Redis for all replicas. Each
// operation has a [Dataset], which says how its data are named, fetched and built, and a [Set], which holds them: lists
// that are read whole, a batch of one key each (Alone), and records that are read by key in batches.
//
// Data are fresh, then stale (answered while they are refreshed in the background), then expired (answered only when no
// refresh succeeds in time), then dead (never answered).
//
// # One load, step by step
//
// A query asks a Set for keys of its tenant (get.go):
//
//  1. Memory is asked first (memory.go). Fresh data are the answer, and nobody else is asked. Stale data are the
//     answer, too, and the key is due: a refresh begins in the background (step 3), together with what else of the
//     tenant becomes due within 3 ms. In the last tenth of their fresh age data become due early, the likelier the
//     dearer their fetch was (ages.go).
//  2. What is due may rest: after a failure, or while another replica refreshes it (rest.go, failure.go). Then nothing
//     begins, and the store reports why.
//  3. What memory lacks, or has only expired, the query waits for. It joins the flight of the key, if one is under way,
//     or begins one (flight.go); all that one call begins is one batch. A failure of a moment ago is an answer at once.
//  4. The batch looks into Redis, in one trip (share.go, package tier). Fresh data go to memory and end their flights.
//     Stale data go to memory as well and answer those that wait, and the flight goes on in the background.
//  5. Where the dataset asks for that (LeaseFor), replicas take turns (turn.go): the one that gets the lease of a key
//     refreshes it, the others look for what it stores, or for the mark of its failure, until the lease ends. A refresh
//     that nobody waits for does not wait either: the key rests.
//  6. One fetch asks the upstream for all that is left (batch.go). It has the values of its first caller's context and
//     a time limit of its own, and learns when a query joins a refresh that began in the background (interest.go).
//  7. What it returns is built, once, into what queries read. Its generation is above all that is known of the key: the
//     fence of the lease, or the time.
//  8. The generation takes the old one's place in memory, whole; queries that hold the old one keep it. All that wait
//     are answered. A fetch in vain is remembered instead, and old data are answered with the reason, unless the fault
//     is in the caller's own credentials.
//  9. In the background the batch is written to Redis in one trip, where only a newer generation replaces an older one,
//     marks of failures are left or taken away, and leases are given back.
//
// Dropped data leave a tombstone in Redis, so that no flight that began before can bring them back.
//
// A Redis that fails, lies or is empty is a miss, never an error of a query. A panic of a fetch or of a build is an
// error, and costs a refresh.
//
// The store has no types: keys are text, and what is fetched and built is any. A Set gives types to it at its edge, so
// that the machinery is compiled once. The package must not know GraphQL or any upstream.
package cache
