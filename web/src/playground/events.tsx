import { memo, useState } from 'react'

import { change, useAnswers } from './answers'
import { bound, cleared, emptyLog, lagged, paused, type Log, type LogEntry } from './eventlog'
import { counted } from './status'

/** Events is the log of the tab's subscription, the newest event first. */
export function Events() {
  const { tab, logs, exchanges } = useAnswers()
  const exchange = exchanges[tab]
  const runs = exchange?.kind === 'followed' && (exchange.state === 'connecting' || exchange.state === 'open')
  const log = logs[tab] ?? emptyLog
  const put = (changed: Log) => change({ logs: { ...logs, [tab]: changed } })
  const lags = log.entries.filter(lagged).length
  return (
    <section className="playground-view" aria-label="Events">
      <div className="playground-tools">
        <button type="button" aria-pressed={log.paused} onClick={() => put(paused(log, !log.paused))}>
          {log.paused ? `Go on${log.held.length > 0 ? `: ${log.held.length} new` : ''}` : 'Pause'}
        </button>
        <button type="button" disabled={log.entries.length + log.held.length === 0} onClick={() => put(cleared(log))}>
          Clear
        </button>
        <span>
          {counted(log.count, 'event')}
          {log.dropped > 0 && `, ${log.dropped.toLocaleString('en')} dropped: the newest ${bound} are kept`}
        </span>
        {lags > 0 && <strong className="playground-lagged">{lags} × LAGGED</strong>}
      </div>
      {log.entries.length === 0 ? (
        <p className="playground-empty">
          {runs ? 'The next event will be here when it comes.' : 'Run a subscription to see its events: the examples have some.'}
        </p>
      ) : (
        <ol className="playground-log" reversed>
          {log.entries.map((entry) => (
            <Entry key={entry.number} entry={entry} />
          ))}
        </ol>
      )}
    </section>
  )
}

/** Entry is an event in a line, and opened as a whole. What is closed is not in the page. */
const Entry = memo(function Entry({ entry }: { entry: LogEntry }) {
  const [open, setOpen] = useState(false)
  return (
    <li>
      <details className={lagged(entry) ? 'playground-lag' : undefined} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className="playground-number">{entry.number}</span>
          <time dateTime={entry.at.toISOString()}>{clock(entry.at)}</time>
          {entry.kinds.map((kind, index) => (
            <b key={index}>{kind}</b>
          ))}
          {entry.errors > 0 && <b className="playground-error">{counted(entry.errors, 'error')}</b>}
          <span className="playground-about">{entry.advice ?? brief(entry.result)}</span>
        </summary>
        {open && <pre>{JSON.stringify(entry.result, null, 2)}</pre>}
      </details>
    </li>
  )
})

/** clock is a time of the day by the browser's clock, with milliseconds. */
function clock(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`
}

/** brief are the scalars of an event in their order, as far as a line goes; without its id and kind, which are of no use or told already. */
function brief(result: unknown): string {
  const { data } = (result ?? {}) as { data?: unknown }
  return scalars(data).slice(0, 12).join(' · ').slice(0, 200)
}

function scalars(value: unknown): string[] {
  if (value === null || typeof value !== 'object') {
    return value === null || value === undefined || value === '' ? [] : [String(value)]
  }
  return Object.entries(value).flatMap(([name, member]) => (name === 'eventId' || name === 'kind' ? [] : scalars(member)))
}
