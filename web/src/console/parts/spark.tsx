import styles from './spark.module.css'

interface SparkProps {
  /** Values in order of time, evenly apart; null is a gap. */
  points: readonly (number | null)[]
  width?: number | undefined
  height?: number | undefined
  /** Top of the scale; without it the highest value, so that small movements are seen. */
  max?: number | undefined
  /** What it shows, for screen readers; without it it is decoration beside a number. */
  label?: string | undefined
}

/** Spark is a small line without axes. */
export function Spark({ points, width = 96, height = 24, max, label }: SparkProps) {
  const path = sparkPath(points, width, height, max)
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      className={styles.spark}
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      <path d={path} className={styles.line} />
    </svg>
  )
}

/** sparkPath draws values into a box, one pixel away from its edges, from 0 or the lowest value to the top; a gap lifts the pen. */
export function sparkPath(points: readonly (number | null)[], width: number, height: number, max?: number): string {
  const known = points.filter((value) => value !== null)
  if (known.length === 0) {
    return ''
  }
  const top = max ?? Math.max(...known)
  const bottom = max === undefined ? Math.min(...known) : 0
  const across = (index: number) => (points.length === 1 ? width / 2 : 1 + (index / (points.length - 1)) * (width - 2))
  const up = (value: number) => (top === bottom ? height / 2 : height - 1 - ((value - bottom) / (top - bottom)) * (height - 2))
  let down = false
  return points
    .map((value, index) => {
      if (value === null) {
        down = false
        return ''
      }
      const alone = !down && (points[index + 1] ?? null) === null
      const text = `${down ? 'L' : 'M'}${across(index).toFixed(1)} ${up(value).toFixed(1)}${alone ? 'h0.1' : ''}`
      down = true
      return text
    })
    .join('')
}
