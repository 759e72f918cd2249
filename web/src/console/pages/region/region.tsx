import { useEffect, useRef, type RefObject } from 'react'

import { carried, go, Link, useChoice } from '../../address'
import { useAnswer, useEvents, usePages } from '../../data'
import { PageHead, useNamed, useRegions } from '../../frame'
import { Empty } from '../../parts/empty'
import { usePhone } from '../../parts/screen'
import { Select } from '../../parts/select'
import { Tabs } from '../../parts/tabs'
import { settings } from '../../settings'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { countAlarms } from '../overview/figures'
import { useGathered } from '../overview/gathered'
import { useTrend } from '../overview/trend'
import { Alarms } from './alarms'
import { Capacity } from './capacity'
import { AlarmChanges, AlarmList, CapacityChanges, Counts, Forecasts, Head, HostAlarms, HostList, Physical, Pools } from './documents'
import { Hosts } from './hosts'
import styles from './region.module.css'
import { Tiles } from './tiles'
import { words } from './words'

const minute = 60_000
const tabs = ['capacity', 'hosts', 'alarms'] as const
type Tab = (typeof tabs)[number]

const useHead = (code: string) => useAnswer(Head, { code }, { every: minute })
const useCounts = (code: string) => useAnswer(Counts, { regions: [code] }, { every: minute })
const usePools = (code: string) =>
  useAnswer(Pools, { regions: [code], nearlyFull: settings.nearlyFull, full: settings.full }, { every: 10 * minute })
const usePhysical = (code: string) => useAnswer(Physical, { code }, { every: 10 * minute })

/** TabRead reads again what only the open tab shows of the alarms. */
type TabRead = RefObject<() => void>

interface Asked {
  code: string
  counts: ReturnType<typeof useCounts>
  pools: ReturnType<typeof usePools>
  physical: ReturnType<typeof usePhysical>
}

/** RegionPage is one site: can a request be placed there, and which rack is in trouble. */
export default function RegionPage({ code }: { code: string }) {
  const head = useHead(code)
  if (head.data !== undefined && (head.data.region === null || head.data.region === undefined) && head.problems.length === 0) {
    return <UnknownRegion code={code} />
  }
  return <Known code={code} head={head} />
}

function UnknownRegion({ code }: { code: string }) {
  const say = useWords(words)
  const regions = useRegions()
  const named = useNamed()
  return (
    <>
      <PageHead title={say.unknownTitle} />
      <Empty title={say.unknownText(code)}>
        <ul className={styles.known}>
          {regions.map((region) => (
            <li key={region.code}>
              <Link to={`/regions/${encodeURIComponent(region.code)}`} className={styles.link}>
                {named(region)} <code>{region.code}</code>
              </Link>
            </li>
          ))}
        </ul>
      </Empty>
    </>
  )
}

function Known({ code, head }: { code: string; head: ReturnType<typeof useHead> }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const named = useNamed()
  const [tab = 'capacity', setTab] = useChoice<Tab>('tab', tabs)
  const counts = useCounts(code)
  const pools = usePools(code)
  const physical = usePhysical(code)
  const tabRead = useRef(() => {})
  const region = head.data?.region
  return (
    <>
      <PageHead title={region ? named(region) : code} sub={<code>{code}</code>} extra={<Switch code={code} />} />
      <Tiles code={code} counted={countAlarms(counts.data)} head={head} pools={pools} physical={physical} />
      <Tabs<Tab>
        label={say.tabs}
        value={tab}
        onChange={(value) => setTab(value === 'capacity' ? undefined : value, 'replace')}
        tabs={[
          { value: 'capacity', label: saidTerms.capacity },
          { value: 'hosts', label: saidTerms.hosts },
          { value: 'alarms', label: saidTerms.alarms },
        ]}
      >
        <div className={styles.tab}>
          {tab === 'capacity' && <CapacityTab code={code} pools={pools} physical={physical} />}
          {tab === 'hosts' && <HostsTab code={code} tabRead={tabRead} />}
          {tab === 'alarms' && <AlarmsTab code={code} counts={counts} tabRead={tabRead} />}
        </div>
      </Tabs>
      <Live code={code} counts={counts} pools={pools} physical={physical} tabRead={tabRead} />
    </>
  )
}

/** Switch goes to the same tab of another region. A phone has no room for it beside the name; there the overview is one step away. */
function Switch({ code }: { code: string }) {
  const say = useWords(words)
  const regions = useRegions()
  const named = useNamed()
  const phone = usePhone()
  const choose = (to: string | undefined) => to !== undefined && go(`/regions/${encodeURIComponent(to)}`, { keep: [...carried, 'tab'] })
  return regions.length < 2 || phone ? null : (
    <Select label={say.otherRegion} value={code} choices={regions.map((region) => ({ value: region.code, label: named(region) }))} onChange={choose} />
  )
}

/** Live reads again what has changed. */
function Live({ code, counts, pools, physical, tabRead }: Asked & { tabRead: TabRead }) {
  const readAlarms = useGathered(() => {
    counts.refetch()
    tabRead.current()
  })
  const readCapacity = useGathered(() => [pools, physical].forEach(({ refetch }) => refetch()))
  useEvents(AlarmChanges, { regions: [code] }, readAlarms, { onLagged: readAlarms, onStands: (again) => !again && readAlarms() })
  useEvents(CapacityChanges, { regions: [code] }, readCapacity, { onLagged: readCapacity, onStands: (again) => !again && readCapacity() })
  return null
}

function useTabRead(tabRead: TabRead, read: () => void) {
  useEffect(() => {
    tabRead.current = read
    return () => {
      tabRead.current = () => {}
    }
  })
}

function CapacityTab({ code, pools, physical }: Omit<Asked, 'counts'>) {
  const forecasts = useAnswer(Forecasts, { regions: [code] }, { pause: pools.data === undefined })
  return <Capacity code={code} pools={pools} forecasts={forecasts} physical={physical} />
}

function HostsTab({ code, tabRead }: Pick<Asked, 'code'> & { tabRead: TabRead }) {
  const hosts = usePages(HostList, { code }, (data) => data.region?.hosts, { first: 500, id: ({ id }) => id })
  const alarms = usePages(HostAlarms, { code }, (data) => data.region?.alarms, { first: 500, id: ({ id }) => id })
  useTabRead(tabRead, () => alarms.refetch())
  return <Hosts code={code} hosts={hosts} alarms={alarms} />
}

function AlarmsTab({ code, counts, tabRead }: Pick<Asked, 'code' | 'counts'> & { tabRead: TabRead }) {
  const list = useAnswer(AlarmList, { code }, { every: minute })
  const trend = useTrend([code])
  useTabRead(tabRead, () => [list, trend.answer].forEach(({ refetch }) => refetch()))
  return <Alarms code={code} counts={counts} list={list} trend={trend} />
}
