import { useState } from 'react'

import { Icon } from '../../parts/icon'
import { Panel } from '../../parts/panel'
import { Spark } from '../../parts/spark'
import square from '../../parts/square.module.css'
import { useFormat } from '../../text/format'
import { useWords } from '../../text/words'
import styles from './host.module.css'
import type { Series } from './series'
import { words } from './words'

/** More are the metrics that have no chart of their own, as the upstream names them. */
export function More({ series, query }: { series: readonly Series[]; query: string }) {
  const say = useWords(words)
  const { count, quantity } = useFormat()
  const [open, setOpen] = useState(false)
  if (series.length === 0) {
    return null
  }
  const write = (value: number | null | undefined) => (typeof value === 'number' ? quantity(Math.round(value * 10) / 10, null) : '—')
  return (
    <Panel title={say.more} sub={count(series.length)} extra={<Fold open={open} label={say.more} onToggle={setOpen} />} query={query} flush>
      {open && <table className={styles.more}>
        <thead>
          <tr>
            <th scope="col">{say.metric}</th>
            <th scope="col" className={styles.course}>{say.line}</th>
            <th scope="col">{say.last}</th>
            <th scope="col">{say.mean}</th>
            <th scope="col">{say.peak}</th>
          </tr>
        </thead>
        <tbody>
          {series.map((one) => (
            <tr key={one.key}>
              <th scope="row">
                <span className="mono">{one.key}</span> <span className={styles.quiet}>{one.unit ?? ''}</span>
              </th>
              <td className={styles.course}>
                <Spark points={one.points.map(({ value }) => value)} width={120} height={20} />
              </td>
              <td>{write(one.last)}</td>
              <td>{write(one.avg)}</td>
              <td>{write(one.max)}</td>
            </tr>
          ))}
        </tbody>
      </table>}
    </Panel>
  )
}

function Fold({ open, label, onToggle }: { open: boolean; label: string; onToggle(open: boolean): void }) {
  return (
    <button type="button" className={`${square.square} ${styles.fold}`} aria-expanded={open} aria-label={label} onClick={() => onToggle(!open)}>
      <Icon name={open ? 'chevronUp' : 'chevronDown'} />
    </button>
  )
}
