import { useState, type FormEvent } from 'react'

import { offered, parseRange, useRange } from '../address'
import { Icon } from '../parts/icon'
import { Popover } from '../parts/popover'
import { useFormat, type Format } from '../text/format'
import { useWords } from '../text/words'
import { useZone } from '../text/zone'
import styles from './rangepicker.module.css'
import { fromLocal, toLocal } from './localtime'
import { words } from './words'

type Say = ReturnType<typeof useWords<typeof words.en>>

/** tellRange writes a range of the address as people say it. */
function tellRange(text: string, say: Say, format: Format): string {
  const last = /^(\d+)([mhd])$/.exec(text)
  if (last !== null) {
    const n = Number(last[1])
    return last[2] === 'm' ? say.lastMinutes(n) : last[2] === 'h' ? say.lastHours(n) : say.lastDays(n)
  }
  const [from = '', to = ''] = text.split('..')
  return `${format.dateTime(from)} – ${format.date(from) === format.date(to) ? format.time(to) : format.dateTime(to)}`
}

/** RangePicker chooses the span of time that a page shows, into the address: one that ends now, or one between two times. */
export function RangePicker({ otherwise }: { otherwise: string }) {
  const say = useWords(words)
  const format = useFormat()
  const { text, set } = useRange(otherwise, true)
  const told = tellRange(text, say, format)
  const target = (
    <>
      <Icon name="clock" />
      <span className={styles.told}>{told}</span>
      <Icon name="chevronDown" size={12} />
    </>
  )
  return (
    <Popover
      label={say.range}
      className={styles.dropdown}
      button={{ className: styles.target, label: `${say.range}: ${told}`, children: target }}
    >
      {(close) => {
        const choose = (range: string) => {
          set(range)
          close()
        }
        return (
          <div className={styles.choices}>
            <div className={styles.offered}>
              {offered.map((range) => (
                <button key={range} type="button" className={styles.choice} aria-pressed={range === text} onClick={() => choose(range)}>
                  {tellRange(range, say, format)}
                </button>
              ))}
            </div>
            <Between text={text} onChoose={choose} />
          </div>
        )
      }}
    </Popover>
  )
}

function Between({ text, onChoose }: { text: string; onChoose: (range: string) => void }) {
  const say = useWords(words)
  const { name } = useZone()
  const [wrong, setWrong] = useState(false)
  const read = parseRange(text)
  const now = Date.now()
  const range = read === null || 'last' in read.range ? { from: now - (read?.milliseconds ?? 0), to: now } : read.range
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [from, to] = ['from', 'to'].map((field) => fromLocal(String(form.get(field)), name))
    const chosen = `${from ?? ''}..${to ?? ''}`
    if (parseRange(chosen) === null) {
      setWrong(true)
      return
    }
    onChoose(chosen)
  }
  return (
    <form className={styles.between} onSubmit={submit} noValidate>
      <label className={styles.field}>
        {say.rangeFrom}
        <input type="datetime-local" name="from" className={styles.input} defaultValue={toLocal(new Date(range.from), name)} />
      </label>
      <label className={styles.field}>
        {say.rangeTo}
        <input type="datetime-local" name="to" className={styles.input} defaultValue={toLocal(new Date(range.to), name)} aria-invalid={wrong} />
      </label>
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {say.rangeWrong}
        </p>
      )}
      <p className={styles.zone}>{say.zone(name)}</p>
      <button type="submit" className={styles.show}>
        {say.rangeSet}
      </button>
    </form>
  )
}
