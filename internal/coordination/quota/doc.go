// Package quota is the shared count of the calls that an upstream allows: so many in any window, for
// all replicas together. A caller takes a token before it sends and waits for it, in order of lanes;
// it is refused only where the wait would outlast its deadline.
//
// Without Redis the count is an exact log in the process. With Redis the log is one value under one key, changed by one
// script by the clock of Redis, so that a grant is atomic, one trip, and exact in any sliding window. What it promises:
//
//   - Never more than Limit tokens in any Window, over all replicas. The log remembers a token for
//     Window lengthened by Headroom: the upstream counts arrivals, so calls may be under way (the
//     reply of Redis included) for times that differ by up to that addition, and still no window of
//     the upstream sees more. Keep Options.Timeout below it.
//   - Replicas that wait get the same: the next token is for who has spent least in the window.
//   - A token of a call that was never sent can be given back: its very entry leaves the log, so that
//     no window has more than Limit of calls that were sent. What Redis cannot be told of stays spent.
//   - Groups above 100 tokens a second lease blocks (at most 5 % of the limit, good for 2 % of the
//     window, which the log adds to its span), so that a call costs no trip. What a replica leases and
//     does not use is lost for that window.
//   - Redis lost: each replica has a share that Redis promised it while it was there,
//     floor(Limit * OutageShare / replicas alive) a window, the first of which starts empty. The others see
//     its silence and keep that share free for five minutes, so that a partition spends no more than
//     Limit either. Where Redis was never seen, the share is that of one in MaxReplicas.
//   - Redis back: what was spent meanwhile is in the shared log before the next token is granted.
//   - Redis emptied (FLUSHALL, eviction, damage, a restart without data): the members notice, write
//     down what each of them spent, and no token is granted until all have done so, or for
//     Options.Heartbeat at most. Only tokens of replicas that died in that moment are forgotten, and
//     the shares of those that are cut off; a single replica never exceeds the limit.
//   - Another Redis server than before (failover, restart with its data): it may lack the last writes,
//     so all tokens count as spent for one window.
//   - A clock of Redis that jumps ahead opens one window early, once; one that jumps back closes one.
//
// The package must know nothing of what the tokens are for: no upstream, no HTTP, no retries.
package quota
