import { Fragment, type ReactNode } from 'react'

import styles from './facts.module.css'

export interface Fact {
  name: ReactNode
  /** A fact without value is not shown, unless it says — by itself. */
  value: ReactNode
  mono?: boolean | undefined
  key?: string | undefined
}

/** Facts is a list of names with values; what is null, undefined or empty is left out. */
export function Facts({ facts, wide = false }: { facts: readonly Fact[]; wide?: boolean | undefined }) {
  const shown = facts.filter(({ value }) => value !== null && value !== undefined && value !== '' && value !== false)
  return (
    <dl className={styles.facts} data-wide={wide || undefined}>
      {shown.map(({ name, value, mono, key }, index) => (
        <Fragment key={key ?? (typeof name === 'string' ? name : index)}>
          <dt className={styles.name}>{name}</dt>
          <dd className={styles.value} data-mono={mono || undefined}>
            {value}
          </dd>
        </Fragment>
      ))}
    </dl>
  )
}
