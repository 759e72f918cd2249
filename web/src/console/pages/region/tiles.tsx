import type { DataOf, Shown } from '../../data'
import { levelOf, MeterBar } from '../../parts/meter'
import { Tile } from '../../parts/tile'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { serviceName } from '../../text/services'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { Counted } from '../overview/figures'
import { AlarmTile, HostTile } from '../overview/tiles'
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
  const of = `?region=${encodeURIComponent(code)}`
  return (
    <div className={tiles.tiles}>
      <AlarmTile counted={counted} to={`/alarms${of}`} />
      <HostTile summary={head.data?.region?.hostSummary} to={`/hosts${of}`} />
      <FullestTile pools={pools.data} />
      <PhysicalTile physical={physical.data} />
    </div>
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
