import { go, useRange, type TimeRange } from '../../address'
import { openQuery, useAnswer, type VariablesOf } from '../../data'
import { Columns, type Bucket } from '../../parts/columns'
import { Bones, Empty } from '../../parts/empty'
import { Panel } from '../../parts/panel'
import { usePhone } from '../../parts/screen'
import { SeverityMark, severityName } from '../../parts/severity'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { offsetMinutes } from '../../text/walltime'
import { useZone } from '../../text/zone'
import { Trend } from './documents'
import { hasBoth, layersOf, missingOf, trendOf, type TrendBucket } from './figures'
import { words } from './words'

type Size = VariablesOf<typeof Trend>['bucket']

const minute = 60_000
const hour = 60 * minute

// As many columns as the eye takes in: by minute for up to two hours, by hour for up to two days.
function sizeOf(milliseconds: number): Size {
  if (milliseconds <= 2 * hour) {
    return 'MINUTE'
  }
  return milliseconds <= 48 * hour ? 'HOUR' : 'DAY'
}

/** useTrend asks for the alarms that came and went in the time of the address, by the clock of the page: of all regions, or of some. */
export function useTrend(regions?: readonly string[]) {
  const phone = usePhone()
  const { range, milliseconds } = useRange(phone ? '21d' : '30d')
  const { name } = useZone()
  const bucket = sizeOf(milliseconds)
  const variables: { bucket: Size; range: TimeRange; utcOffsetMinutes: number; regions?: string[] } = {
    bucket,
    range,
    utcOffsetMinutes: offsetMinutes(name),
    ...(regions === undefined ? {} : { regions: [...regions] }),
  }
  const answer = useAnswer(Trend, variables, { keep: true, every: minute })
  return { answer, variables, bucket }
}

/** TrendPanel is how many alarms were raised when, by severity, and how many went. A column leads to its alarms. */
export function TrendPanel({ trend: { answer, variables, bucket } }: { trend: ReturnType<typeof useTrend> }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const format = useFormat()
  const { buckets, completeFrom, clearedWithoutTime } = trendOf(answer.data)
  const by = { MINUTE: say.trendByMinute, HOUR: say.trendByHour, DAY: say.trendByDay }[bucket]
  const starts = completeFrom !== undefined && buckets.length > 0 && Date.parse(completeFrom) > Date.now() - 30.5 * 24 * hour
  const missing = missingOf(answer.data)
  const from = starts && bucket === 'DAY' ? say.trendFrom(format.dateTime(completeFrom)) : undefined
  const sub = [by, from, missing && say[missing]].filter((part) => part !== undefined).join(' · ')
  const of = variables.regions?.map((region) => `&region=${encodeURIComponent(region)}`).join('') ?? ''
  const raised = buckets.reduce((sum, one) => sum + one.raised + one.cleared, 0)
  return (
    <Panel title={saidTerms.alarmTrend} sub={sub} query={openQuery(Trend, variables)}>
      {answer.data === undefined && answer.problems.length === 0 ? (
        <Bones rows={6} height={44} />
      ) : raised === 0 ? (
        <Empty title={hasBoth(answer.data) ? say.trendEmpty : saidTerms.notRead} />
      ) : (
        <Columns
          label={`${saidTerms.alarmTrend}, ${by}`}
          height={316}
          buckets={buckets.map((one) => columnOf(one, bucket, format))}
          layers={layersOf(buckets).map((severity) => ({
            key: severity ?? 'UNKNOWN',
            label: saidTerms[severity ?? 'UNKNOWN'],
            mark: <SeverityMark severity={severity} silent />,
            fill: severity === null ? '--text3' : `--${severityName(severity)}-fill`,
          }))}
          lineLabel={clearedWithoutTime > 0 ? `${say.clearedLine} (${say.trendTimeless(format.count(clearedWithoutTime))})` : say.clearedLine}
          onPick={({ from, to }) => go(`/alarms?state=all&range=${from}..${to}${of}`, { keep: ['lang'] })}
        />
      )}
    </Panel>
  )
}

function columnOf({ from, to, cleared, bySeverity }: TrendBucket, size: Size, format: ReturnType<typeof useFormat>): Bucket {
  const counts = Object.fromEntries(bySeverity.map(({ severity, count }) => [severity ?? 'UNKNOWN', count]))
  // Hours of two days have the same time.
  const labels = { DAY: format.date, HOUR: format.dateTime, MINUTE: format.time }
  return { from, to, counts, line: cleared, running: Date.parse(to) > Date.now(), label: labels[size](from) }
}
