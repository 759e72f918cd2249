import type { ReactNode } from 'react'

import { useWords } from '../text/words'
import styles from './empty.module.css'
import { Icon, type IconName } from './icon'
import { words } from './words'

interface EmptyProps {
  title: ReactNode
  icon?: IconName | undefined
  /** What can be done about it. */
  children?: ReactNode
}

/** Empty stands where there is nothing to show, and says why. */
export function Empty({ title, icon, children }: EmptyProps) {
  return (
    <div className={styles.empty}>
      {icon !== undefined && <Icon name={icon} size={22} className={styles.icon} />}
      <div className={styles.title}>{title}</div>
      {children !== undefined && <div className={styles.more}>{children}</div>}
    </div>
  )
}

/** Bones are grey bars where text will be; the whole is one "loading" for screen readers. */
export function Bones({ rows = 3, height = 36 }: { rows?: number | undefined; height?: number | undefined }) {
  const say = useWords(words)
  return (
    <div className={styles.bones} role="status" aria-label={say.loading}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={styles.row} style={{ height }} aria-hidden="true">
          <Bone width={[62, 48, 71, 55][index % 4]} />
        </div>
      ))}
    </div>
  )
}

/** Bone is one grey bar, as wide as so many per cent of what is around it. */
export function Bone({ width = 60 }: { width?: number | undefined }) {
  return <span className={styles.bone} style={{ width: `${width}%` }} aria-hidden="true" />
}
