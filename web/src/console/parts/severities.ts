/** Severity as the schema has it; null is one that the upstream's documents don't list. */
export type Severity = 'CRITICAL' | 'MAJOR' | 'MINOR' | 'WARNING'
export type SeverityCount = { severity: Severity | null | undefined; count: number }

/** severities from the worst down: the order of every list, bar and legend. */
export const severities = ['CRITICAL', 'MAJOR', 'MINOR', 'WARNING'] as const

/** ranks are all that an alarm can have: the severities, and behind them what nobody knows. */
export const ranks: readonly (Severity | null)[] = [...severities, null]

/** countOf is how many alarms of a severity a summary has. */
export function countOf(counts: readonly SeverityCount[], severity: Severity | null): number {
  return counts.reduce((sum, one) => ((one.severity ?? null) === severity ? sum + one.count : sum), 0)
}
