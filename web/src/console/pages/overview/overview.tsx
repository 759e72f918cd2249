import { useAnswer, useEvents } from '../../data'
import { PageHead, useRegionsAnswer } from '../../frame'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { Demo } from './demo'
import { AlarmChanges, Alarms, Allocation, Busiest, CapacityChanges, Hosts, Quota, Urgent } from './documents'
import { countAlarms } from './figures'
import { useGathered } from './gathered'
import { BusiestPanel, UrgentPanel } from './lists'
import { Matrix } from './matrix'
import styles from './overview.module.css'
import { Tiles } from './tiles'
import { TrendPanel, useTrend } from './trend'
import { words } from './words'

const minute = 60_000

/** Overview is for whoever starts a shift: which region first. */
export default function Overview() {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { count } = useFormat()
  const alarms = useAnswer(Alarms, {}, { every: minute })
  const urgent = useAnswer(Urgent, {}, { every: minute })
  const regions = useRegionsAnswer(minute)
  const hosts = useAnswer(Hosts, {}, { every: minute })
  const allocation = useAnswer(Allocation, { nearlyFull: settings.nearlyFull, full: settings.full }, { every: 10 * minute })
  const busiest = useAnswer(Busiest, {}, { every: 5 * minute, own: true })
  const trend = useTrend()
  // The quota is read before the calls of the same request: asked after the page's, it has them in it.
  const quota = useAnswer(Quota, {}, { every: minute / 4, pause: allocation.data === undefined || alarms.data === undefined })

  const readAlarms = useGathered(() => [alarms, urgent, trend.answer, quota].forEach(({ refetch }) => refetch()))
  const readCapacity = useGathered(() => allocation.refetch())
  useEvents(AlarmChanges, {}, readAlarms, { onLagged: readAlarms, onStands: (again) => !again && readAlarms() })
  useEvents(CapacityChanges, {}, readCapacity, { onLagged: readCapacity, onStands: (again) => !again && readCapacity() })

  const counted = countAlarms(alarms.data)
  const refused = busiest.problems.some(({ code }) => code === 'UPSTREAM_REJECTED') && !busiest.data?.busiestHosts
  return (
    <>
      <PageHead title={saidTerms.overview} sub={regions.data?.regions ? say.sub(count(regions.data.regions.length)) : undefined} />
      <Tiles counted={counted} hosts={hosts} allocation={allocation} quota={quota} />
      <Matrix counted={counted} regions={regions} hosts={hosts} allocation={allocation} />
      <div className={styles.lower} data-two={refused || undefined}>
        <TrendPanel trend={trend} />
        <UrgentPanel urgent={urgent} counted={counted} />
        {!refused && <BusiestPanel busiest={busiest} />}
      </div>
      {settings.demo && <Demo />}
    </>
  )
}
