/** quotaLevelOf judges what is left of a quota: none is like full, a fifth or less like nearly full. */
export function quotaLevelOf(left: number, limit: number): 'nearly' | 'full' | undefined {
  return left === 0 ? 'full' : left <= limit / 5 ? 'nearly' : undefined
}
