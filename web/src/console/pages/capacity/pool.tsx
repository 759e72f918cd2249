import { openQuery, useAnswer, type Problem } from '../../data'
import { ProblemOf } from '../../frame'
import { Drawer } from '../../parts/drawer'
import { Bones, Empty } from '../../parts/empty'
import { Facts } from '../../parts/facts'
import { Meter } from '../../parts/meter'
import { QueryLink } from '../../parts/panel'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { Asked } from './asked'
import styles from './capacity.module.css'
import { CapacityRows, type Cell, type Forecast } from './documents'
import { rowsOf, totalOf } from './figures'
import { useNames } from './names'
import { Outlook } from './outlook'
import { SentRows } from './sent'
import { words } from './words'

interface PoolProps {
  /** Key of the cell; undefined while the drawer is closed. */
  id: string | undefined
  /** Undefined where what was asked has no such cell, or it is not there yet. */
  cell: Cell | undefined
  asked: Asked
  /** Null is no history, undefined one that is not read: problems say why, where there are any. */
  forecast: Forecast | null | undefined
  problems: readonly Problem[]
  again(): void
  onClose(): void
}

/** Pool is all about one cell: its figures, its line with what is expected, and the rows that it is made of. */
export function Pool({ id, cell, asked, forecast, problems, again, onClose }: PoolProps) {
  const say = useWords(words)
  const { poolOf } = useNames()
  const title = cell === undefined ? id : poolOf(cell, [asked.rows, asked.columns])
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      title={title}
      width={620}
      extra={cell !== undefined && <QueryLink href={openQuery(CapacityRows, variablesOf(cell, asked))} of={title} />}
    >
      {id !== undefined && cell === undefined && <Empty title={say.unknownPool} />}
      {cell !== undefined && (
        <div className={styles.drawer}>
          <Figures cell={cell} label={title ?? ''} />
          <h3 className={styles.part}>{say.forecast}</h3>
          {problems.map((problem) => (
            <ProblemOf key={`${problem.operation} ${problem.code}`} problem={problem} again={again} />
          ))}
          {problems.length === 0 && (forecast === undefined ? <Bones rows={3} /> : <Outlook cell={cell} forecast={forecast} />)}
          <Rows cell={cell} asked={asked} />
        </div>
      )}
    </Drawer>
  )
}

function Figures({ cell, label }: { cell: Cell; label: string }) {
  const say = useWords(words)
  const common = useWords(terms)
  const { unit } = useNames()
  const { quantity, count, dateTime } = useFormat()
  const { sum } = cell
  const of = (value: number | null) => (value === null ? null : quantity(value, unit(cell.unit)))
  return (
    <>
      <div className={styles.large}>
        <Meter value={sum.allocation} nearlyFull={settings.nearlyFull} full={settings.full} label={label} />
      </div>
      <Facts
        facts={[
          { name: common.allocated, value: of(sum.allocated) ?? '—' },
          { name: common.available, value: of(sum.available) ?? '—' },
          { name: common.total, value: of(totalOf(cell)) ?? '—' },
          { name: say.used, value: of(sum.used) },
          { name: say.free, value: of(sum.free) },
          { name: say.rowsCounted, value: count(sum.rows) + (sum.rowsLeftOut > 0 ? ` · ${say.leftOut(count(sum.rowsLeftOut))}` : '') },
          { name: say.observed, value: sum.oldestObservedAt === null ? '—' : dateTime(sum.oldestObservedAt) },
        ]}
      />
    </>
  )
}

/** variablesOf asks for the rows of a cell, and for more where no filter is as narrow: what the cell does not say is as the page asks. */
function variablesOf(cell: Cell, asked: Asked) {
  const type = cell.type ?? asked.service
  const region = cell.regionCode ?? asked.region
  const zone = cell.zone ?? asked.zone
  return {
    ...(type === undefined ? {} : { types: [type] }),
    ...(region === undefined ? {} : { regions: [region] }),
    ...(zone === undefined ? {} : { zones: [zone] }),
  }
}

function Rows({ cell, asked }: { cell: Cell; asked: Asked }) {
  const say = useWords(words)
  const { count } = useFormat()
  const { data, problems, loading, refetch } = useAnswer(CapacityRows, variablesOf(cell, asked), { own: true })
  const rows = rowsOf(data?.cloudServices ?? [], cell, [asked.rows, asked.columns])
  return (
    <>
      <h3 className={styles.part}>
        {say.asSent} {data !== undefined && problems.length === 0 && <span className={styles.pale}>{say.asSentSub(count(rows.length))}</span>}
      </h3>
      {problems.map((problem) => (
        <ProblemOf key={`${problem.operation} ${problem.code}`} problem={problem} again={() => refetch()} />
      ))}
      {loading && <Bones rows={3} />}
      {rows.length > 0 && <SentRows rows={rows} cell={cell} />}
    </>
  )
}
