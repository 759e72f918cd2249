import { DataTable } from '../../parts/datatable'
import { Meter } from '../../parts/meter'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { Asked } from './asked'
import lines from '../../parts/lines.module.css'
import styles from './capacity.module.css'
import type { Cell, Forecast } from './documents'
import { byFullest, keyOf, type Forecasts } from './figures'
import { useNames } from './names'
import { useOutlook } from './share'
import { words } from './words'

interface PoolListProps {
  cells: readonly Cell[]
  asked: Asked
  forecasts: Forecasts | undefined
  open: string | undefined
  onOpen(key: string): void
}

/** PoolList is the matrix on a phone: its cells one below the other, the fullest first. */
export function PoolList({ cells, asked, forecasts, open, onOpen }: PoolListProps) {
  const say = useWords(words)
  const { poolOf } = useNames()
  const pool = (cell: Cell) => poolOf(cell, [asked.rows, asked.columns])
  return (
    <DataTable<Cell>
      label={say.list}
      columns={[{ key: 'pool', title: say.pool, cell: pool }]}
      rows={cells.toSorted(byFullest)}
      rowKey={(cell) => keyOf(cell)}
      phone={(cell) => <Phone cell={cell} pool={pool(cell)} show={asked.show} forecast={forecasts?.get(keyOf(cell))} told={forecasts !== undefined} />}
      open={open}
      onOpen={(cell) => onOpen(keyOf(cell))}
    />
  )
}

interface PhoneProps {
  cell: Cell
  pool: string
  show: Asked['show']
  forecast: Forecast | null | undefined
  told: boolean
}

function Phone({ cell, pool, show, forecast, told }: PhoneProps) {
  const say = useWords(words)
  const { notRead } = useWords(terms)
  const { unit } = useNames()
  const { quantity } = useFormat()
  const outlook = useOutlook()
  const second = show === 'days' ? (forecast !== undefined ? outlook(forecast) : told ? notRead : '') : say.left(quantity(cell.sum.available, unit(cell.unit)))
  return (
    <span className={styles.pool}>
      <span className={lines.phone}>
        <span className={lines.cut}>{pool}</span>
        <span className={lines.second}>{second}</span>
      </span>
      <span className={styles.poolMeter}>
        <Meter value={cell.sum.allocation} nearlyFull={settings.nearlyFull} full={settings.full} label={pool} />
      </span>
    </span>
  )
}
