import { Link } from '../../address'
import type { DataOf, Shown } from '../../data'
import { levelOf, MeterBar } from '../../parts/meter'
import { SeverityBar, SeverityCounts } from '../../parts/severity'
import { Tile } from '../../parts/tile'
import { settings } from '../../settings'
import { unknown, useFormat } from '../../text/format'
import { serviceName } from '../../text/services'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { Counted } from '../overview/figures'
import tiles from '../overview/tiles.module.css'
import type { Head, Physical, Pools } from './documents'
import { fullestOf, poolsOf, shareOf } from './pools'
import { words } from './words'

const { nearlyFull, full } = settings

interface TilesProps {
  code: string
  counted: Counted
  head: Shown<DataOf<typeof Head>>
  pools: Shown<DataOf<typeof Pools>>
  physical: Shown<DataOf<typeof Physical>>
}

/** Tiles are the region's four figures: its alarms, its hosts, the pool that runs out first, and what stands behind all of them. */
export function Tiles({ code, counted, head, pools, physical }: TilesProps) {
  return (
    <div className={tiles.tiles}>
      <AlarmTile code={code} counted={counted} />
      <HostTile code={code} head={head.data} />
      <FullestTile pools={pools.data} />
      <PhysicalTile physical={physical.data} />
    </div>
  )
}

function AlarmTile({ code, counted: { known, active, total, bySeverity } }: { code: string; counted: Counted }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { count } = useFormat()
  const value = known === 'none' ? unknown : known === 'part' ? say.atLeast(count(active)) : count(active)
  return (
    <Tile
      label={saidTerms.activeAlarms}
      value={
        <Link to={`/alarms?region=${encodeURIComponent(code)}`} className={tiles.figure}>
          {value}
        </Link>
      }
      sub={known === 'none' ? undefined : say.ofAll(count(total))}
    >
      <SeverityBar counts={bySeverity} height={6} />
      {known === 'none' ? <span>{unknown}</span> : <SeverityCounts counts={bySeverity} />}
    </Tile>
  )
}

function HostTile({ code, head }: { code: string; head: DataOf<typeof Head> | undefined }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { count, gib } = useFormat()
  const summary = head?.region?.hostSummary
  return (
    <Tile
      label={saidTerms.hosts}
      value={
        <Link to={`/hosts?region=${encodeURIComponent(code)}`} className={tiles.figure}>
          {count(summary?.total)}
        </Link>
      }
    >
      {summary && <span>{say.memoryOf(gib(summary.memoryGib))}</span>}
      {summary && summary.hostsWithoutMemory > 0 && <span>{say.memoryUnknown(count(summary.hostsWithoutMemory))}</span>}
    </Tile>
  )
}

function tileLevel(value: number | null | undefined): 'nearly' | 'full' | undefined {
  const level = levelOf(value, nearlyFull, full)
  return level === 'nearly' || level === 'full' ? level : undefined
}

function FullestTile({ pools }: { pools: DataOf<typeof Pools> | undefined }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { percent } = useFormat()
  const fullest = fullestOf(poolsOf(pools?.allocationTable))
  const share = fullest?.pool.allocation
  const zone = fullest?.pool.zone === 'POD' ? saidTerms.tenantZone : fullest?.pool.zone === 'MANAGE' ? saidTerms.managementZone : undefined
  return (
    <Tile label={say.fullest} level={tileLevel(share)} value={percent(share)}>
      <span>{fullest === undefined ? (pools?.allocationTable ? say.noPool : '') : [serviceName(fullest.service), fullest.pool.model, zone].filter(Boolean).join(' · ')}</span>
      <MeterBar value={share} nearlyFull={nearlyFull} full={full} />
    </Tile>
  )
}

function PhysicalTile({ physical }: { physical: DataOf<typeof Physical> | undefined }) {
  const say = useWords(words)
  const { percent } = useFormat()
  const rows = physical?.region?.physicalCapacity ?? []
  const cores = shareOf(rows, 'COMPUTE', 'vcpu')
  return (
    <Tile label={say.cores} level={tileLevel(cores)} value={percent(cores)}>
      <span>
        {say.memoryShare(percent(shareOf(rows, 'COMPUTE', 'memory')))} · {say.storageShare(percent(shareOf(rows, 'STORAGE')))}
      </span>
      <MeterBar value={cores} nearlyFull={nearlyFull} full={full} />
    </Tile>
  )
}
