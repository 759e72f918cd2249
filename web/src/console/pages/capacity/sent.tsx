import { useFormat } from '../../text/format'
import { serviceName } from '../../text/services'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import styles from './capacity.module.css'
import type { Cell, Row, Service } from './documents'
import { words } from './words'

interface SentRowsProps {
  rows: readonly { service: Service; row: Row }[]
  cell: Cell
}

/** SentRows are rows in the upstream's own words. */
export function SentRows({ rows, cell }: SentRowsProps) {
  const say = useWords(words)
  const common = useWords(terms)
  const { quantity, percent } = useFormat()
  // What is the same for all of them stands in the drawer's head.
  const withRegion = cell.regionCode === null
  const withService = cell.type === null
  return (
    <div className={styles.sentScroll} tabIndex={0} role="region" aria-label={say.asSent}>
      <table className={styles.sent}>
        <thead>
          <tr>
            {withRegion && <th scope="col">{say.region}</th>}
            {withService && <th scope="col">{say.service}</th>}
            <th scope="col">{say.zone}</th>
            <th scope="col">{say.model}</th>
            <th scope="col" data-align="end">
              {common.allocated}
            </th>
            <th scope="col" data-align="end">
              {common.available}
            </th>
            <th scope="col" data-align="end">
              {common.allocation}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ service, row }, index) => (
            <tr key={index}>
              {withRegion && <td>{service.regionCode}</td>}
              {withService && <td>{serviceName(service.type)}</td>}
              <td>{row.zoneText ?? '—'}</td>
              <td className="mono">{row.metricTypeText ?? '—'}</td>
              <td data-align="end">{quantity(row.allocated, '')}</td>
              <td data-align="end">{quantity(row.available, '')}</td>
              <td data-align="end">{percent(row.allocation)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
