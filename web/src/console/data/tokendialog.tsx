import { type FormEvent, useId, useState } from 'react'

import { Dialog } from '../parts/dialog'
import { settings } from '../settings'
import { useWords } from '../text/words'
import { closeTokenDialog, giveToken, useTokenAsked, type Credentials } from './token'
import styles from './tokendialog.module.css'
import { words } from './words'

/** TokenDialog asks for a token whenever the gateway does. It stands once in the frame. */
export default function TokenDialog() {
  const asked = useTokenAsked()
  const say = useWords(words)
  return (
    <Dialog open={asked !== 'no'} onClose={closeTokenDialog} title={say.title} width={440}>
      <TokenForm refused={asked === 'refused'} />
    </Dialog>
  )
}

function TokenForm({ refused }: { refused: boolean }) {
  const say = useWords(words)
  const id = useId()
  const [given, setGiven] = useState<Credentials>({ kind: settings.tokenHeader ?? 'X-Auth-Token', token: '', domainId: '' })
  const [fault, setFault] = useState<string>()
  const upstream = given.kind === 'X-Auth-Token'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const token = given.token.trim()
    if (token === '' || /[\s\p{Cc}]|[^\p{ASCII}]/u.test(token)) {
      setFault(token === '' ? say.empty : say.wrong)
      return
    }
    giveToken({ ...given, token, domainId: upstream ? given.domainId.trim() : '' })
  }
  return (
    <form className={styles.form} onSubmit={submit} autoComplete="off">
      <p>{refused ? say.refused : say.wanted}</p>
      <fieldset className={styles.kinds}>
        <legend className="visually-hidden">{say.kind}</legend>
        {(['X-Auth-Token', 'Authorization'] as const).map((kind) => (
          <label key={kind} className={styles.kind}>
            <input type="radio" name="kind" checked={given.kind === kind} onChange={() => setGiven({ ...given, kind })} />
            {kind === 'X-Auth-Token' ? say.upstream : say.bearer}
          </label>
        ))}
      </fieldset>
      <label className={styles.field}>
        <span>{say.token}</span>
        <input
          type="password"
          data-autofocus
          value={given.token}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={fault !== undefined}
          aria-describedby={fault === undefined ? undefined : `${id}-fault`}
          onChange={(event) => {
            setFault(undefined)
            setGiven({ ...given, token: event.target.value })
          }}
        />
        {fault !== undefined && (
          <span id={`${id}-fault`} className={styles.fault} role="alert">
            {fault}
          </span>
        )}
      </label>
      {upstream && (
        <label className={styles.field}>
          <span>{say.domainId}</span>
          <input
            type="text"
            value={given.domainId}
            autoComplete="off"
            spellCheck={false}
            aria-describedby={`${id}-hint`}
            onChange={(event) => setGiven({ ...given, domainId: event.target.value })}
          />
          <span id={`${id}-hint`} className={styles.hint}>
            {say.domainHint}
          </span>
        </label>
      )}
      <p className={styles.hint}>{say.memory}</p>
      <div className={styles.buttons}>
        <button type="button" className={styles.later} onClick={closeTokenDialog}>
          {say.later}
        </button>
        <button type="submit" className={styles.use}>
          {say.use}
        </button>
      </div>
    </form>
  )
}
