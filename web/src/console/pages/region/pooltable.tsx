import { Bone } from '../../parts/empty'
import { Meter } from '../../parts/meter'
import { usePhone } from '../../parts/screen'
import { Spark } from '../../parts/spark'
import { settings } from '../../settings'
import { unknown, useFormat, type Format } from '../../text/format'
import { terms } from '../../text/terms'
import { useUnit } from '../../text/units'
import { useWords } from '../../text/words'
import { totalOf, urgencyOf } from '../capacity/figures'
import styles from './capacity.module.css'
import type { Forecast, Pool } from './pools'
import { words } from './words'

const { nearlyFull, full } = settings

export interface PoolGroup {
  key: string
  name: string
  pools: readonly Pool[]
}

interface PoolTableProps {
  label: string
  groupTitle: string
  groups: readonly PoolGroup[]
  /** By the keys of the pools; undefined while they are being read. A table with null has no history. */
  forecasts: ReadonlyMap<string, Forecast> | null | undefined
}

/** PoolTable is a row for each pool, in groups; on a phone a card for each group. */
export function PoolTable(props: PoolTableProps) {
  return usePhone() ? <PoolCards {...props} /> : <WideTable {...props} />
}

function useZoneName(): (pool: Pool) => string {
  const say = useWords(terms)
  return ({ zone, zoneText }) => (zone === 'POD' ? say.tenantZone : zone === 'MANAGE' ? say.managementZone : (zoneText ?? unknown))
}

// Terabytes come in parts; all else is counted.
function amount(value: number | null | undefined, { unit }: Pool, format: Format): string {
  return unit === 'TERABYTES' ? format.twoPlaces(value) : format.quantity(value, '')
}

function useMetric(): (metric: string) => string {
  const say = useWords(words)
  return (metric) => (metric === 'vcpu' ? say.vcpu : metric === 'memory' ? say.memory : metric)
}

