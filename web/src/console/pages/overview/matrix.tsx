import { Link } from '../../address'
import { openQuery, type DataOf, type Shown } from '../../data'
import { useNamed, type Named, type useRegionsAnswer } from '../../frame'
import { Bones, Empty } from '../../parts/empty'
import { LevelLegend, MeterCell } from '../../parts/meter'
import { Panel } from '../../parts/panel'
import { useBelow } from '../../parts/screen'
import { SeverityCounts, type SeverityCount } from '../../parts/severity'
import { settings } from '../../settings'
import { unknown, useFormat } from '../../text/format'
import { wholePercent } from '../../text/formats'
import { serviceName, type Service } from '../../text/services'
import { terms } from '../../text/terms'
import { useUnit } from '../../text/units'
import { useWords } from '../../text/words'
import { totalOf } from '../capacity/figures'
import { Allocation, type Hosts } from './documents'
import { byUrgency, cellsOf, columnsOf, type Cell, type Counted } from './figures'
import styles from './matrix.module.css'
import { words } from './words'

const { nearlyFull, full } = settings

interface MatrixProps {
  counted: Counted
  regions: ReturnType<typeof useRegionsAnswer>
  hosts: Shown<DataOf<typeof Hosts>>
  allocation: Shown<DataOf<typeof Allocation>>
}

interface Row {
  region: Named
  alarms: readonly SeverityCount[] | undefined
  hosts: number | undefined
  cells: Map<Service, Cell[]>
}

/** Matrix is a row for each region, the one with the worst alarms first, and how much of each service is handed out there. */
export function Matrix({ counted, regions, hosts, allocation }: MatrixProps) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { dateTime } = useFormat()
  const below = useBelow()
  const table = allocation.data?.allocationTable
  const rows = rowsOf(counted, regions.data?.regions, hosts.data, cellsOf(table?.cells ?? []))
  const columns = columnsOf(new Map(rows.map(({ region, cells }) => [region.code, cells])))
  const waiting = [regions, hosts].some(({ data, problems }) => data === undefined && problems.length === 0)
  // Without it there are no columns of services, and nothing that the legend tells of.
  const isUnread = !table && allocation.problems.length > 0
  return (
    <Panel
      flush
      title={say.matrix}
      sub={isUnread ? saidTerms.notRead : <Legend />}
      age={table?.oldestObservedAt ? saidTerms.asOf(dateTime(table.oldestObservedAt)) : undefined}
      query={openQuery(Allocation, { nearlyFull, full })}
    >
      {rows.length === 0 &&
        (waiting ? <Bones rows={5} height={48} /> : <Empty title={regions.data?.regions ? say.matrixEmpty : saidTerms.notRead} />)}
      {rows.length > 0 &&
        (below < Infinity ? (
          <Cards rows={rows} known={counted.known} most={below === 720 ? 3 : columns.length} />
        ) : (
          <Table rows={rows} columns={columns} known={counted.known} />
        ))}
    </Panel>
  )
}

type Regions = readonly Named[] | null | undefined

function rowsOf(counted: Counted, known: Regions, data: DataOf<typeof Hosts> | undefined, table: Map<string, Map<Service, Cell[]>>): Row[] {
  const counts = new Map(data?.hostSummary?.byRegion.map(({ value, count }) => [value ?? '', count]))
  const regions = known ?? [...table.keys()].filter((code) => code !== '').map((code): Named => ({ code }))
  return regions
    .map((region) => ({
      region,
      alarms: counted.known === 'none' ? undefined : (counted.byRegion.get(region.code) ?? []),
      // A region without hosts is not among the counts, but it was counted.
      hosts: data?.hostSummary ? (counts.get(region.code) ?? 0) : undefined,
      cells: table.get(region.code) ?? new Map<Service, Cell[]>(),
    }))
    .toSorted((a, b) => byUrgency(a.alarms ?? [], b.alarms ?? []) || a.region.code.localeCompare(b.region.code))
}

