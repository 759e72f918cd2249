import { useCallback } from 'react'

import { useNamed } from '../../frame'
import { serviceName } from '../../text/services'
import { terms } from '../../text/terms'
import { useUnit } from '../../text/units'
import { useWords } from '../../text/words'
import type { Cell } from './documents'
import type { Dimension } from './figures'
import { words } from './words'

/** useNames tells what a cell is about, in the reader's language. */
export function useNames() {
  const say = useWords(words)
  const common = useWords(terms)
  const region = useNamed()
  const unit = useUnit()
  const nameOf = useCallback(
    (cell: Cell, dimension: Dimension): string => {
      switch (dimension) {
        case 'region':
          return cell.region ? region(cell.region) : (cell.regionCode ?? say.noRegion)
        case 'service':
          return cell.type === null ? say.noService : serviceName(cell.type)
        case 'zone':
          return cell.zone === null ? say.noZone : cell.zone === 'POD' ? common.tenantZone : common.managementZone
        case 'model':
          return cell.metricType ?? say.noModel
      }
    },
    [say, common, region],
  )
  /** poolOf is a cell's whole name: "South-Guangzhou8 · DCC · cores". */
  const poolOf = useCallback(
    (cell: Cell, by: readonly Dimension[]): string => [...by.map((dimension) => nameOf(cell, dimension)), unit(cell.unit)].filter((part) => part !== '').join(' · '),
    [nameOf, unit],
  )
  const dimensionOf: Record<Dimension, string> = { region: common.region, service: common.cloudService, zone: say.zone, model: common.model }
  return { nameOf, poolOf, unit, dimensionOf }
}
