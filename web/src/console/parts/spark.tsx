import { sparkPath } from './chart/spark'
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
