import { Link } from '../../address'
import type { DataOf, Shown } from '../../data'
import { leftOf, quotaLevelOf, tightestOf } from '../../parts/quota'
import { SeverityBar, SeverityCounts } from '../../parts/severity'
import { Tile } from '../../parts/tile'
import { settings } from '../../settings'
import { useNow } from '../../text/clock'
import { unknown, useFormat } from '../../text/format'
import { wholePercent } from '../../text/formats'
import { lengthOf } from '../../text/lengths'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { Allocation, Hosts, Quota } from './documents'
import type { Counted } from './figures'
import styles from './tiles.module.css'
import { words } from './words'

interface TilesProps {
  counted: Counted
  hosts: Shown<DataOf<typeof Hosts>>
  allocation: Shown<DataOf<typeof Allocation>>
  quota: Shown<DataOf<typeof Quota>>
}

/** Tiles are the four figures that one looks at first. Each leads to the page that has all about it. */
export function Tiles({ counted, hosts, allocation, quota }: TilesProps) {
  return (
    <div className={styles.tiles}>
      <AlarmTile counted={counted} to="/alarms" />
      <HostTile summary={hosts.data?.hostSummary} to="/hosts" />
      <FullTile table={allocation.data?.allocationTable} />
      <QuotaTile quota={quota.data} />
    </div>
  )
}

/** AlarmTile is the active alarms by severity, of all there are; it leads to the list of these. */
export function AlarmTile({ counted: { known, missing, active, total, bySeverity }, to }: { counted: Counted; to: string }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { count } = useFormat()
  const told = (n: number) => (known === 'part' ? say.atLeast(count(n)) : count(n))
  return (
    <Tile
      label={saidTerms.activeAlarms}
      value={
        <Link to={to} className={styles.figure}>
          {known === 'none' ? unknown : told(active)}
        </Link>
      }
      sub={known === 'none' ? undefined : say.ofAll(told(total))}
    >
      {missing && <span>{say[missing]}</span>}
      <SeverityBar counts={bySeverity} height={6} />
      {known === 'none' ? <span>{unknown}</span> : <SeverityCounts counts={bySeverity} />}
    </Tile>
  )
}

type HostSummary = Omit<NonNullable<DataOf<typeof Hosts>['hostSummary']>, 'byRegion'>

/** HostTile is how many hosts there are, and their memory; it leads to the list of these. */
export function HostTile({ summary, to }: { summary: HostSummary | null | undefined; to: string }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { count, gib } = useFormat()
  return (
    <Tile
      label={saidTerms.hosts}
      value={
        <Link to={to} className={styles.figure}>
          {count(summary?.total)}
        </Link>
      }
    >
      {summary && <span>{say.memoryOf(gib(summary.memoryGib))}</span>}
      {summary && summary.hostsWithoutMemory > 0 && <span>{say.memoryUnknown(count(summary.hostsWithoutMemory))}</span>}
    </Tile>
  )
}

function FullTile({ table }: { table: DataOf<typeof Allocation>['allocationTable'] | undefined }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { count } = useFormat()
  const counts = table?.counts
  const of = (levels: readonly string[]) => counts?.filter(({ level }) => levels.includes(level)).reduce((sum, one) => sum + one.count, 0)
  const full = of(['FULL']) ?? 0
  const nearly = of(['NEARLY_FULL', 'FULL'])
  return (
    <Tile
      label={saidTerms.nearlyFull}
      level={full > 0 ? 'full' : undefined}
      value={
        <Link to={`/capacity?min=${settings.nearlyFull}`} className={styles.figure}>
          {count(nearly)}
        </Link>
      }
      sub={counts === undefined ? undefined : say.ofAll(count(of(['OK', 'NEARLY_FULL', 'FULL', 'UNKNOWN'])))}
    >
      <span>{say.pools(wholePercent(settings.nearlyFull))}</span>
    </Tile>
  )
}

function QuotaTile({ quota }: { quota: DataOf<typeof Quota> | undefined }) {
  const say = useWords(words)
  const format = useFormat()
  const now = useNow()
  const tightest = tightestOf(quota?.upstream?.quotas ?? [])
  if (tightest === undefined) {
    return <Tile label={say.quota} value={unknown} />
  }
  const { left, limit, nextAt, waiting } = tightest
  const level = quotaLevelOf(left, limit)
  const wait = nextAt === null || nextAt === undefined ? 0 : Math.ceil((Date.parse(nextAt) - now) / 1000) * 1000
  return (
    <Tile
      label={say.quota}
      level={level}
      value={
        <Link to="/upstream" className={styles.figure}>
          {format.count(left)}
        </Link>
      }
      sub={tightest.window === 'PT1M' ? say.perMinute(format.count(limit)) : say.perWindow(format.count(limit), format.duration(lengthOf(tightest.window)))}
    >
      {left === 0 && wait > 0 && <span>{say.quotaNext(format.duration(wait))}</span>}
      {waiting > 0 && <span>{say.quotaWaiting(format.count(waiting))}</span>}
      <span className={styles.quota} role="img" aria-label={say.quotaLabel(format.count(left), format.count(limit))}>
        <span data-low={level !== undefined || undefined} style={{ width: `${leftOf(tightest) * 100}%` }} />
      </span>
    </Tile>
  )
}
