import { useMemo } from 'react'

import { useChoice, useParameters, type Parameters } from '../../address'
import type { HostFilter, HostOrder, HostOrderField, HostUtilizationMetric } from '../../generated/graphql'
import type { Sort } from '../../parts/datatable'

/** fields are the columns that the host list itself is ordered by; a minus before the name in the address turns the order over. */
const fields: Record<string, HostOrderField> = { name: 'NAME', cluster: 'CLUSTER', rack: 'RACK', size: 'MEMORY' }

/** metrics are the columns that a ranking is asked for. It begins with the highest and has no other order. */
const metrics: Record<string, HostUtilizationMetric> = { cpu: 'CPU', memory: 'MEMORY', inlet: 'INLET_TEMPERATURE', power: 'POWER' }

export const sorts = ['name', '-name', 'cluster', '-cluster', 'rack', '-rack', 'size', '-size', ...Object.keys(metrics)] as const

/** Chosen is what the address chooses of the hosts. */
export interface Chosen {
  region: string | undefined
  cluster: string | undefined
  architecture: string | undefined
  rack: string | undefined
  text: string
  filter: HostFilter
  /** inRegion is the part of the filter within which clusters and architectures are offered. */
  inRegion: HostFilter
  narrowed: boolean
  sort: Sort
  /** The order of the list, by names where a ranking is asked for. */
  order: HostOrder
  /** The figure of a ranking. */
  metric: HostUtilizationMetric | undefined
  change(changes: Parameters, how?: 'push' | 'replace'): void
}

/** useChosen reads it. */
export function useChosen(): Chosen {
  const [parameters, change] = useParameters()
  const [sort = 'name'] = useChoice('sort', sorts)
  const { region, cluster, arch: architecture, rack, q: text = '' } = parameters
  return useMemo(() => {
    const words = text.trim().slice(0, 128)
    const inRegion: HostFilter = region === undefined ? {} : { regions: [region] }
    const filter: HostFilter = {
      ...inRegion,
      ...(cluster === undefined ? {} : { clusters: [cluster] }),
      ...(architecture === undefined ? {} : { cpuArchitectures: [architecture] }),
      ...(rack === undefined ? {} : { racks: [rack] }),
      ...(words === '' ? {} : { textContains: words }),
    }
    const key = sort.replace('-', '')
    const metric = metrics[key]
    const descending = metric !== undefined || sort.startsWith('-')
    return {
      region, cluster, architecture, rack, text, filter, inRegion, change, metric,
      narrowed: Object.keys(filter).length > 0,
      sort: { key, descending },
      order: { field: fields[key] ?? 'NAME', direction: sort.startsWith('-') ? 'DESC' : 'ASC' },
    }
  }, [region, cluster, architecture, rack, text, sort, change])
}

/** nextSort is what a click on a column's head asks for; the names' own order needs no word in the address. */
export function nextSort({ key, descending }: Sort, clicked: string): string | undefined {
  if (metrics[clicked] !== undefined) {
    return key === clicked ? undefined : clicked
  }
  if (key !== clicked) {
    // The largest first is what one looks for.
    return clicked === 'name' ? undefined : clicked === 'size' ? '-size' : clicked
  }
  const turned = descending ? clicked : `-${clicked}`
  return turned === 'name' ? undefined : turned
}

/** noFilter takes every part of the filter away. */
export const noFilter: Parameters = { region: undefined, cluster: undefined, arch: undefined, rack: undefined, q: undefined }
