import { useMemo } from 'react'

import { openQuery, useAnswer, type DataOf, type Shown, type VariablesOf } from '../../data'
import type { AlarmBucket, AlarmFilter, TimeRange } from '../../generated/graphql'
import { Columns, type Bucket, type Layer } from '../../parts/columns'
import { QueryLink } from '../../parts/panel'
import { usePhone } from '../../parts/screen'
import { ranks } from '../../parts/severities'
import { countOf, SeverityMark, severityName, useSeverityWord } from '../../parts/severity'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { offsetMinutes } from '../../text/walltime'
import { useZone } from '../../text/zone'
import { AlarmsTrend } from './documents'
import { known } from './figures'
import { whole, type Chosen } from './filter'
import { useSpan } from './span'
import styles from './trend.module.css'
import { words } from './words'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const lengths: Record<AlarmBucket, number> = { DAY: day, HOUR: hour, MINUTE: minute }

/** Asked is the trend of a filter: what was asked, and what came. */
export interface Asked {
  variables: VariablesOf<typeof AlarmsTrend>
  answer: Shown<DataOf<typeof AlarmsTrend>>
}

/** useTrend asks how the alarms of the filter came, in buckets that suit the span. */
export function useTrend(chosen: Chosen): Asked {
  const { range } = chosen
  const variables = useVariables(chosen.filter('time'), bucketOf(range.milliseconds), range.range, range.text)
  return { variables, answer: useAnswer(AlarmsTrend, variables, { keep: true, every: minute }) }
}

/** Trend is how the alarms of the filter came: a click on a column looks closer. */
export function Trend({ chosen, asked: { variables, answer } }: { chosen: Chosen; asked: Asked }) {
  const say = useWords(words)
  const term = useWords(terms)
  const span = useSpan()
  const isPhone = usePhone()
  const { dateTime, date, time } = useFormat()
  const { range } = chosen
  const { bucket } = variables
  const layers = useLayers()
  const told = answer.data?.alarmSummary?.trend
  const [first] = told?.buckets ?? []
  // Days are not shown as hours: of what was asked before only columns of the same size stay.
  const isOther = first !== undefined && Date.parse(first.to) - Date.parse(first.from) !== lengths[bucket]
  const trend = answer.kept && isOther ? undefined : told
  const label = { DAY: date, HOUR: dateTime, MINUTE: time }[bucket]
  const buckets = useMemo(() => known(trend?.buckets ?? [], trend?.completeFrom ?? null).map((one) => bucketFor(one, label)), [trend, label])
  const isPart = buckets.length < (trend?.buckets.length ?? 0)
  const sub = { DAY: say.raisedDay, HOUR: say.raisedHour, MINUTE: say.raisedMinute }[bucket]
  const pick = ({ from, to }: Bucket) => range.set(bucket === 'MINUTE' ? range.text : `${short(from)}..${short(to)}`)
  return (
    <section className={styles.trend} aria-label={term.alarmTrend}>
      <div className={styles.head}>
        <h2 className={styles.title}>{term.alarmTrend}</h2>
        <span className={styles.sub} title={say.pickHint}>
          {range.text === whole ? say.wholeSpan : span(range)} · {sub}
          {isPart && ` · ${say.completeFrom(dateTime(trend?.completeFrom))}`}
        </span>
        {range.text !== whole && (
          <button type="button" className={styles.back} onClick={() => range.set(undefined)}>
            {say.back}
          </button>
        )}
        <span className={styles.end}>
          <QueryLink href={openQuery(AlarmsTrend, variables)} of={term.alarmTrend} />
        </span>
      </div>
      <div className={styles.chart}>
        {buckets.length > 0 && (
          <Columns
            label={`${term.alarmTrend}, ${sub}`}
            buckets={buckets}
            layers={layers}
            height={isPhone ? 96 : 104}
            legend={false}
            // Columns are too narrow for fingers; on phones the range of the frame does the same.
            {...(bucket === 'MINUTE' || isPhone ? {} : { onPick: pick })}
          />
        )}
        {answer.problems.length > 0 && buckets.length === 0 && <span className={styles.none}>—</span>}
      </div>
    </section>
  )
}

/** useVariables are the same object as long as they say the same: the key of a range that ends now does not change by itself. */
function useVariables(filter: AlarmFilter, bucket: AlarmBucket, range: TimeRange, rangeKey: string) {
  const { name } = useZone()
  const offset = offsetMinutes(name)
  const filterKey = JSON.stringify(filter)
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the texts stand for the objects
  return useMemo(() => ({ filter, bucket, range, offset }), [filterKey, bucket, rangeKey, offset])
}

function bucketOf(milliseconds: number): AlarmBucket {
  return milliseconds > 3 * day ? 'DAY' : milliseconds > 2 * hour ? 'HOUR' : 'MINUTE'
}

/** short is a moment as an address has it: its seconds are none. */
function short(iso: string): string {
  return new Date(iso).toISOString().replace(':00.000Z', 'Z')
}

function useLayers(): Layer[] {
  const wordOf = useSeverityWord()
  return ranks.map((severity) => ({
    key: severityName(severity),
    label: wordOf(severity),
    mark: <SeverityMark severity={severity} silent />,
    fill: severity === null ? '--text3' : `--${severityName(severity)}-fill`,
  }))
}

type Told = NonNullable<DataOf<typeof AlarmsTrend>['alarmSummary']>['trend']['buckets'][number]

function bucketFor({ from, to, bySeverity }: Told, label: (iso: string) => string): Bucket {
  const counts = Object.fromEntries(ranks.map((severity) => [severityName(severity), countOf(bySeverity, severity)]))
  return { from, to, counts, running: Date.parse(to) > Date.now(), label: label(from) }
}
