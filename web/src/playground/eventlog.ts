/** LogEntry is an event of a subscription. */
export interface LogEntry {
  /** number counts the events from 1. */
  number: number
  at: Date
  /** kinds are what the event's fields say in `kind`: RAISED, LAGGED and the like. */
  kinds: string[]
  /** advice is what a LAGGED event says to do, where it was asked. */
  advice: string | undefined
  errors: number
  result: unknown
}

/** Log holds the newest events of a subscription, the newest first. */
export interface Log {
  entries: LogEntry[]
  /** held are those that came while the log was paused, the newest first. */
  held: LogEntry[]
  paused: boolean
  count: number
  /** dropped counts those that had to go for newer ones. */
  dropped: number
}

/** bound is how many events a log keeps, and as many again while it is paused. */
export const bound = 500

/** emptyLog is the log of a subscription that begins. */
export const emptyLog: Log = { entries: [], held: [], paused: false, count: 0, dropped: 0 }

/** withEvent adds an event: to what is shown, or while the log is paused to what is held back. */
export function withEvent(log: Log, result: unknown, at: Date): Log {
  const entry = { number: log.count + 1, at, ...told(result), result }
  const into = log.paused ? log.held : log.entries
  const kept = [entry, ...into.slice(0, bound - 1)]
  const dropped = log.dropped + into.length + 1 - kept.length
  return { ...log, count: entry.number, dropped, ...(log.paused ? { held: kept } : { entries: kept }) }
}

/** paused stops or goes on showing events. None of those that came meanwhile is missing, but those that the bound leaves no place for. */
export function paused(log: Log, pause: boolean): Log {
  if (pause) {
    return { ...log, paused: true }
  }
  const all = [...log.held, ...log.entries]
  const entries = all.slice(0, bound)
  return { ...log, paused: false, held: [], entries, dropped: log.dropped + all.length - entries.length }
}

/** cleared forgets the events, and goes on counting. */
export function cleared(log: Log): Log {
  return { ...log, entries: [], held: [], dropped: 0 }
}

/** lagged tells whether an event says that others were missed. */
export function lagged(entry: LogEntry): boolean {
  return entry.kinds.includes('LAGGED')
}

function told(result: unknown): Pick<LogEntry, 'kinds' | 'advice' | 'errors'> {
  const { data, errors } = (result ?? {}) as { data?: Record<string, unknown> | null; errors?: unknown }
  const fields = Object.values(data ?? {}).filter((field) => field !== null && typeof field === 'object') as Record<string, unknown>[]
  const texts = (name: string) => fields.map((field) => field[name]).filter((value) => typeof value === 'string')
  return { kinds: texts('kind'), advice: texts('advice')[0], errors: Array.isArray(errors) ? errors.length : 0 }
}
