import { tags, type Language } from './languages'

/** unknown stands for what nobody told. A nought stands for nought only. */
export const unknown = '—'

type Maybe<T> = T | null | undefined

/** Format writes numbers and times as the reader's language and the chosen zone have them; what is not known is a dash. */
export interface Format {
  count(value: Maybe<number>): string
  /** Of a part from 0 to 1, with one place, but `100%` from 99.95 on. */
  percent(part: Maybe<number>): string
  gib(value: Maybe<number>): string
  /** An exact number, as the schema's Decimal has it: never through a float. */
  decimal(text: Maybe<string>): string
  quantity(value: Maybe<number | string>, unit: Maybe<string>): string
  /** With two places always, so that the figures of a column stand below one another. */
  twoPlaces(value: Maybe<number>): string
  time(iso: Maybe<string>): string
  date(iso: Maybe<string>): string
  dateTime(iso: Maybe<string>): string
  /** The full time, with year and seconds: for titles. */
  exact(iso: Maybe<string>): string
  /** A day of the schema's Date, which has no zone. */
  day(date: Maybe<string>): string
  age(iso: Maybe<string>, now?: number): string
  duration(milliseconds: Maybe<number>): string
}

/** wholePercent writes a threshold, a part from 0 to 1: "80%", and "87.5%" where it is no whole one. It never writes more than it is. */
export function wholePercent(part: number): string {
  // A part such as 0.289 is a little less in a float.
  return `${Math.floor(part * 1000 + 1e-6) / 10}%`
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const aDay = 24 * hour

const spans: Record<Language, Record<'ms' | 's' | 'min' | 'h' | 'd', (n: string) => string>> = {
  en: { ms: (n) => `${n} ms`, s: (n) => `${n} s`, min: (n) => `${n} min`, h: (n) => `${n} h`, d: (n) => `${n} d` },
  zh: { ms: (n) => `${n} 毫秒`, s: (n) => `${n} 秒`, min: (n) => `${n} 分钟`, h: (n) => `${n} 小时`, d: (n) => `${n} 天` },
}

const ago: Record<Language, (span: string) => string> = { en: (span) => `${span} ago`, zh: (span) => `${span}前` }

function known<T>(value: Maybe<T>): value is T {
  return value !== null && value !== undefined && value !== ''
}

interface Parts {
  year: string
  month: string
  day: string
  hour: string
  minute: string
  second: string
}

function makeParts(zone: string): (iso: string) => Parts {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return (iso) => Object.fromEntries(format.formatToParts(new Date(iso)).map(({ type, value }) => [type, value])) as unknown as Parts
}

/** makeFormat makes it for a language and a zone by its IANA name. */
export function makeFormat(language: Language, zone: string): Format {
  const tag = tags[language]
  const whole = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 })
  const onePlace = new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  const upToTwo = new Intl.NumberFormat(tag, { maximumFractionDigits: 2 })
  const twoPlaces = new Intl.NumberFormat(tag, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const exactly = new Intl.NumberFormat(tag, { maximumFractionDigits: 20 })
  const parts = makeParts(zone)
  const between = language === 'zh' ? ' ' : ', '

  function inYear(year: string, rest: string): string {
    return year === parts(new Date().toISOString()).year ? rest : `${year}/${rest}`
  }

  function duration(milliseconds: number): string {
    const span = spans[language]
    if (milliseconds < second) {
      return span.ms(whole.format(milliseconds))
    }
    if (milliseconds < minute) {
      return span.s(whole.format(Math.floor(milliseconds / second)))
    }
    if (milliseconds < hour) {
      return span.min(whole.format(Math.floor(milliseconds / minute)))
    }
    return milliseconds < aDay ? span.h(whole.format(Math.floor(milliseconds / hour))) : span.d(whole.format(Math.floor(milliseconds / aDay)))
  }

  const format: Format = {
    count: (value) => (known(value) ? whole.format(value) : unknown),
    percent(part) {
      if (!known(part)) {
        return unknown
      }
      const percent = part * 100
      return `${percent >= 99.95 && percent < 100.05 ? '100' : onePlace.format(percent)}%`
    },
    gib(value) {
      if (!known(value)) {
        return unknown
      }
      return value <= 10_240 ? `${upToTwo.format(value)} GiB` : `${onePlace.format(value / 1024)} TiB`
    },
    decimal: (text) => (known(text) ? exactly.format(text as `${number}`) : unknown),
    quantity(value, unit) {
      if (!known(value)) {
        return unknown
      }
      const number = typeof value === 'string' ? exactly.format(value as `${number}`) : upToTwo.format(value)
      return known(unit) ? `${number} ${unit}` : number
    },
    twoPlaces: (value) => (known(value) ? twoPlaces.format(value) : unknown),
    time(iso) {
      if (!known(iso)) {
        return unknown
      }
      const at = parts(iso)
      return `${at.hour}:${at.minute}`
    },
    date(iso) {
      if (!known(iso)) {
        return unknown
      }
      const at = parts(iso)
      return inYear(at.year, `${at.month}/${at.day}`)
    },
    dateTime(iso) {
      if (!known(iso)) {
        return unknown
      }
      const at = parts(iso)
      return inYear(at.year, `${at.month}/${at.day}${between}${at.hour}:${at.minute}`)
    },
    exact(iso) {
      if (!known(iso)) {
        return unknown
      }
      const at = parts(iso)
      return `${at.year}/${at.month}/${at.day}${between}${at.hour}:${at.minute}:${at.second}`
    },
    day(date) {
      if (!known(date)) {
        return unknown
      }
      const [year = '', month = '', day = ''] = date.slice(0, 10).split('-')
      return inYear(year, `${month}/${day}`)
    },
    age(iso, now = Date.now()) {
      if (!known(iso)) {
        return unknown
      }
      const age = Math.max(0, now - Date.parse(iso))
      return ago[language](age < second ? spans[language].s('0') : duration(age))
    },
    duration: (milliseconds) => (known(milliseconds) ? duration(milliseconds) : unknown),
  }
  return format
}
