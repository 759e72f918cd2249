import type { Operation, Snapshot } from './document'

/** Standing is how well an operation is, in one word. */
export type Standing = 'open' | 'half' | 'failing' | 'closed' | 'unconfigured'

const order: readonly Standing[] = ['open', 'half', 'failing', 'closed', 'unconfigured']

/** standingOf: an open circuit is worse than calls that fail, all of them or those of the last refresh. */
export function standingOf(operation: Operation, snapshots: readonly Snapshot[]): Standing {
  if (!operation.configured) {
    return 'unconfigured'
  }
  if (operation.circuit !== 'CLOSED') {
    return operation.circuit === 'OPEN' ? 'open' : 'half'
  }
  // A command that fails is often its sender's fault.
  const allFail = operation.reads && operation.calls > 0 && operation.failures === operation.calls
  return allFail || snapshots.some(({ lastError }) => lastError !== null) ? 'failing' : 'closed'
}

/** Row is an operation with what is held of it. */
export interface Row {
  operation: Operation
  snapshots: readonly Snapshot[]
  standing: Standing
}

/** rowsOf puts what is broken first, then what is called most. */
export function rowsOf(operations: readonly Operation[], snapshots: readonly Snapshot[]): Row[] {
  const rows = operations.map((operation) => {
    const own = snapshots.filter((snapshot) => snapshot.operation === operation.name)
    return { operation, snapshots: own, standing: standingOf(operation, own) }
  })
  return rows.sort(
    (a, b) => order.indexOf(a.standing) - order.indexOf(b.standing) || b.operation.calls - a.operation.calls || (a.operation.name < b.operation.name ? -1 : 1),
  )
}

/** listOf are the snapshots: those whose refresh failed first, then by operation and parameters. */
export function listOf(snapshots: readonly Snapshot[]): Snapshot[] {
  const key = (one: Snapshot) => `${one.lastError === null ? 1 : 0} ${one.operation} ${parametersOf(one)}`
  return snapshots.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** parametersOf writes what tells a snapshot from others of its operation: "ECS_VM", "BMS, from 2026-11-01". */
export function parametersOf({ parameters }: Snapshot): string {
  return Object.entries((parameters ?? {}) as Record<string, unknown>)
    .map(([name, value]) => [name === 'type' || name === 'key' ? '' : `${name} `, typeof value === 'string' ? value : JSON.stringify(value)].join(''))
    .join(', ')
}

/** oldestOf is the age that matters: that of the oldest list of now, or of the newest one where there are ranges alone. */
export function oldestOf(snapshots: readonly Snapshot[]): Snapshot | undefined {
  const byAge = snapshots.toSorted((a, b) => (a.fetchedAt < b.fetchedAt ? -1 : 1))
  return byAge.find(({ parameters }) => !hasRange(parameters)) ?? byAge.at(-1)
}

// A list that has a key alone, such as the history of capacity, is not that of now either.
function hasRange(parameters: unknown): boolean {
  return ['from', 'first', 'key'].some((name) => name in ((parameters ?? {}) as object))
}
