import { useEffect, useMemo } from 'react'

import { dropUnknown, useChoice, useParameter } from '../../address'
import { useKnownRegion } from '../../frame'
import { settings } from '../../settings'
import type { CapacityZone, CloudServiceType } from '../../generated/graphql'
import { dimensions, named, unitsOf, type Dimension } from './figures'

export type Show = 'percent' | 'quantity' | 'days'

/** measured are the services that have a capacity. */
export const measured: readonly CloudServiceType[] = ['ECS_VM', 'BMS', 'EVS', 'OBS', 'EIP', 'RDS', 'DCC', 'DEH', 'SFS', 'VPN']

const zones: readonly CapacityZone[] = ['POD', 'MANAGE']

/** useAsked is what the address asks of this page, and the variables of its queries. */
export function useAsked() {
  const [rowsGiven] = useChoice('rows', dimensions)
  const [columnsGiven] = useChoice('cols', dimensions)
  const [show = 'percent', setShow] = useChoice<Show>('show', ['percent', 'quantity', 'days'])
  const [service, setService] = useChoice('service', measured)
  const [zone, setZone] = useChoice('zone', zones)
  const [region, setRegion] = useParameter('region')
  const [least, setLeast] = useLeast()
  useKnownRegion(region)

  const rows: Dimension = rowsGiven ?? (columnsGiven === 'region' ? 'service' : 'region')
  // The same twice is one list: the other one of the usual two takes its place.
  const columns: Dimension = columnsGiven === undefined || columnsGiven === rows ? (rows === 'service' ? 'region' : 'service') : columnsGiven
  const variables = useMemo(() => {
    const filter = {
      ...(service === undefined ? {} : { types: [service] }),
      ...(region === undefined ? {} : { regions: [region] }),
      ...(zone === undefined ? {} : { zones: [zone] }),
    }
    const sums = unitsOf(rows, columns) === 'rows' ? rows : columns
    return {
      forecast: { by: [named[rows], named[columns]], ...filter },
      table: { by: [named[rows], named[columns]], sums: [named[sums]], ...filter, nearlyFull: settings.nearlyFull, full: settings.full },
    }
  }, [rows, columns, service, region, zone])
  return { rows, columns, show, setShow, service, setService, zone, setZone, region, setRegion, least, setLeast, variables }
}

export type Asked = ReturnType<typeof useAsked>

/** useLeast is the share from which cells are shown: `min=0.8`. */
function useLeast(): [number | undefined, (least: number | undefined) => void] {
  const [text, setText] = useParameter('min')
  const number = text === undefined ? undefined : Number(text)
  const isKnown = number === undefined || (number > 0 && number <= 1)
  useEffect(() => {
    if (!isKnown && text !== undefined) {
      dropUnknown('min', text)
    }
  }, [isKnown, text])
  return [isKnown ? number : undefined, (least) => setText(least === undefined ? undefined : String(least))]
}
