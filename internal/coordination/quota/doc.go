// Package quota counts the calls that an upstream allows: so many in any window, for all replicas together. A caller
// takes a token before it sends and waits for it, in order of lanes; it is refused only if the wait would outlast its
// deadline.
//
// Without Redis the count is an exact log in the process. With Redis the log is one value under one key, changed by one
// script by the clock of Redis, so that a grant is atomic, one trip, and exact in any sliding window. It promises:
//
//   - Never more than Limit tokens in any Window, over all replicas. The log keeps a token for Window lengthened by
//     Headroom: the upstream counts arrivals, and calls may be under way (the reply of Redis included) for times that
//     differ by up to that addition. Keep Options.Timeout below it.
//   - Waiting replicas get equal shares: the next token goes to the one that has spent least in the window.
//   - The token of a call that was never sent can be given back: its own entry leaves the log, so that no window has
//     more than Limit sent calls. A token stays spent when Redis can't be reached.
//   - Groups above 100 tokens a second lease blocks (at most 5 % of the limit, for 2 % of the window, which the log
//     adds to its span), so that a call costs no trip. Unused tokens of a lease are lost for that window.
//   - Redis lost: each replica has the share that Redis last promised it, floor(Limit * OutageShare / replicas alive) a
//     window, the first of which starts empty. The others see its silence and keep that share free for five minutes, so
//     that a partition does not exceed Limit either. If Redis was never seen, the share is one in MaxReplicas.
//   - Redis back: the tokens spent meanwhile are in the shared log before the next one is granted.
//   - Redis emptied (FLUSHALL, eviction, damage, a restart without data): the members notice and write down what each
//     of them spent. No token is granted until all have done so, or for Options.Heartbeat at most. Only the tokens of
//     replicas that died at that moment are forgotten, and the shares of those that are cut off; a single replica never
//     exceeds the limit.
//   - Another Redis server (failover, restart with its data): it may lack the last writes, so all tokens count as spent
//     for one window. Each replica writes down what it spent before it gets a token there, also of the time in which
//     the old server granted tokens still. What a server grants that is cut off from its replicas and does not know
//     that another one was promoted, only its own settings can end (min-replicas-to-write, cluster-node-timeout).
//   - A clock of Redis that jumps ahead opens one window early, once; one that jumps back closes one.
//
// The package must not know what the tokens are for: no upstream, no HTTP, no retries.
package quota