function WideTable({ label, groupTitle, groups, forecasts }: PoolTableProps) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const unit = useUnit()
  const format = useFormat()
  const zoneName = useZoneName()
  const metricName = useMetric()
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{groupTitle}</th>
            <th scope="col">{say.zone}</th>
            <th scope="col">{saidTerms.model}</th>
            <th scope="col" data-align="end">
              {saidTerms.allocated}
            </th>
            <th scope="col" data-align="end">
              {saidTerms.available}
            </th>
            <th scope="col">{saidTerms.unit}</th>
            <th scope="col">{saidTerms.allocation}</th>
            {forecasts !== null && (
              <>
                <th scope="col">{say.history}</th>
                <th scope="col">{say.outlook}</th>
              </>
            )}
          </tr>
        </thead>
        {groups.map(({ key, name, pools }) => (
          <tbody key={key}>
            {pools.map((pool, at) => (
              <tr key={pool.key}>
                {at === 0 && (
                  <th scope="rowgroup" rowSpan={pools.length} className={styles.group}>
                    {name}
                  </th>
                )}
                <td>{zoneName(pool)}</td>
                <td>
                  <code>{pool.model ?? unknown}</code>
                  {pool.metric && <span className={styles.metric}>{metricName(pool.metric)}</span>}
                </td>
                <td data-align="end">{amount(pool.allocated, pool, format)}</td>
                <td data-align="end" className={styles.available}>
                  {amount(pool.available, pool, format)}
                </td>
                <td className={styles.unit}>{unit(pool.unit)}</td>
                <td className={styles.meter}>
                  <Meter inline value={pool.allocation} nearlyFull={nearlyFull} full={full} label={`${name} ${pool.model ?? ''} ${zoneName(pool)}`} />
                </td>
                {forecasts !== null && <History pool={pool} name={`${name} ${pool.model ?? ''}`} forecasts={forecasts} />}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  )
}

function History({ pool, name, forecasts }: { pool: Pool; name: string; forecasts: ReadonlyMap<string, Forecast> | undefined }) {
  const say = useWords(words)
  const format = useFormat()
  const unit = useUnit()
  const forecast = forecasts?.get(pool.key)
  if (forecast === undefined) {
    return (
      <>
        <td className={styles.spark}>{forecasts === undefined ? <Bone width={96} /> : unknown}</td>
        <td className={styles.outlook}>{forecasts === undefined ? '' : unknown}</td>
      </>
    )
  }
  const values = forecast.points.map(({ value }) => value ?? null)
  const told = (value: number | null | undefined) => format.quantity(value, unit(pool.unit))
  return (
    <>
      <td className={styles.spark}>
        <Spark points={values} height={22} max={topOf(pool, values)} label={say.sparkLabel(name, told(values[0]), told(values.at(-1)))} />
      </td>
      <td className={styles.outlook}>
        <Outlook pool={pool} forecast={forecast} />
      </td>
    </>
  )
}

// The line is drawn in the whole of the pool: of its own range alone the least change would look like a mountain.
function topOf(pool: Pool, values: readonly (number | null)[]): number {
  return Math.max(totalOf({ sum: pool }) ?? 0, ...values.map((value) => value ?? 0))
}

/** Outlook is when the pool will be full if it goes on as in the last month, with the early and the late end. */
function Outlook({ pool, forecast }: { pool: Pool; forecast: Forecast }) {
  const say = useWords(words)
  const format = useFormat()
  const unit = useUnit()
  const { outlook, fullInDays, fullInDaysFrom, fullInDaysTo, perDay, days } = forecast
  const whole = (value: number) => format.count(Math.floor(value))
  // A slope of millionths of what is there is no growth that one would see.
  const pace = perDay === null || perDay === undefined ? undefined : say.perDay(signed(perDay, format.quantity, unit(pool.unit)))
  if (fullInDays === 0 || (pool.available === 0 && (pool.allocated ?? 0) > 0)) {
    return <span data-level="full">{say.nowFull}</span>
  }
  switch (outlook) {
    case 'GROWING': {
      const from = fullInDaysFrom ?? fullInDays
      const bounds =
        from === null || from === undefined
          ? ''
          : fullInDaysTo === null || fullInDaysTo === undefined
            ? say.spanOpen(whole(from))
            : say.span(whole(from), whole(fullInDaysTo))
      return (
        <span data-level={urgencyOf(fullInDays)} title={pace}>
          {say.inDays(fullInDays === null || fullInDays === undefined ? unknown : whole(fullInDays))}{' '}
          <span className={styles.bounds}>({bounds})</span>
        </span>
      )
    }
    case 'SHRINKING':
      return <span title={pace}>{say.shrinking}</span>
    case 'RESIZED':
      return <span>{say.resized(format.count(days))}</span>
    case 'TOO_LITTLE_HISTORY':
      return <span>{say.tooLittle}</span>
    default:
      return <span title={pace}>{say.steady}</span>
  }
}

function signed(value: number, quantity: (value: number, unit: string) => string, unit: string): string {
  return `${value > 0 ? '+' : ''}${quantity(value, unit)}`
}

function PoolCards({ label, groups, forecasts }: PoolTableProps) {
  const say = useWords(words)
  const unit = useUnit()
  const format = useFormat()
  const zoneName = useZoneName()
  const metricName = useMetric()
  return (
    <ul aria-label={label}>
      {groups.map(({ key, name, pools }) => (
        <li key={key} className={styles.card}>
          <h3 className={styles.cardTitle}>{name}</h3>
          <ul>
            {pools.map((pool) => {
              const forecast = forecasts?.get(pool.key)
              return (
                <li key={pool.key} className={styles.pool}>
                  <span className={styles.poolName}>
                    <code>{pool.model ?? say.wholePool}</code>
                    {pool.metric && <span className={styles.metric}>{metricName(pool.metric)}</span>}
                    <span className={styles.poolZone}>{zoneName(pool)}</span>
                  </span>
                  <Meter value={pool.allocation} nearlyFull={nearlyFull} full={full} label={`${name} ${pool.model ?? ''} ${zoneName(pool)}`} />
                  <span className={styles.poolMore}>
                    {say.availableOf(format.quantity(pool.available, unit(pool.unit)))}
                    {forecast !== undefined && <Outlook pool={pool} forecast={forecast} />}
                  </span>
                </li>
              )
            })}
          </ul>
        </li>
      ))}
    </ul>
  )
}
