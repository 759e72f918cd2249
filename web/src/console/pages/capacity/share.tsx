import { LevelMark, MeterCell, type Level } from '../../parts/meter'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { Show } from './asked'
import styles from './capacity.module.css'
import type { Cell, Forecast } from './documents'
import { totalOf, urgencyOf } from './figures'
import { useNames } from './names'
import { words } from './words'

const levels: Record<Cell['level'], Level> = { OK: 'ok', NEARLY_FULL: 'nearly', FULL: 'full', UNKNOWN: 'unknown' }

interface ShareProps {
  cell: Cell
  /** What it is, for screen readers. */
  label: string
  show: Show
  /** Null is no history, undefined a forecast that is not there yet, or could not be read. */
  forecast: Forecast | null | undefined
  /** Whether forecasts are there: one that is not among them could not be read. */
  told: boolean
}

/** Share is what a cell of the matrix shows: a share, a quantity, or the days until it is full. */
export function Share({ cell, label, show, forecast, told }: ShareProps) {
  const title = useTitle()(cell)
  if (show === 'days') {
    return <Days label={label} forecast={forecast} told={told} />
  }
  if (show === 'quantity') {
    return <Quantity cell={cell} label={label} title={title} />
  }
  return <MeterCell value={cell.sum.allocation} nearlyFull={settings.nearlyFull} full={settings.full} label={label} title={title} />
}

function useTitle(): (cell: Cell) => string {
  const say = useWords(words)
  const { unit } = useNames()
  const { quantity } = useFormat()
  return (cell) => say.cellTitle(quantity(cell.sum.allocated, ''), quantity(totalOf(cell), unit(cell.unit)), quantity(cell.sum.available, ''))
}

function Quantity({ cell, label, title }: { cell: Cell; label: string; title: string }) {
  const say = useWords(words)
  const { quantity } = useFormat()
  return (
    <span className={styles.quantity} data-level={levels[cell.level]} title={title}>
      <span className="visually-hidden">{label} </span>
      <span className={styles.figure}>
        {quantity(cell.sum.allocated, '')} <LevelMark level={levels[cell.level]} />
      </span>
      <span className={styles.under}>{say.ofTotal(quantity(totalOf(cell), ''))}</span>
    </span>
  )
}

/** Days is when a cell will be full; a word where it will not, or nobody knows. */
function Days({ label, forecast, told }: Pick<ShareProps, 'label' | 'forecast' | 'told'>) {
  const say = useWords(words)
  const { notRead } = useWords(terms)
  const tell = useOutlook()
  if (forecast === undefined) {
    return told ? <span title={notRead}>—</span> : <span className={styles.waiting} aria-hidden="true" />
  }
  const level = forecast !== null && forecast.outlook === 'GROWING' ? urgencyOf(forecast.fullInDays) : undefined
  return (
    <span className={styles.quantity} data-level={level ?? (forecast?.outlook === 'GROWING' ? 'ok' : 'unknown')} title={forecast === null ? say.sayNone : undefined}>
      <span className="visually-hidden">
        {label} {say.full}{' '}
      </span>
      <span className={styles.figure}>
        {tell(forecast)} {level !== undefined && <LevelMark level={level} />}
      </span>
    </span>
  )
}

/** useOutlook is a forecast in a word: "31 d", "steady". */
export function useOutlook(): (forecast: Forecast | null) => string {
  const say = useWords(words)
  const { count } = useFormat()
  return (forecast) => {
    if (forecast === null) {
      return '—'
    }
    if (forecast.fullInDays === 0) {
      return say.fullNow
    }
    switch (forecast.outlook) {
      case 'GROWING':
        return say.daysShort(count(Math.floor(forecast.fullInDays ?? 0)))
      case 'STEADY':
        return say.steady
      case 'SHRINKING':
        return say.shrinking
      case 'RESIZED':
        return forecast.fullInDays === null || forecast.fullInDays > 365 ? say.resized : say.daysShort(count(Math.floor(forecast.fullInDays)))
      case 'TOO_LITTLE_HISTORY':
        return say.short
    }
  }
}