function Legend() {
  const say = useWords(words)
  const [nearly, most] = [wholePercent(nearlyFull), wholePercent(full)]
  return <LevelLegend ok={say.below(nearly)} nearly={say.from(nearly)} full={say.from(most)} />
}

function Alarms({ row, known }: { row: Row; known: Counted['known'] }) {
  return row.alarms === undefined ? (
    <span>{unknown}</span>
  ) : (
    <>
      {known === 'part' && <span className={styles.part}>≥</span>} <SeverityCounts counts={row.alarms} />
    </>
  )
}

interface TableProps {
  rows: readonly Row[]
  columns: readonly Service[]
  known: Counted['known']
}

function Table({ rows, columns, known }: TableProps) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const named = useNamed()
  const { count } = useFormat()
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={say.matrix}>
        <thead>
          <tr>
            <th scope="col">{saidTerms.region}</th>
            <th scope="col">{saidTerms.activeAlarms}</th>
            <th scope="col" data-align="end">
              {saidTerms.hosts}
            </th>
            {columns.map((service) => (
              <th key={service} scope="col">
                {serviceName(service)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.region.code}>
              <th scope="row" className={styles.region}>
                <Link to={`/regions/${encodeURIComponent(row.region.code)}`} className={styles.link}>
                  {named(row.region)}
                </Link>
                <code className={styles.code}>{row.region.code}</code>
              </th>
              <td className={styles.alarms}>
                <Alarms row={row} known={known} />
              </td>
              <td data-align="end">{count(row.hosts)}</td>
              {columns.map((service) => (
                <td key={service} className={styles.meter}>
                  <Share region={named(row.region)} service={service} cells={row.cells.get(service) ?? []} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Share is the fullest of a service's units in a region; the title has all of them. */
function Share({ region, service, cells }: { region: string; service: Service; cells: readonly Cell[] }) {
  const title = useTitle()
  const name = serviceName(service)
  const value = cells[0]?.sum.allocation
  const label = `${region} ${name}`
  return <MeterCell value={value} nearlyFull={nearlyFull} full={full} label={label} title={cells.length === 0 ? undefined : title(cells)} />
}

function useTitle(): (cells: readonly Cell[]) => string {
  const say = useWords(words)
  const unit = useUnit()
  const { percent, quantity } = useFormat()
  return (cells) =>
    cells
      .map((cell) => {
        const { allocation, allocated } = cell.sum
        return say.cellTitle(percent(allocation), quantity(allocated, ''), quantity(totalOf(cell), unit(cell.unit)))
      })
      .join('\n')
}

/** Cards are the rows where a table has no room: the services of each region, the fullest first, on a phone three of them. */
function Cards({ rows, known, most }: Omit<TableProps, 'columns'> & { most: number }) {
  const say = useWords(words)
  const named = useNamed()
  const { count } = useFormat()
  return (
    <ul>
      {rows.map((row) => (
        <li key={row.region.code} className={styles.card}>
          <div className={styles.cardHead}>
            <Link to={`/regions/${encodeURIComponent(row.region.code)}`} className={styles.link}>
              {named(row.region)}
            </Link>
            <span className={styles.cardHosts}>{say.hostsOf(count(row.hosts))}</span>
          </div>
          <div className={styles.cardAlarms}>
            <Alarms row={row} known={known} />
          </div>
          <div className={styles.cardServices}>
            {fullest(row.cells, most).map(([service, cells]) => (
              <div key={service}>
                <div className={styles.service}>{serviceName(service)}</div>
                <Share region={named(row.region)} service={service} cells={cells} />
              </div>
            ))}
          </div>
        </li>
      ))}
    </ul>
  )
}

function fullest(cells: Map<Service, Cell[]>, most: number): [Service, Cell[]][] {
  return [...cells].toSorted(([, a], [, b]) => (b[0]?.sum.allocation ?? -1) - (a[0]?.sum.allocation ?? -1)).slice(0, most)
}
