import { fromLocal, toLocal } from '../../frame/localtime'
import type { words } from './words'

/** FormName is what can be started; it stands in the address while its form is open. */
export type FormName = 'metering' | 'users' | 'desktops' | 'report'

export const formNames: readonly FormName[] = ['metering', 'users', 'desktops', 'report']

/** Word is a text of this page that has no values in it. */
export type Word = { [Key in keyof typeof words.en]: (typeof words.en)[Key] extends string ? Key : never }[keyof typeof words.en]

/** Values are what stands in a form, by the names of the schema's input. */
export type Values = Readonly<Record<string, string>>

export interface Field {
  /** Name of the schema's input, by which the gateway says what is wrong. */
  name: string
  label: Word
  hint?: Word
  kind: 'day' | 'moment' | 'text' | 'number' | 'region'
  /** What the schema takes, as a whole, and what is told of all else. */
  pattern?: readonly [RegExp, Word]
  required?: boolean
  /** Seldom used: behind "more". */
  more?: boolean
}

/** Preset fills in a period. */
export interface Preset {
  word: Word
  values: (now: Date, zone: string) => Values
}

export interface Form {
  title: Word
  intro: Word
  fields: readonly Field[]
  presets: readonly Preset[]
}

const upTo = (length: number): readonly [RegExp, Word] => [new RegExp(`^[-_0-9a-zA-Z]{1,${length}}$`), 'faultForm']

const period: readonly Field[] = [
  { name: 'from', label: 'from', kind: 'moment', required: true },
  { name: 'to', label: 'to', kind: 'moment', required: true },
]

const projects: readonly Field[] = [
  { name: 'projectId', label: 'projectId', hint: 'projectIdHint', kind: 'text', pattern: upTo(64), more: true },
  { name: 'enterpriseProjectId', label: 'enterpriseProjectId', kind: 'text', pattern: upTo(64), more: true },
]

const hours: readonly Field[] = [
  { name: 'minUsageHours', label: 'minUsageHours', kind: 'number', more: true },
  { name: 'maxUsageHours', label: 'maxUsageHours', kind: 'number', more: true },
]

/** days is the wall's day so many days from now. */
function day(now: Date, zone: string, after: number): string {
  return new Date(Date.parse(toLocal(now, zone).slice(0, 10)) + after * 86_400_000).toISOString().slice(0, 10)
}

/** month is the first day of the wall's month so many months from now. */
function month(now: Date, zone: string, after: number): string {
  const [year = 0, of = 1] = toLocal(now, zone).slice(0, 7).split('-').map(Number)
  return new Date(Date.UTC(year, of - 1 + after, 1)).toISOString().slice(0, 10)
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10)
}

const lastDays =
  (count: number) =>
  (now: Date, zone: string): Values => ({ from: `${day(now, zone, -count)}T00:00`, to: `${day(now, zone, 0)}T00:00` })

const lastHours =
  (count: number) =>
  (now: Date, zone: string): Values => ({ from: toLocal(new Date(now.getTime() - count * 3_600_000), zone), to: toLocal(now, zone) })

/** forms are the four of them; the first preset stands in a form that has just been opened. */
export const forms: Record<FormName, Form> = {
  metering: {
    title: 'titleMetering',
    intro: 'introMetering',
    fields: [
      { name: 'from', label: 'fromDay', kind: 'day' },
      { name: 'to', label: 'toDay', hint: 'dayHint', kind: 'day' },
      { name: 'regionId', label: 'region', kind: 'region' },
      { name: 'domainId', label: 'domainId', hint: 'domainIdHint', kind: 'text', pattern: upTo(36), more: true },
      { name: 'hcsoId', label: 'hcsoId', hint: 'hcsoIdHint', kind: 'text', pattern: upTo(36), more: true },
    ],
    presets: [
      { word: 'lastMonth', values: (now, zone) => ({ from: month(now, zone, -1), to: dayBefore(month(now, zone, 0)) }) },
      { word: 'thisMonth', values: (now, zone) => ({ from: month(now, zone, 0), to: day(now, zone, 0) }) },
      { word: 'yesterday', values: (now, zone) => ({ from: day(now, zone, -1), to: day(now, zone, -1) }) },
    ],
  },
  users: {
    title: 'titleUsers',
    intro: 'introUsers',
    fields: [...period, { name: 'username', label: 'username', kind: 'text' }, ...hours, ...projects],
    presets: [
      { word: 'last7Days', values: lastDays(7) },
      { word: 'last29Days', values: lastDays(29) },
      { word: 'yesterday', values: lastDays(1) },
    ],
  },
  desktops: {
    title: 'titleDesktops',
    intro: 'introDesktops',
    fields: [
      ...period,
      { name: 'desktopName', label: 'desktopName', kind: 'text' },
      { name: 'desktopId', label: 'desktopId', kind: 'text', pattern: upTo(64), more: true },
      { name: 'minIdleDays', label: 'minIdleDays', kind: 'number', more: true },
      { name: 'maxIdleDays', label: 'maxIdleDays', kind: 'number', more: true },
      ...hours,
      ...projects,
    ],
    presets: [
      { word: 'last7Days', values: lastDays(7) },
      { word: 'last29Days', values: lastDays(29) },
      { word: 'yesterday', values: lastDays(1) },
    ],
  },
  report: {
    title: 'titleReport',
    intro: 'introReport',
    fields: [
      { name: 'instanceId', label: 'instanceId', hint: 'instanceIdHint', kind: 'text', required: true, pattern: [/^[0-9A-Za-z]{36}$/, 'faultInstance'] },
      ...period,
      { name: 'projectId', label: 'projectId', hint: 'projectIdHint', kind: 'text', pattern: [/^[0-9A-Za-z]{32}$/, 'faultProject'], more: true },
    ],
    presets: [
      { word: 'lastHour', values: lastHours(1) },
      { word: 'last24Hours', values: lastHours(24) },
    ],
  },
}

/** inputOf is the input of the command: what is left out is not sent. */
export function inputOf(name: FormName, values: Values, zone: string, idempotencyKey: string): Record<string, unknown> {
  const input: Record<string, unknown> = { idempotencyKey }
  for (const { name: field, kind } of forms[name].fields) {
    const text = (values[field] ?? '').trim()
    if (text !== '') {
      input[field] = kind === 'number' ? Number(text) : kind === 'moment' ? fromLocal(text, zone) : text
    }
  }
  return input
}
