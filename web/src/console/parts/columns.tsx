import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'

import { useFormat } from '../text/format'
import { useWords } from '../text/words'
import { everyNth, ticksOf, wholeTopOf } from './chart/scale'
import styles from './columns.module.css'
import { step } from './segmented'
import { useWidth } from './width'
import { words } from './words'

export interface Layer {
  key: string
  /** The word of the legend, and its mark. */
  label: string
  mark?: ReactNode
  /** Name of a colour's token: `--critical-fill`. */
  fill: string
}

export interface Bucket {
  from: string
  to: string
  /** Counts by the layers' keys. */
  counts: Readonly<Record<string, number>>
  /** A value of the line drawn over the columns. */
  line?: number | null | undefined
  /** Not over yet: hatched. */
  running?: boolean | undefined
  /** Text of the bucket; its day where it is not given. */
  label?: string | undefined
}

interface ColumnsProps {
  label: string
  buckets: readonly Bucket[]
  /** From the bottom up. */
  layers: readonly Layer[]
  lineLabel?: string | undefined
  height?: number | undefined
  legend?: boolean | undefined
  onPick?(bucket: Bucket, index: number): void
  /** The bucket that is chosen. */
  picked?: number | undefined
}

const side = 30
const foot = 22
const headRoom = 8

/** Columns are counts by time, stacked. With onPick each column is a button: one tab stop, arrows move, Enter picks. */
export function Columns({ label, buckets, layers, lineLabel, height = 240, legend = true, onPick, picked }: ColumnsProps) {
  const say = useWords(words)
  const { count, date } = useFormat()
  const hatch = useId()
  const [box, width] = useWidth<HTMLDivElement>()
  const svg = useRef<SVGSVGElement>(null)
  const [at, setAt] = useState(buckets.length - 1)
  const stop = Math.min(Math.max(at, 0), buckets.length - 1)

  const sums = buckets.map((bucket) => layers.reduce((sum, layer) => sum + (bucket.counts[layer.key] ?? 0), 0))
  const scale = wholeTopOf(Math.max(0, ...sums, ...buckets.map(({ line }) => line ?? 0)))
  const plot = { width: Math.max(width - side, 0), height: height - foot - headRoom }
  const slot = buckets.length === 0 ? 0 : plot.width / buckets.length
  const up = (value: number) => headRoom + plot.height - (value / scale.top) * plot.height
  const nth = everyNth(buckets.length, plot.width, 62)

  const nameOf = (bucket: Bucket, index: number) => {
    const parts = layers.filter((layer) => (bucket.counts[layer.key] ?? 0) > 0).map((layer) => `${layer.label} ${count(bucket.counts[layer.key])}`)
    const line = bucket.line === undefined || lineLabel === undefined ? [] : [`${lineLabel} ${count(bucket.line)}`]
    const running = bucket.running === true ? [say.running] : []
    return [`${bucket.label ?? date(bucket.from)}: ${say.sum(count(sums[index]))}`, ...parts, ...line, ...running].join(', ')
  }
  const highest = sums.indexOf(Math.max(...sums))
  const sentence = buckets.length === 0 ? label : `${label}. ${say.total} ${count(sums.reduce((a, b) => a + b, 0))}; ${say.highest(nameOf(buckets[highest]!, highest))}`
  const press = (event: KeyboardEvent) => {
    if (onPick === undefined) {
      return
    }
    const bucket = buckets[stop]
    if ((event.key === 'Enter' || event.key === ' ') && bucket !== undefined) {
      event.preventDefault()
      onPick(bucket, stop)
      return
    }
    const next = step(event.key, stop, buckets.length)
    if (next !== undefined) {
      event.preventDefault()
      setAt(next)
      svg.current?.querySelector<SVGElement>(`[data-index="${next}"]`)?.focus()
    }
  }
  const line = buckets
    .map((bucket, index) => (typeof bucket.line === 'number' ? `${side + (index + 0.5) * slot},${up(bucket.line)}` : undefined))
    .filter((point) => point !== undefined)

  return (
    <div className={styles.columns}>
      <div ref={box} className={styles.box} style={{ height }}>
        {width > 0 && (
          <svg
            ref={svg}
            width={width}
            height={height}
            viewBox={`0 0 ${width} ${height}`}
            {...(onPick === undefined ? { role: 'img', 'aria-label': sentence } : { role: 'group', 'aria-label': label, onKeyDown: press })}
          >
            <defs>
              <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width="2" height="5" className={styles.hatch} />
              </pattern>
            </defs>
            <g aria-hidden="true">
              {ticksOf(scale).map((tick) => (
                <g key={tick}>
                  <line x1={side} x2={width} y1={up(tick)} y2={up(tick)} className={styles.grid} />
                  <text x={side - 8} y={up(tick) + 4} textAnchor="end" className={styles.label}>
                    {count(tick)}
                  </text>
                </g>
              ))}
              {buckets.map((bucket, index) =>
                (buckets.length - 1 - index) % nth === 0 ? (
                  <text key={bucket.from} x={labelAt(side + (index + 0.5) * slot, width)} y={height - 6} textAnchor="middle" className={styles.label}>
                    {bucket.label ?? date(bucket.from)}
                  </text>
                ) : null,
              )}
            </g>
            {buckets.map((bucket, index) => (
              <g
                key={bucket.from}
                className={styles.column}
                data-index={index}
                data-picked={picked === index || undefined}
                {...(onPick === undefined
                  ? { 'aria-hidden': true }
                  : {
                      role: 'button',
                      tabIndex: index === stop ? 0 : -1,
                      'aria-label': nameOf(bucket, index),
                      'aria-pressed': picked === undefined ? undefined : picked === index,
                      onClick: () => {
                        setAt(index)
                        onPick(bucket, index)
                      },
                    })}
              >
                <title>{nameOf(bucket, index)}</title>
                <rect x={side + index * slot} y={headRoom} width={slot} height={plot.height} className={styles.hit} />
                <Stack bucket={bucket} layers={layers} x={side + index * slot + slot * 0.1} width={slot * 0.8} up={up} hatch={hatch} />
              </g>
            ))}
            {line.length > 1 && <polyline points={line.join(' ')} className={styles.line} aria-hidden="true" />}
          </svg>
        )}
      </div>
      {legend && (
        <div className={styles.legend}>
          {layers.map((layer) => (
            <span key={layer.key} className={styles.key}>
              {layer.mark ?? <span className={styles.swatch} style={{ background: `var(${layer.fill})` }} aria-hidden="true" />} {layer.label}
            </span>
          ))}
          {lineLabel !== undefined && (
            <span className={styles.key}>
              <span className={styles.stroke} aria-hidden="true" /> {lineLabel}
            </span>
          )}
        </div>
      )}
    </div>
  )
}

interface StackProps {
  bucket: Bucket
  layers: readonly Layer[]
  x: number
  width: number
  up(value: number): number
  hatch: string
}

function Stack({ bucket, layers, x, width, up, hatch }: StackProps) {
  let under = 0
  const bars = layers.flatMap((layer) => {
    const value = bucket.counts[layer.key] ?? 0
    const [bottom, top] = [up(under), up(under + value)]
    under += value
    // A line of one pixel stays between two layers.
    return value === 0 ? [] : [<rect key={layer.key} x={x} y={top} width={width} height={Math.max(bottom - top - 1, 1)} style={{ fill: `var(${layer.fill})` }} />]
  })
  return (
    <>
      {bars}
      {bucket.running === true && under > 0 && <rect x={x} y={up(under)} width={width} height={up(0) - up(under)} fill={`url(#${hatch})`} />}
    </>
  )
}

function labelAt(x: number, width: number): number {
  return Math.min(x, width - 18)
}
