import { type ReactNode, useEffect, useRef, useState } from 'react'

import { copyText } from '../../playground/clipboard'
import { useWords } from '../text/words'
import styles from './copy.module.css'
import { Icon } from './icon'
import { words } from './words'

interface CopyProps {
  text: string
  /** What is copied, for screen readers: "Copy: host id". */
  label?: string | undefined
  /** Shown before the icon; without it there is the icon alone. */
  children?: ReactNode
}

/** Copy is a button that puts a text on the clipboard and says for two seconds whether it is there. */
export function Copy({ text, label, children }: CopyProps) {
  const say = useWords(words)
  const [done, setDone] = useState<boolean | undefined>(undefined)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const copy = async () => {
    setDone(await copyText(text))
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setDone(undefined), 2000)
  }
  const told = done === undefined ? '' : done ? say.copied : say.notCopied
  return (
    <button type="button" className={styles.copy} title={label ?? say.copy} onClick={() => void copy()}>
      {children}
      <Icon name={done === true ? 'check' : 'copy'} size={13} />
      <span className="visually-hidden">{children === undefined ? (label ?? say.copy) : say.copy}</span>
      <span className="visually-hidden" role="status">
        {told}
      </span>
    </button>
  )
}
