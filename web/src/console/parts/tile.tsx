import { type ReactNode, useId } from 'react'

import styles from './tile.module.css'

interface TileProps {
  label: ReactNode
  value: ReactNode
  /** What stands beside the figure: the whole it is a part of, or its unit. */
  sub?: ReactNode
  /** Colours the figure: all is well, nearly full, full. */
  level?: 'nearly' | 'full' | 'ok' | 'unknown' | undefined
  className?: string | undefined
  children?: ReactNode
}

/** Tile is one large figure with its name above and what explains it below. */
export function Tile({ label, value, sub, level, className, children }: TileProps) {
  const id = useId()
  return (
    <div role="group" aria-labelledby={id} className={`${styles.tile} ${className ?? ''}`}>
      <div id={id} className={styles.label}>
        {label}
      </div>
      <div className={styles.figure} data-level={level}>
        <span className={styles.value}>{value}</span>
        {sub !== undefined && <span className={styles.sub}>{sub}</span>}
      </div>
      {children !== undefined && <div className={styles.foot}>{children}</div>}
    </div>
  )
}
