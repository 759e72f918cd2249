import { fromLocal, toLocal } from '../../frame/localtime'
import { forms, type FormName, type Values, type Word } from './forms'

/** Faults are what is wrong with a form, by the names of its fields. */
export type Faults = Readonly<Record<string, Word>>

const aDay = 86_400_000

/** desktopZone is where the days of desktops begin; the gateway's own setting for it is no part of what a page is told. */
const desktopZone = 'Asia/Shanghai'

/**
 * check finds what the gateway would refuse, by the same limits as the schema tells, before anything is sent. The gateway judges again: its
 * clock counts.
 */
export function check(name: FormName, values: Values, now: Date, zone: string): Faults {
  const faults: Record<string, Word> = {}
  for (const { name: field, kind, required, pattern } of forms[name].fields) {
    const text = (values[field] ?? '').trim()
    if (text === '') {
      if (required === true) {
        faults[field] = 'faultRequired'
      }
    } else if (kind === 'number' && !/^\d{1,9}$/.test(text)) {
      faults[field] = 'faultNumber'
    } else if (kind === 'moment' && fromLocal(text, zone) === undefined) {
      faults[field] = 'faultTime'
    } else if (pattern !== undefined && !pattern[0].test(text)) {
      faults[field] = pattern[1]
    }
  }
  const found = (field: string, fault: Word, wrong: boolean) => {
    if (wrong && faults[field] === undefined) {
      faults[field] = fault
    }
  }
  bounds(values, found)
  if (name === 'metering') {
    // Days as text are in the order of time.
    found('from', 'faultDays', (values['from'] ?? '') !== '' && (values['to'] ?? '') !== '' && (values['from'] ?? '') > (values['to'] ?? ''))
    return faults
  }
  const from = momentOf(values['from'], zone)
  const to = momentOf(values['to'], zone)
  const at = now.getTime()
  found('from', 'faultOrder', from >= to)
  switch (name) {
    case 'users':
      found('from', 'faultUserAge', at - from > 30 * aDay)
      found('to', 'faultUserSpan', to - from > 30 * aDay)
      break
    case 'desktops':
      found('from', 'faultDesktopAge', from < firstDesktopDay(now))
      break
    case 'report':
      found('from', 'faultReportAge', at - from > 2 * aDay)
      found('to', 'faultFuture', to > at)
  }
  return faults
}

function bounds(values: Values, found: (field: string, fault: Word, wrong: boolean) => void): void {
  for (const of of ['UsageHours', 'IdleDays']) {
    const [least = '', most = ''] = [values[`min${of}`], values[`max${of}`]]
    found(`min${of}`, 'faultBounds', least !== '' && most !== '' && Number(least) > Number(most))
  }
}

/** momentOf is a time in milliseconds; NaN, with which no comparison holds, for what is none. */
function momentOf(text: string | undefined, zone: string): number {
  return Date.parse(fromLocal(text ?? '', zone) ?? '')
}

/** firstDesktopDay is the start of the day 180 days ago. */
function firstDesktopDay(now: Date): number {
  const first = toLocal(new Date(now.getTime() - 180 * aDay), desktopZone).slice(0, 10)
  return momentOf(`${first}T00:00`, desktopZone)
}
