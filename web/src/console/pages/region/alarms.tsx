import { go, href, Link } from '../../address'
import { openQuery, type DataOf, type Shown } from '../../data'
import { DataTable, type Column } from '../../parts/datatable'
import { Bones, Empty } from '../../parts/empty'
import { Panel } from '../../parts/panel'
import { SeverityMark } from '../../parts/severity'
import { Time } from '../../parts/time'
import { unknown, useFormat } from '../../text/format'
import { serviceName, type Service } from '../../text/services'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { hasBoth, missingOf } from '../overview/figures'
import { TrendPanel, useTrend } from '../overview/trend'
import { words as listWords } from '../overview/words'
import lines from '../../parts/lines.module.css'
import styles from './alarms.module.css'
import { AlarmList, Counts } from './documents'
import { words } from './words'

type Alarm = NonNullable<NonNullable<DataOf<typeof AlarmList>['region']>['alarms']>['nodes'][number]

interface AlarmsProps {
  code: string
  counts: Shown<DataOf<typeof Counts>>
  list: Shown<DataOf<typeof AlarmList>>
  trend: ReturnType<typeof useTrend>
}

/** Alarms is what is wrong in the region: when it came, of which services it is, and the most urgent ones. */
export function Alarms({ code, counts, list, trend }: AlarmsProps) {
  return (
    <>
      <div className={styles.upper}>
        <TrendPanel trend={trend} />
        <ByService code={code} counts={counts} />
      </div>
      <UrgentPanel code={code} list={list} />
    </>
  )
}

function byService(data: DataOf<typeof Counts> | undefined): { service: Service | null; count: number }[] {
  const sums = new Map<Service | null, number>()
  for (const { service, count } of [...(data?.cloud?.byService ?? []), ...(data?.device?.byService ?? [])]) {
    sums.set(service ?? null, (sums.get(service ?? null) ?? 0) + count)
  }
  return [...sums].map(([service, count]) => ({ service, count })).toSorted((a, b) => b.count - a.count)
}

function ByService({ code, counts }: Pick<AlarmsProps, 'code' | 'counts'>) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { count } = useFormat()
  const sayLists = useWords(listWords)
  const missing = missingOf(counts.data)
  const services = byService(counts.data)
  const most = Math.max(1, ...services.map((one) => one.count))
  return (
    <Panel title={say.byService} sub={missing && sayLists[missing]} query={openQuery(Counts, { regions: [code] })}>
      {counts.data === undefined && counts.problems.length === 0 ? (
        <Bones rows={6} />
      ) : services.length === 0 ? (
        <Empty title={hasBoth(counts.data) ? say.alarmsEmpty : saidTerms.notRead} />
      ) : (
        <ul className={styles.services}>
          {services.map(({ service, count: n }) => (
            <li key={service ?? ''} className={styles.service}>
              {service === null ? (
                <span>{say.hardware}</span>
              ) : (
                <Link to={`/alarms?region=${encodeURIComponent(code)}&service=${service}`} className={styles.serviceName}>
                  {serviceName(service)}
                </Link>
              )}
              <span className={styles.bar} aria-hidden="true">
                <span style={{ width: `${(100 * n) / most}%` }} />
              </span>
              <span className={styles.number}>{count(n)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function UrgentPanel({ code, list }: Pick<AlarmsProps, 'code' | 'list'>) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const format = useFormat()
  const of = `region=${encodeURIComponent(code)}`
  const address = (alarm: Alarm) => `/alarms?${of}&id=${encodeURIComponent(alarm.id)}`
  const columns: Column<Alarm>[] = [
    { key: 'severity', title: saidTerms.severity, width: 96, cell: ({ severity }) => <SeverityMark severity={severity} word /> },
    { key: 'name', title: saidTerms.alarm, width: '34%', cell: ({ name }) => name ?? unknown },
    { key: 'service', title: saidTerms.cloudService, width: 90, hideBelow: 900, cell: ({ affectedService }) => affectedService ?? unknown },
    { key: 'object', title: saidTerms.object, cell: ({ managedElement }) => <code>{managedElement?.name ?? unknown}</code> },
    { key: 'times', title: say.times, width: 80, align: 'end', hideBelow: 900, cell: ({ occurrences }) => format.count(occurrences) },
    { key: 'last', title: say.last, width: 120, cell: ({ lastOccurredAt }) => <Time at={lastOccurredAt} seconds={10} /> },
  ]
  const alarms = list.data?.region?.alarms
  return (
    <Panel
      flush
      title={say.urgent}
      sub={alarms ? say.urgentSub(format.count(alarms.nodes.length), format.count(alarms.totalCount)) : undefined}
      extra={
        <Link to={`/alarms?${of}`} className={styles.all}>
          {say.allAlarms}
        </Link>
      }
      query={openQuery(AlarmList, { code })}
    >
      {alarms === undefined || alarms === null ? (
        list.problems.length === 0 ? (
          <Bones rows={8} />
        ) : (
          <Empty title={saidTerms.notRead} />
        )
      ) : alarms.nodes.length === 0 ? (
        <Empty icon="check" title={say.alarmsEmpty}>
          <Link to={`/alarms?${of}&state=cleared`}>{say.showCleared}</Link>
        </Empty>
      ) : (
        <DataTable<Alarm>
          label={say.urgent}
          columns={columns}
          rows={alarms.nodes}
          rowKey={({ id }) => id}
          href={(alarm) => href(address(alarm))}
          onOpen={(alarm) => go(address(alarm))}
          phone={({ severity, name, managedElement, lastOccurredAt }) => (
            <span className={lines.phone}>
              <span className={lines.cut}>
                <SeverityMark severity={severity} /> {name ?? unknown}
              </span>
              <span className={lines.second}>
                {managedElement?.name ?? unknown} · <Time at={lastOccurredAt} seconds={10} />
              </span>
            </span>
          )}
        />
      )}
    </Panel>
  )
}
