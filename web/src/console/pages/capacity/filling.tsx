import { openQuery, type Problem } from '../../data'
import { ProblemOf } from '../../frame'
import { type Column, DataTable } from '../../parts/datatable'
import { Bones, Empty } from '../../parts/empty'
import { LevelMark, Meter } from '../../parts/meter'
import { Panel } from '../../parts/panel'
import { Spark } from '../../parts/spark'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { Asked } from './asked'
import lines from '../../parts/lines.module.css'
import styles from './capacity.module.css'
import { CapacityForecast, type Forecast } from './documents'
import { keyOf, urgencyOf, type Filling } from './figures'
import { useNames } from './names'
import { words } from './words'

interface FillsFirstProps {
  asked: Asked
  /** Undefined while the history is being read. */
  filling: Filling[] | undefined
  problems: readonly Problem[]
  again(): void
  open: string | undefined
  onOpen(key: string): void
}

/** FillsFirst is what has to be ordered, and by when. */
export function FillsFirst({ asked, filling, problems, again, open, onOpen }: FillsFirstProps) {
  const say = useWords(words)
  const common = useWords(terms)
  const { poolOf } = useNames()
  const pool = ({ cell }: Filling) => poolOf(cell, [asked.rows, asked.columns])
  const columns: Column<Filling>[] = [
    { key: 'pool', title: say.pool, cell: (row) => <span title={pool(row)}>{pool(row)}</span> },
    {
      key: 'allocation',
      title: common.allocation,
      width: 210,
      cell: (row) => <Meter inline value={row.cell.sum.allocation} nearlyFull={settings.nearlyFull} full={settings.full} label={pool(row)} />,
    },
    { key: 'perDay', title: say.perDay, width: 200, align: 'end', cell: (row) => <PerDay filling={row} /> },
    { key: 'full', title: say.full, width: 260, cell: ({ forecast }) => <When forecast={forecast} /> },
    { key: 'history', title: say.history, width: 130, hideBelow: 900, cell: ({ forecast }) => <Spark points={forecast.points.map(({ value }) => value)} /> },
  ]
  return (
    <Panel title={say.fills} sub={say.fillsSub} query={openQuery(CapacityForecast, asked.variables.forecast)} flush>
      {problems.map((problem) => (
        <div key={`${problem.operation} ${problem.code}`} className={styles.problem}>
          <ProblemOf problem={problem} again={again} />
        </div>
      ))}
      {filling === undefined && problems.length === 0 && (
        <>
          <p className={styles.note}>{say.waiting}</p>
          <Bones rows={4} />
        </>
      )}
      {filling !== undefined && filling.length === 0 && problems.length === 0 && <Empty title={say.noneFills} icon="check" />}
      {filling !== undefined && filling.length > 0 && (
        <DataTable
          label={say.fills}
          columns={columns}
          rows={filling}
          rowKey={({ cell }) => keyOf(cell)}
          phone={(row) => <Phone filling={row} pool={pool(row)} />}
          open={open}
          onOpen={({ cell }) => onOpen(keyOf(cell))}
        />
      )}
    </Panel>
  )
}

/** PerDay is the growth of a day, with its sign. */
function PerDay({ filling: { cell, forecast } }: { filling: Filling }) {
  const say = useWords(words)
  const { unit } = useNames()
  const { quantity } = useFormat()
  if (forecast.perDay === null) {
    return '—'
  }
  const rounded = Math.round(forecast.perDay * 100) / 100
  return say.perDayOf(`${rounded > 0 ? '+' : ''}${quantity(rounded, '')}`, unit(cell.unit))
}

/** When is when it is full, with its bounds. */
function When({ forecast }: { forecast: Forecast }) {
  const say = useWords(words)
  const { count } = useFormat()
  const { fullInDays, fullInDaysFrom: from, fullInDaysTo: to } = forecast
  const whole = (days: number) => count(Math.floor(days))
  const level = fullInDays === 0 ? 'full' : urgencyOf(fullInDays)
  if (forecast.outlook !== 'GROWING' && fullInDays !== 0) {
    return <span className={styles.pale}>{from === null ? say.steady : say.mayIn(whole(from))}</span>
  }
  return (
    <span className={styles.when} data-level={level}>
      <b>{fullInDays === 0 ? say.fullNow : say.fullIn(whole(fullInDays ?? 0))}</b> {level !== undefined && <LevelMark level={level} />}
      {fullInDays !== 0 && from !== null && <span className={styles.pale}>{to === null ? say.boundsFrom(whole(from)) : say.bounds(whole(from), whole(to))}</span>}
    </span>
  )
}

function Phone({ filling, pool }: { filling: Filling; pool: string }) {
  const { percent } = useFormat()
  return (
    <span className={lines.phone}>
      <span className={lines.line}>
        <span className={lines.cut}>{pool}</span>
        <span className={lines.end}>{percent(filling.cell.sum.allocation)}</span>
      </span>
      <span className={lines.line} data-second>
        <When forecast={filling.forecast} />
        <span className={lines.end}>
          <PerDay filling={filling} />
        </span>
      </span>
    </span>
  )
}
