// Package cache keeps the answers of upstream operations: in memory and, when there is a Redis, in Redis for all
// replicas. Each operation has a [Dataset], which says how its data are named, fetched and built, and a [Set], which
// holds them. A whole list is fetched alone, in a batch of one key (Dataset.Alone); keyed data are fetched in batches.
//
// Data are fresh, then stale (answered, and refreshed in the background), then expired (answered only when no refresh
// comes in time), then dead (never answered).
//
// # One load, step by step
//
// A query asks a Set for some keys of one tenant (get.go). Each key goes through these steps until it is answered:
//
//  1. Memory is read first (memory.go). A fresh entry is the answer, and the load ends. A stale entry is the answer,
//     too, and its key is due: a refresh begins in the background, at step 4. A refresh of keyed data waits 3 ms, so
//     that other stale keys of the tenant can join its batch. In the last tenth of its fresh age an entry may become
//     due early, the likelier the longer its fetch took (ages.go).
//  2. A key that is due may rest: after a failed refresh, or while another replica refreshes it (rest.go, failure.go).
//     Then no refresh begins, and the store reports the reason.
//  3. The query waits for the keys that memory lacks or has only expired. It joins the flight of each key, or begins
//     one (flight.go); the flights that one call begins are one batch. When a refresh of the key failed a moment ago,
//     no flight begins: the answer is the old data with the reason, or the error.
//  4. The batch reads Redis, in one trip (share.go, package tier). Fresh data go to memory and end their flights. Stale
//     data go to memory as well and answer the waiting queries, and their flights go on in the background.
//  5. With Dataset.LeaseFor, the replicas take turns (turn.go). The replica that gets the lease of a key refreshes it.
//     Other replicas poll Redis for its data, or for the mark of its failure, until the lease ends. They only do so for
//     waiting queries; else the key rests in their process.
//  6. One fetch asks the upstream for the remaining keys (batch.go). It has the values of the context that began it and
//     a time limit of its own, and it learns when a query joins a refresh that began in the background (interest.go).
//     It hands over each key's result as it comes (arrivals.go): steps 7 and 8 wait for no other key.
//     When it begins, what it will bring is numbered above all that is known of each key: by the fence of the lease, or
//     by the time. So data of a fetch that lasts never pass for newer than those of one that began later.
//  7. Each record is built, once, into the value that queries read.
//  8. The new generation replaces the old one in memory, whole; a query that holds the old one keeps it. All waiting
//     queries are answered. If the fetch failed, the failure is remembered, and the answer is the old data with the
//     reason, or the error. An error about the caller's own credentials goes to that caller only (CallersFault).
//  9. The batch is written to Redis in the background, in one trip (share.go). A generation replaces only older ones.
//     Marks of failures are left or removed, and the leases are given back.
//
// [Set.Want] marks generations before one that is known from elsewhere: they count as expired, whatever their age,
// until a newer one has come, and a fetch that began before the mark does not end the wait.
//
// [Set.Drop] leaves a tombstone in Redis, so that a flight that began earlier can't store the dropped data again.
//
// [Set.Purge] forgets what was fetched without knowing of an order, of some tenants: memory drops it, and what Redis
// has of it is taken no more. Each generation says which orders its replica knew of, so that no clock matters.
//
// A Redis that fails, lies or is empty counts as a miss and is never an error of a query. A panic in Fetch or Build is
// the error of one refresh.
//
// The store has no types: keys are text, records and values are any. A Set adds the types at its edge, so that the
// machinery is compiled once. The package must not know GraphQL or any upstream.
package cache
