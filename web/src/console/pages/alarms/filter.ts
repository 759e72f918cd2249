import { useEffect, useMemo } from 'react'

import { dropUnknown, useChoice, useParameters, useRange, type Parameters } from '../../address'
import type { AlarmFilter, AlarmOrder, AlarmOrderField, AlarmSource } from '../../generated/graphql'
import { severities, type Severity } from '../../parts/severity'
import { services, type Service } from '../../text/services'

export const states = ['active', 'cleared', 'all'] as const
export type State = (typeof states)[number]

/** orders are the columns that the list can be ordered by, as the address has them; a minus turns the natural direction over. */
const orders: Record<string, { field: AlarmOrderField; descends: boolean }> = {
  urgency: { field: 'URGENCY', descends: true },
  name: { field: 'NAME', descends: false },
  first: { field: 'FIRST_OCCURRED_AT', descends: true },
  last: { field: 'LAST_OCCURRED_AT', descends: true },
}
const sorts = Object.keys(orders).flatMap((name) => [name, `-${name}`])

/** whole is the span that the upstream's lists cover: with it nothing is left out. */
export const whole = '30d'

/** Part is a part of the filter that can be left out of it, to count what it takes away. */
export type Part = 'severity' | 'region' | 'service' | 'time' | 'state'

/** Chosen is the filter as the address has it. */
export interface Chosen {
  state: State
  severities: Severity[]
  region: string | undefined
  service: Service | undefined
  text: string
  /** kind, host and device come with links of other pages, and can only be taken away here. */
  kind: string | undefined
  host: string | undefined
  device: string | undefined
  range: ReturnType<typeof useRange>
  sort: { key: string; descending: boolean }
  order: AlarmOrder
  /** filter is what the schema takes, without some of its parts. */
  filter: (...without: Part[]) => AlarmFilter
  /** narrowed is whether anything but the state is chosen. */
  narrowed: boolean
  change: (changes: Parameters, how?: 'push' | 'replace') => void
}

/** useChosen reads the filter from the address. The upstream's lists to read are not part of it: see useSources. */
export function useChosen(sources: AlarmSource[] | undefined): Chosen {
  const [parameters, change] = useParameters()
  const [state = 'active'] = useChoice('state', states)
  const [service] = useChoice('service', services)
  const [sort = 'urgency'] = useChoice('sort', sorts)
  const range = useRange(whole)
  const named = useSeverities(parameters['severity'])
  const { region, kind, host, device, q = '' } = parameters
  const sourceKey = sources?.join()
  return useMemo(() => {
    const timed = range.text !== whole
    const filter = (...without: Part[]): AlarmFilter => {
      const has = (part: Part) => !without.includes(part)
      return {
        ...(has('state') && state !== 'all' ? { cleared: state === 'cleared' } : {}),
        ...(has('severity') && named.length > 0 ? { severities: named } : {}),
        ...(has('region') && region !== undefined ? { regions: [region] } : {}),
        ...(has('service') && service !== undefined ? { services: [service] } : {}),
        ...(has('time') && timed ? { lastOccurred: range.range } : {}),
        ...(q.trim() === '' ? {} : { textContains: q.trim().slice(0, 128) }),
        ...(kind === undefined ? {} : { definitionIds: [kind] }),
        ...(host === undefined ? {} : { hostIds: [host] }),
        ...(device === undefined ? {} : { deviceIds: [device] }),
        ...(sourceKey === undefined ? {} : { sources: sourceKey.split(',') as AlarmSource[] }),
      }
    }
    const key = sort.replace('-', '')
    const { field, descends } = orders[key] ?? { field: 'URGENCY', descends: true }
    const descending = descends !== sort.startsWith('-')
    const narrowed = named.length > 0 || [region, service, kind, host, device].some((one) => one !== undefined) || q.trim() !== '' || timed
    return {
      state,
      severities: named,
      region,
      service,
      text: q,
      kind,
      host,
      device,
      range,
      filter,
      narrowed,
      change,
      sort: { key, descending },
      order: { field, direction: descending ? 'DESC' : 'ASC' },
    }
  }, [state, named, region, service, q, kind, host, device, range, sort, change, sourceKey])
}

/** useSeverities are the known ones among those of the address; an unknown one is dropped from it. */
function useSeverities(text: string | undefined): Severity[] {
  const unknown = (text ?? '').split(',').filter((one) => one !== '' && !severities.includes(one.toUpperCase() as Severity))
  const bad = unknown.join()
  useEffect(() => {
    if (bad !== '') {
      dropUnknown('severity', text ?? '')
    }
  }, [bad, text])
  return useMemo(() => {
    const named = (text ?? '').toUpperCase().split(',')
    return bad === '' ? severities.filter((severity) => named.includes(severity)) : []
  }, [text, bad])
}

/** nextSort is what a click on a column's head asks for: its own order, then the other way round, then the usual one again. */
export function nextSort({ key, descending }: Chosen['sort'], clicked: string): string | undefined {
  const natural = orders[clicked]?.descends ?? true
  if (key !== clicked) {
    return clicked === 'urgency' ? undefined : clicked
  }
  return descending === natural ? `-${clicked}` : undefined
}

/** noFilter are the changes of the address that take every part of the filter away but the state. */
export const noFilter: Parameters = {
  severity: undefined,
  region: undefined,
  service: undefined,
  q: undefined,
  kind: undefined,
  host: undefined,
  device: undefined,
  range: undefined,
}
