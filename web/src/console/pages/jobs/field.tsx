import { useId } from 'react'

import { useNamed, useRegions } from '../../frame/regions'
import { Select } from '../../parts/select'
import { useWords } from '../../text/words'
import styles from './form.module.css'
import type { Field } from './forms'
import { words } from './words'

interface FieldProps {
  field: Field
  value: string
  /** What is wrong with it, in a sentence. */
  fault: string | undefined
  /** Whether the focus is here when the form opens. */
  first: boolean
  onChange(value: string): void
}

/** FieldOf is one field of a form: its name, where it is typed, and below it what is wrong or what helps. */
export function FieldOf({ field, value, fault, first, onChange }: FieldProps) {
  const say = useWords(words)
  const id = useId()
  const told = fault !== undefined || field.hint !== undefined
  return (
    <div className={styles.field} data-fault={fault !== undefined || undefined}>
      {field.kind === 'region' ? (
        <>
          <span className={styles.label} aria-hidden="true">
            {say[field.label]}
          </span>
          <RegionChoice label={say[field.label]} value={value} onChange={onChange} />
        </>
      ) : (
        <>
          <label className={styles.label} htmlFor={id}>
            {say[field.label]}
          </label>
          <input
            id={id}
            name={field.name}
            className={styles.input}
            data-mono={(field.kind === 'text' && field.pattern !== undefined) || undefined}
            type={{ day: 'date', moment: 'datetime-local', text: 'text', number: 'text' }[field.kind]}
            inputMode={field.kind === 'number' ? 'numeric' : undefined}
            maxLength={field.kind === 'text' ? 255 : undefined}
            autoComplete="off"
            data-autofocus={first || undefined}
            spellCheck={false}
            required={field.required}
            aria-invalid={fault !== undefined || undefined}
            aria-describedby={told ? `${id}-told` : undefined}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        </>
      )}
      {told && (
        <span id={`${id}-told`} className={styles.told} data-fault={fault !== undefined || undefined}>
          {fault ?? (field.hint === undefined ? '' : say[field.hint])}
        </span>
      )}
    </div>
  )
}

function RegionChoice({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
  const say = useWords(words)
  const regions = useRegions()
  const named = useNamed()
  return (
    <Select
      label={label}
      all={say.allRegions}
      value={value === '' ? undefined : value}
      choices={regions.map((region) => ({ value: region.code, label: `${named(region)} · ${region.code}` }))}
      onChange={(code) => onChange(code ?? '')}
    />
  )
}
