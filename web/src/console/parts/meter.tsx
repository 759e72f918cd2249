import { useFormat } from '../text/format'
import { useWords } from '../text/words'
import styles from './meter.module.css'
import { words } from './words'

export type Level = 'ok' | 'nearly' | 'full' | 'unknown'

/** levelOf tells how a share of 1 is judged: from the first threshold on it is nearly full, from the second on full. */
export function levelOf(value: number | null | undefined, nearlyFull: number, full: number): Level {
  if (value === null || value === undefined || Number.isNaN(value)) {
    return 'unknown'
  }
  return value >= full ? 'full' : value >= nearlyFull ? 'nearly' : 'ok'
}

/** LevelMark is the shape of a level, none where all is well. */
export function LevelMark({ level, size = 9 }: { level: Level; size?: number | undefined }) {
  if (level !== 'nearly' && level !== 'full') {
    return null
  }
  return (
    <svg width={size} height={size} viewBox="0 0 14 14" aria-hidden="true" className={styles.shape} data-level={level}>
      {level === 'nearly' ? <path d="M7 1.4 13.2 12.4H0.8z" /> : <path d="M4.5 0.9h5l3.6 3.6v5l-3.6 3.6h-5L0.9 9.5v-5z" />}
    </svg>
  )
}

interface MeterProps {
  /** A share of 1; null is not known. */
  value: number | null | undefined
  nearlyFull: number
  full: number
  /** Whose value it is, for screen readers: the name they hear is "label 87.6 %, nearly full". */
  label: string
  /** Text in place of the per cent, such as a temperature with its unit. */
  text?: string | undefined
  title?: string | undefined
  /** The number is beside the bar rather than above it. */
  inline?: boolean | undefined
}

/** Meter is a number, and a bar of 5 px under it with a tick at the first threshold. */
export function Meter({ value, nearlyFull, full, label, text, title, inline = false }: MeterProps) {
  const { percent } = useFormat()
  const say = useWords(words)
  const level = levelOf(value, nearlyFull, full)
  const shown = text ?? percent(value ?? null)
  const state = { ok: '', nearly: `, ${say.nearlyFull}`, full: `, ${say.full}`, unknown: '' }[level]
  return (
    <span className={styles.meter} data-level={level} data-inline={inline || undefined} title={title}>
      <span className={styles.number} aria-hidden="true">
        {shown} <LevelMark level={level} />
      </span>
      <span className="visually-hidden">
        {label} {level === 'unknown' ? say.noFigure : shown}
        {state}
      </span>
      <MeterBar value={value} nearlyFull={nearlyFull} full={full} />
    </span>
  )
}

/** MeterBar is the bar of a meter alone; it says nothing to screen readers. */
export function MeterBar({ value, nearlyFull, full }: { value: number | null | undefined; nearlyFull: number; full: number }) {
  const level = levelOf(value, nearlyFull, full)
  return (
    <span className={styles.track} data-level={level} aria-hidden="true">
      {level !== 'unknown' && <span className={styles.fill} style={{ width: `${Math.min(Math.max(value ?? 0, 0), 1) * 100}%` }} />}
      {level !== 'unknown' && <span className={styles.limit} style={{ left: `${nearlyFull * 100}%` }} />}
    </span>
  )
}

/** MeterCell is a meter in a cell of a table, as wide as the cell allows up to 72 px. */
export function MeterCell(props: MeterProps) {
  return (
    <span className={styles.cell}>
      <Meter {...props} />
    </span>
  )
}

/** LevelLegend says what the levels of meters stand for; what is well has no mark, and may be left out. */
export function LevelLegend({ ok, nearly, full }: { ok?: string | undefined; nearly: string; full: string }) {
  return (
    <span className={styles.legend}>
      {ok !== undefined && (
        <span className={styles.key}>
          <span className={styles.swatch} aria-hidden="true" /> {ok}
        </span>
      )}
      <span className={styles.key}>
        <LevelMark level="nearly" /> {nearly}
      </span>
      <span className={styles.key}>
        <LevelMark level="full" /> {full}
      </span>
    </span>
  )
}
