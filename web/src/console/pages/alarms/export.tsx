import { useEffect, useRef, useState } from 'react'

import { save, type VariablesOf } from '../../data'
import { Icon } from '../../parts/icon'
import { useFormat } from '../../text/format'
import { useWords } from '../../text/words'
import { AlarmsList } from './documents'
import styles from './export.module.css'
import { words } from './words'

type State = { kind: 'rest' } | { kind: 'saving'; bytes: number } | { kind: 'failed'; why: string }

/** ExportButton saves the whole list as a file, and tells how much of it has come. */
export function ExportButton({ variables }: { variables: VariablesOf<typeof AlarmsList> }) {
  const say = useWords(words)
  const { quantity } = useFormat()
  const [state, setState] = useState<State>({ kind: 'rest' })
  const running = useRef<AbortController | undefined>(undefined)
  useEffect(() => () => running.current?.abort(), [])
  const begin = async () => {
    const control = new AbortController()
    running.current = control
    setState({ kind: 'saving', bytes: 0 })
    try {
      await save(AlarmsList, variables, 'alarms', 'csv', { signal: control.signal, came: (bytes) => setState({ kind: 'saving', bytes }) })
      setState({ kind: 'rest' })
    } catch (cause) {
      setState(control.signal.aborted ? { kind: 'rest' } : { kind: 'failed', why: String(cause instanceof Error ? cause.message : cause) })
    }
  }
  const saving = state.kind === 'saving'
  return (
    <>
      <button
        type="button"
        className={styles.button}
        title={say.saveCsv}
        onClick={() => (saving ? running.current?.abort() : void begin())}
      >
        <Icon name={saving ? 'close' : 'download'} size={14} />
        {saving ? say.stop : say.csv}
      </button>
      <span className={styles.told} role="status">
        {saving && say.saving(quantity(Math.round(state.bytes / 1024), 'KiB'))}
        {state.kind === 'failed' && say.saveFailed(state.why)}
      </span>
    </>
  )
}
