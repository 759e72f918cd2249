import type { Range } from '../../address'
import { isMissing, type Problem } from '../../data'
import { ProblemLine } from '../../parts/problem'
import { useWords } from '../../text/words'
import { ChartPanel, useWhy, type ChartTime } from './charts'
import type { Host } from './facts'
import styles from './host.module.css'
import { boardUse, find, lineOf, pairs, rates, use, type Series, type Shown } from './series'
import { between, ends, type Span } from './span'
import { words } from './words'

interface FiguresProps {
  host: Host
  answer: { problems: Problem[]; at: number }
  span: Span
  range: Range
  query: string
}

/** Figures are the charts of a host: of its metrics where they reach, else of its board. */
export function Figures({ host, answer, span, range, query }: FiguresProps) {
  const say = useWords(words)
  const onRange = (from: Date, to: Date) => range.set(between(from, to))
  const time = { range: ends(span.range, span.length, answer.at), onRange }
  const boards = { range: ends(span.boards, span.boardLength, answer.at), onRange }
  const failed = (field: string) => isMissing(answer.problems, `host.${field}`)
  const cut = [...(host.metrics ?? []), ...(host.performance ?? [])].some(({ truncated }) => truncated)
  return (
    <>
      {cut && <ProblemLine>{say.truncated}</ProblemLine>}
      {!span.short && <LongNotes cut={span.cut} serial={Boolean(host.serialNumber)} range={range} />}
      {(span.short || host.serialNumber) && (
        <div className={styles.charts}>
          {span.short ? (
            <Metrics metrics={host.metrics} failed={failed('metrics')} length={span.length} time={time} query={query} />
          ) : (
            <BoardUse performance={host.performance} failed={failed('performance')} length={span.boardLength} time={boards} query={query} />
          )}
          {host.serialNumber && <Board host={host} failed={failed('performance')} span={span} time={boards} query={query} />}
        </div>
      )}
      {span.short && !host.serialNumber && <p className={styles.note}>{say.noBoard}</p>}
    </>
  )
}

/** LongNotes say what of a long range is not there. */
function LongNotes({ cut, serial, range }: { cut: boolean; serial: boolean; range: Range }) {
  const say = useWords(words)
  return (
    <p className={styles.note}>
      {serial ? say.longNote : say.noBoardLong} {serial && cut && say.cutNote}
      {!serial && (
        <button type="button" className={styles.link} onClick={() => range.set('24h')}>
          {say.showDay}
        </button>
      )}
    </p>
  )
}

interface ChartsProps {
  failed: boolean
  length: number
  time: ChartTime
  query: string
}

function Metrics({ metrics, failed, length, time, query }: ChartsProps & { metrics: readonly Series[] | null | undefined }) {
  const say = useWords(words)
  const why = useWhy()
  const measured = metrics !== null && metrics !== undefined && metrics.length > 0
  const pair = (keys: readonly string[], ...labels: string[]) => rates(keys.map((key, at) => ({ one: find(metrics, key), label: labels[at]! })), length)
  const panels: [string, Shown | undefined][] = [
    [say.cpu, use(metrics, 'cpu', say.average, length)],
    [say.memory, use(metrics, 'memory', say.average, length)],
    [say.network, pair(pairs.network, say.in, say.out)],
    [say.disk, pair(pairs.disk, say.read, say.write)],
  ]
  return panels.map(([title, shown]) => (
    <ChartPanel key={title} title={title} shown={shown} why={why(title, failed, measured)} query={query} {...time} />
  ))
}

function BoardUse({ performance, failed, length, time, query }: ChartsProps & { performance: readonly Series[] | null | undefined }) {
  const say = useWords(words)
  const panels: [string, Shown | undefined][] = [
    [say.cpu, boardUse(performance, 'cpu', say.sample, length)],
    [say.memory, boardUse(performance, 'memory', say.sample, length)],
  ]
  return panels.map(([title, shown]) => (
    <ChartPanel key={title} title={title} shown={shown} why={failed ? say.missing(title) : say.noBoardSamples} query={query} note={say.boardSub} {...time} />
  ))
}

/** Board is what the server's board measures beside use: temperature of the air that comes in, and power. */
function Board({ host, failed, span, time, query }: { host: Host; failed: boolean; span: Span; time: ChartTime; query: string }) {
  const say = useWords(words)
  const note = span.length < span.boardLength ? say.boardDay : say.boardSub
  const one = (key: string, unit: string): Shown | undefined => {
    const found = find(host.performance, key)
    return found === undefined ? undefined : { series: [lineOf(found, say.sample, span.boardLength)], unit }
  }
  const panels: [string, Shown | undefined][] = [
    [say.temperature, one('InletTemperatureCelsius', '°C')],
    [say.power, one('PowerConsumedWatts', 'W')],
  ]
  return panels.map(([title, shown]) => (
    <ChartPanel key={title} title={title} shown={shown} why={failed ? say.missing(title) : say.noBoardSamples} query={query} note={note} {...time} />
  ))
}
