import { type FormEvent, useRef, useState } from 'react'

import { go } from '../../address'
import { refetchAll, useMutationAnswer } from '../../data'
import { ProblemOf, toast } from '../../frame'
import { Drawer } from '../../parts/drawer'
import { ProblemLine } from '../../parts/problem'
import { useWords } from '../../text/words'
import { useZone } from '../../text/zone'
import { FieldOf } from './field'
import styles from './form.module.css'
import { forms, inputOf, type FormName, type Values, type Word } from './forms'
import { check } from './limits'
import { newKey, noteStarted, starts, type Refusal } from './starts'
import { words } from './words'

/** FormDrawer has the form that is open; undefined closes it. */
export function FormDrawer({ name, onClose }: { name: FormName | undefined; onClose(): void }) {
  const say = useWords(words)
  // While it slides away it still shows what it was.
  const last = useRef<FormName>('metering')
  if (name !== undefined) {
    last.current = name
  }
  return (
    <Drawer open={name !== undefined} onClose={onClose} title={say[forms[last.current].title]}>
      <StartForm key={last.current} name={last.current} onClose={onClose} />
    </Drawer>
  )
}

function StartForm({ name, onClose }: { name: FormName; onClose(): void }) {
  const say = useWords(words)
  const zone = useZone().name
  const form = forms[name]
  const [values, setValues] = useState<Values>(() => form.presets[0]?.values(new Date(), zone) ?? {})
  // Made once for a form that was opened: whatever happens to an answer, sending again starts no second job.
  const [key, setKey] = useState(newKey)
  const [more, setMore] = useState(false)
  const [faults, setFaults] = useState<Readonly<Record<string, Word | Refusal>>>({})
  const [whole, setWhole] = useState<readonly Refusal[]>([])
  const { send, sending, last } = useMutationAnswer(starts[name].document)
  const element = useRef<HTMLFormElement>(null)

  const change = (changes: Values) => {
    setValues((before) => ({ ...before, ...changes }))
    // What was wrong is judged anew when it is sent; until then what was changed counts as right.
    setFaults((before) => Object.fromEntries(Object.entries(before).filter(([field]) => !(field in changes))))
  }
  const show = (found: Readonly<Record<string, Word | Refusal>>) => {
    setFaults(found)
    const hidden = form.fields.some((field) => field.more === true && found[field.name] !== undefined)
    setMore((shown) => shown || hidden)
    const [first] = form.fields.filter((field) => found[field.name] !== undefined)
    // Behind "more" it is drawn only now.
    requestAnimationFrame(() => first && element.current?.querySelector<HTMLElement>(`[name="${first.name}"]`)?.focus())
  }
  const submit = async (idempotencyKey: string) => {
    const found = check(name, values, new Date(), zone)
    setWhole([])
    if (Object.keys(found).length > 0) {
      show(found)
      return
    }
    setFaults({})
    const done = await send({ input: inputOf(name, values, zone, idempotencyKey) })
    const outcome = done.data === undefined ? undefined : starts[name].outcome(done.data)
    if (outcome?.id !== undefined) {
      noteStarted()
      toast(say.started)
      // Who has closed the form meanwhile stays where they are, and sees the job in the list.
      if (element.current === null) {
        refetchAll()
      } else {
        go(`/jobs/${encodeURIComponent(outcome.id)}`)
      }
      return
    }
    const byField = sorted(outcome?.refusals ?? [], form.fields.map((field) => field.name))
    setWhole(byField.whole)
    show(byField.faults)
  }
  const anew = () => {
    const fresh = newKey()
    setKey(fresh)
    void submit(fresh)
  }
  const tell = useTell()
  const problems = sending ? [] : (last?.problems ?? [])
  const marked = Object.keys(faults).length > 0
  const shown = form.fields.filter((field) => more || field.more !== true)
  return (
    <form
      ref={element}
      className={styles.form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        void submit(key)
      }}
    >
      <p className={styles.intro}>
        {say[form.intro]}
        {form.fields.some(({ kind }) => kind === 'moment') && <span className={styles.zone}>{say.zoneHint(zone)}</span>}
      </p>
      <div role="alert" className={styles.alert}>
        {marked && <ProblemLine tone="critical">{say.refused}</ProblemLine>}
        {whole.map((refusal) => (
          <ProblemLine
            key={refusal.code + refusal.message}
            tone="critical"
            code={refusal.code}
            extra={
              refusal.field.at(-1) === 'idempotencyKey' && (
                <button type="button" className={styles.small} onClick={anew}>
                  {say.anew}
                </button>
              )
            }
          >
            {tell(refusal)}
          </ProblemLine>
        ))}
        {problems.map((problem) => (
          <ProblemOf key={problem.operation + problem.code} problem={problem} again={() => void submit(key)} />
        ))}
        {problems.length > 0 && <p className={styles.intro}>{say.sendAgainHint}</p>}
      </div>
      <div role="group" aria-label={say.presets} className={styles.presets}>
        {form.presets.map((preset) => (
          <button key={preset.word} type="button" className={styles.small} onClick={() => change(preset.values(new Date(), zone))}>
            {say[preset.word]}
          </button>
        ))}
      </div>
      <div className={styles.fields}>
        {shown.map((field, place) => (
          <FieldOf
            key={field.name}
            field={field}
            first={place === 0}
            value={values[field.name] ?? ''}
            fault={faults[field.name] === undefined ? undefined : tell(faults[field.name])}
            onChange={(value) => change({ [field.name]: value })}
          />
        ))}
      </div>
      {form.fields.some((field) => field.more) && !more && (
        <button type="button" className={styles.more} onClick={() => setMore(true)}>
          {say.moreFields}
        </button>
      )}
      <div className={styles.end}>
        <button type="submit" className={styles.primary} disabled={sending}>
          {sending ? say.submitting : problems.length > 0 ? say.sendAgain : say.submit}
        </button>
        <button type="button" className={styles.plain} onClick={onClose}>
          {say.cancel}
        </button>
      </div>
    </form>
  )
}

/** sorted puts the gateway's refusals to their fields; those of no field that is shown are of the whole. */
function sorted(refusals: readonly Refusal[], fields: readonly string[]) {
  const faults: Record<string, Refusal> = {}
  const whole: Refusal[] = []
  for (const refusal of refusals) {
    const field = refusal.field.at(-1) ?? ''
    if (fields.includes(field)) {
      faults[field] = faults[field] ?? refusal
    } else {
      whole.push(refusal)
    }
  }
  return { faults, whole }
}

// The gateway's sentences are English; those that need something done are told in the reader's language.
const known: Record<string, Word> = {
  'NOT_FOUND instanceId': 'faultUnknownInstance',
  'UPSTREAM_REJECTED ': 'faultRejected',
  'UPSTREAM_TIMEOUT idempotencyKey': 'unknownOutcome',
  'BAD_USER_INPUT idempotencyKey': 'faultKey',
}

function useTell(): (fault: Word | Refusal | undefined) => string {
  const say = useWords(words)
  return (fault) => {
    if (fault === undefined || typeof fault === 'string') {
      return fault === undefined ? '' : say[fault]
    }
    const word = known[`${fault.code} ${fault.field.at(-1) ?? ''}`]
    return word === undefined ? fault.message : say[word]
  }
}
