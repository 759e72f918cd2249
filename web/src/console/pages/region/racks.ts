import type { DataOf, Listed } from '../../data'
import { ranks, type Severity } from '../../parts/severities'
import type { HostAlarms, HostList } from './documents'

export type Host = NonNullable<NonNullable<DataOf<typeof HostList>['region']>['hosts']>['nodes'][number]
export type HostAlarm = NonNullable<NonNullable<DataOf<typeof HostAlarms>['region']>['alarms']>['nodes'][number]

/** Grouping is by what racks are put together. A rack has hosts of several clusters, and stands in one room. */
export type Grouping = 'cluster' | 'room'

export interface Rack {
  /** Null where the hosts name none. */
  name: string | null
  hosts: Host[]
}

export interface RackGroup {
  name: string | null
  racks: Rack[]
  hosts: number
}

/** Worst is the worst active alarm of a host: its severity, null for an unknown one; hosts without alarms are not in the map. */
export type Worst = ReadonlyMap<string, Severity | null>

/** worstOf finds the worst alarm of each host. Before all alarms are read nobody knows which hosts have none: then it is undefined. */
export function worstOf({ rows, done }: Pick<Listed<HostAlarm>, 'rows' | 'done'>): Worst | undefined {
  if (!done) {
    return undefined
  }
  const worst = new Map<string, Severity | null>()
  for (const { host, severity } of rows) {
    if (host !== null && host !== undefined) {
      const before = worst.get(host.hostId)
      if (before === undefined || ranks.indexOf(severity ?? null) < ranks.indexOf(before)) {
        worst.set(host.hostId, severity ?? null)
      }
    }
  }
  return worst
}

/** groupRacks puts hosts into their racks, and racks into clusters or rooms, by name; what names none comes last. */
export function groupRacks(hosts: readonly Host[], by: Grouping): RackGroup[] {
  const groups = new Map<string | null, Map<string | null, Host[]>>()
  for (const host of hosts) {
    const group = groups.get(host[by] ?? null) ?? new Map<string | null, Host[]>()
    groups.set(host[by] ?? null, group)
    const rack = group.get(host.rack ?? null) ?? []
    group.set(host.rack ?? null, rack)
    rack.push(host)
  }
  const named = <T extends { name: string | null }>(list: T[]) =>
    list.toSorted((a, b) => Number(a.name === null) - Number(b.name === null) || (a.name ?? '').localeCompare(b.name ?? '', 'en', { numeric: true }))
  return named(
    [...groups].map(([name, racks]) => ({
      name,
      racks: named([...racks].map(([rack, all]) => ({ name: rack, hosts: all }))),
      hosts: [...racks.values()].reduce((sum, all) => sum + all.length, 0),
    })),
  )
}

/** matches is whether a host has a text in what people know it by. */
export function matches(host: Host, text: string): boolean {
  const wanted = text.toLowerCase()
  return [host.name, host.hostId, host.serialNumber, host.rack, host.cluster, host.room, host.availabilityZone, ...host.ipAddresses].some((part) =>
    part?.toLowerCase().includes(wanted),
  )
}
