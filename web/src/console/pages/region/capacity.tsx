import { useChoice, useParameter } from '../../address'
import { openQuery, type DataOf, type Shown } from '../../data'
import { Toggle } from '../../parts/chip'
import { Bones, Empty } from '../../parts/empty'
import { Panel } from '../../parts/panel'
import { Segmented } from '../../parts/segmented'
import { settings } from '../../settings'
import { unknown, useFormat } from '../../text/format'
import { wholePercent } from '../../text/formats'
import { serviceName } from '../../text/services'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { Forecasts, Physical, Pools } from './documents'
import { forecastsOf, physicalOf, poolsOf, type Pool } from './pools'
import { PoolTable, type PoolGroup } from './pooltable'
import page from './region.module.css'
import { words } from './words'

const { nearlyFull, full } = settings

interface CapacityProps {
  code: string
  pools: Shown<DataOf<typeof Pools>>
  forecasts: Shown<DataOf<typeof Forecasts>>
  physical: Shown<DataOf<typeof Physical>>
}

const zones = ['all', 'tenant', 'management'] as const
type Zone = (typeof zones)[number]

const zoneCodes = { tenant: 'POD', management: 'MANAGE' } as const

/** useShown is which pools the address asks for. */
function useShown() {
  const [zone = 'all', setZone] = useChoice('zone', zones)
  const [min, setMin] = useParameter('min')
  const least = Number(min ?? 0)
  const limit = Number.isFinite(least) ? least : 0
  const shows = (pool: Pool) => (zone === 'all' || pool.zone === zoneCodes[zone]) && (limit === 0 || (pool.allocation ?? -1) >= limit)
  return { zone, setZone, limit, setMin, shows }
}

/** Capacity is whether a request can be placed in the region: in which zone, of which model, and for how long still. */
export function Capacity({ code, pools, forecasts, physical }: CapacityProps) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { count, dateTime } = useFormat()
  const { zone, setZone, limit, setMin, shows } = useShown()
  const table = pools.data?.allocationTable
  const services = poolsOf(table)
  const groups: PoolGroup[] = services
    .map(({ service, pools: all }) => ({ key: service, name: serviceName(service), pools: all.filter(shows) }))
    .filter((group) => group.pools.length > 0)
  const scarce = table?.counts.filter(({ level }) => level !== 'OK' && level !== 'UNKNOWN').reduce((sum, one) => sum + one.count, 0)
  const all = table?.counts.reduce((sum, one) => sum + one.count, 0)
  const none = limit > 0 ? say.capacityEmpty : say.zoneEmpty
  return (
    <>
      <div className={page.filters}>
        <Segmented<Zone>
          label={say.zone}
          value={zone}
          onChange={(value) => setZone(value === 'all' ? undefined : value)}
          segments={[
            { value: 'all', label: saidTerms.all },
            { value: 'tenant', label: saidTerms.tenantZone },
            { value: 'management', label: saidTerms.managementZone },
          ]}
        />
        <Toggle pressed={limit > 0} onToggle={(pressed) => setMin(pressed ? String(nearlyFull) : undefined)}>
          {say.onlyFull(wholePercent(limit > 0 ? limit : nearlyFull))}
        </Toggle>
        {all !== undefined && <span className={page.counted}>{say.pools(count(all), count(scarce))}</span>}
      </div>
      <Panel
        flush
        title={say.capacity}
        age={table?.oldestObservedAt ? saidTerms.asOf(dateTime(table.oldestObservedAt)) : undefined}
        query={openQuery(Pools, { regions: [code], nearlyFull, full })}
      >
        {table === undefined || table === null ? (
          pools.problems.length === 0 ? (
            <Bones rows={10} />
          ) : (
            <Empty title={saidTerms.notRead} />
          )
        ) : services.length === 0 ? (
          <Empty title={say.capacityNone} />
        ) : groups.length === 0 ? (
          <Empty title={none} />
        ) : (
          <PoolTable label={say.capacity} groupTitle={saidTerms.cloudService} groups={groups} forecasts={forecastsOf(forecasts)} />
        )}
      </Panel>
      <PhysicalPanel code={code} physical={physical} shows={shows} none={none} />
    </>
  )
}

interface PhysicalPanelProps {
  code: string
  physical: Shown<DataOf<typeof Physical>>
  shows: (pool: Pool) => boolean
  /** What is said where the filters leave none. */
  none: string
}

function PhysicalPanel({ code, physical, shows, none }: PhysicalPanelProps) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { dateTime } = useFormat()
  const rows = physical.data?.region?.physicalCapacity
  const names = { COMPUTE: saidTerms.computePool, STORAGE: saidTerms.storagePool }
  const groups: PoolGroup[] = physicalOf(rows ?? [])
    .map(({ device, pools }) => ({ key: device ?? '', name: device ? names[device] : unknown, pools: pools.filter(shows) }))
    .filter((group) => group.pools.length > 0)
  const oldest = rows
    ?.map(({ observedAt }) => observedAt)
    .filter((at) => at !== null && at !== undefined)
    .toSorted()[0]
  return (
    <Panel
      flush
      title={saidTerms.physicalCapacity}
      age={oldest === undefined ? undefined : saidTerms.asOf(dateTime(oldest))}
      query={openQuery(Physical, { code })}
    >
      {rows === undefined || rows === null ? (
        physical.problems.length === 0 ? (
          <Bones rows={6} />
        ) : (
          <Empty title={saidTerms.notRead} />
        )
      ) : rows.length === 0 ? (
        <Empty title={say.physicalNone} />
      ) : groups.length === 0 ? (
        <Empty title={none} />
      ) : (
        <PoolTable label={saidTerms.physicalCapacity} groupTitle={saidTerms.resourcePool} groups={groups} forecasts={null} />
      )}
    </Panel>
  )
}
