import { useEffect, useRef, useState } from 'react'

import { useKeys } from '../frame/keys'
import { useWords } from '../text/words'
import { Icon } from './icon'
import styles from './textfilter.module.css'
import { words } from './words'

interface TextFilterProps {
  label: string
  placeholder?: string | undefined
  value: string
  /** Called when nothing was typed for 250 ms, and at once on Enter and when the field is emptied by its button. */
  onChange(text: string): void
  /** Whether `/` leads here; one field a page. */
  slash?: boolean | undefined
}

const pause = 250

/** TextFilter is a field whose text filters a list. What is typed is never lost: a value from outside counts only when nothing waits. */
export function TextFilter({ label, placeholder, value, onChange, slash = false }: TextFilterProps) {
  const say = useWords(words)
  const [typed, setTyped] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  const told = useRef(value)

  useEffect(() => {
    if (waiting.current === undefined && value !== told.current) {
      told.current = value
      setTyped(value)
    }
  }, [value])
  useEffect(() => () => clearTimeout(waiting.current), [])
  const enter = () => {
    field.current?.focus()
    field.current?.select()
  }
  useKeys(slash ? { '/': enter } : {})

  const tell = (text: string) => {
    clearTimeout(waiting.current)
    waiting.current = undefined
    told.current = text
    onChange(text)
  }
  const type = (text: string) => {
    setTyped(text)
    clearTimeout(waiting.current)
    waiting.current = setTimeout(() => tell(text), pause)
  }
  return (
    <span className={styles.filter}>
      <Icon name="search" size={14} className={styles.icon} />
      <input
        ref={field}
        type="search"
        className={styles.field}
        aria-label={label}
        aria-keyshortcuts={slash ? '/' : undefined}
        data-slash={slash || undefined}
        placeholder={placeholder ?? label}
        value={typed}
        maxLength={128}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            tell(typed)
          } else if (event.key === 'Escape' && typed !== '') {
            event.stopPropagation()
            setTyped('')
            tell('')
          }
        }}
      />
      {typed === '' && slash && (
        <kbd className={styles.key} aria-hidden="true">
          /
        </kbd>
      )}
      {typed !== '' && (
        <button
          type="button"
          className={styles.clear}
          aria-label={say.clear}
          onClick={() => {
            setTyped('')
            tell('')
            field.current?.focus()
          }}
        >
          <Icon name="close" size={12} />
        </button>
      )}
    </span>
  )
}
