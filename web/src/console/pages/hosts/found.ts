import type { Severity } from '../../parts/severity'

/** Figure is one value of a board and when it was measured. */
export interface Figure {
  value: number
  at: string
}

/** HostFigures is what is known of one host beside its row; undefined is not asked yet, null is nothing, or nothing that could be read. */
export interface HostFigures {
  cpu?: Figure | null
  memory?: Figure | null
  inlet?: Figure | null
  power?: Figure | null
  /** count is null where there are some, and nobody knows how many. */
  alarms?: { count: number | null; worst: Severity | null } | null
}

export type Known = ReadonlyMap<string, HostFigures>

const names = ['cpu', 'memory', 'inlet', 'power'] as const

export const noFigures: HostFigures = { cpu: null, memory: null, inlet: null, power: null }
export const noAlarms: HostFigures = { alarms: null }

type Ranking = { hosts: readonly { value: number; observedAt: string; host: { hostId: string } }[] } | null

/** figuresFound are what the boards of hosts measured. Of a ranking that could not be read nothing is said. */
export function figuresFound(ids: readonly string[], rankings: Partial<Record<(typeof names)[number], Ranking>>): Known {
  const read = names.filter((name) => rankings[name])
  const found = new Map<string, HostFigures>(ids.map((id) => [id, Object.fromEntries(read.map((name) => [name, null]))]))
  for (const name of read) {
    for (const { host, value, observedAt } of rankings[name]?.hosts ?? []) {
      found.set(host.hostId, { ...found.get(host.hostId), [name]: { value, at: observedAt } })
    }
  }
  return found
}

interface Alarmed {
  hostId: string
  alarms?: { totalCount?: number | null; nodes: readonly { severity?: Severity | null }[] } | null
}

/** alarmsFound are the alarms of hosts, where they could be read. Of a list that was cut one may be there, but not that there is none. */
export function alarmsFound(ids: readonly string[], hosts: readonly Alarmed[] | undefined): Known {
  const found = new Map<string, HostFigures>(ids.map((id) => [id, {}]))
  for (const { hostId, alarms } of hosts ?? []) {
    if (alarms) {
      const { totalCount: count = null, nodes } = alarms
      found.set(hostId, { alarms: count === null && nodes.length === 0 ? null : { count, worst: nodes[0]?.severity ?? null } })
    }
  }
  return found
}

/** withFound adds what was found. What is good stays where it could not be read anew; what never could is as unread has it. */
export function withFound(known: Known, found: Known, unread: HostFigures): Known {
  const after = new Map(known)
  found.forEach((figures, id) => after.set(id, { ...unread, ...after.get(id), ...figures }))
  return after
}

/** isMeasured tells whether any figure of a board is known. */
export function isMeasured(known: Known): boolean {
  return [...known.values()].some((figures) => names.some((name) => figures[name]))
}
