import { lengthOf } from '../text/lengths'

/** Counted is a quota as far as it says what is left. */
interface Counted {
  left: number
  limit: number
}

/** leftOf is the share that is left, from 0 to 1: none of a quota that lets nothing through. */
export function leftOf({ left, limit }: Counted): number {
  return limit > 0 ? Math.min(1, left / limit) : 0
}

/** tightestOf is the quota of which the smallest share is left; of several that with the fewest calls in a time. */
export function tightestOf<Quota extends Counted & { window: string }>(quotas: readonly Quota[]): Quota | undefined {
  const rate = ({ limit, window }: Quota) => limit / lengthOf(window)
  return quotas.toSorted((a, b) => leftOf(a) - leftOf(b) || rate(a) - rate(b))[0]
}

/** quotaLevelOf judges what is left of a quota: none is like full, a fifth or less like nearly full. */
export function quotaLevelOf(left: number, limit: number): 'nearly' | 'full' | undefined {
  return left === 0 ? 'full' : left <= limit / 5 ? 'nearly' : undefined
}
