import { useMemo } from 'react'

import { go, href, useChoice, useParameters } from '../../address'
import { openQuery, type Listed } from '../../data'
import { Bones, Empty } from '../../parts/empty'
import { Panel } from '../../parts/panel'
import { ProblemLine } from '../../parts/problem'
import { usePhone } from '../../parts/screen'
import { Segmented } from '../../parts/segmented'
import { TextFilter } from '../../parts/textfilter'
import { Toggle } from '../../parts/chip'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { HostList } from './documents'
import styles from './hosts.module.css'
import { HostTable } from './hosttable'
import { RackGrid } from './rackgrid'
import { groupRacks, matches, worstOf, type Grouping, type Host, type HostAlarm } from './racks'
import page from './region.module.css'
import { words } from './words'

interface HostsProps {
  code: string
  /** reading is whether more of them come. */
  hosts: Listed<Host> & { reading: boolean }
  alarms: Listed<HostAlarm>
}

const groupings = ['cluster', 'room'] as const
const onlys = ['alarms'] as const

/** Hosts is which rack is in trouble, and which host in it: all of the region's are read, and filtered where they are. */
export function Hosts({ code, hosts, alarms }: HostsProps) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { count } = useFormat()
  const phone = usePhone()
  const [{ q = '', rack }, change] = useParameters()
  const [by = 'cluster', setBy] = useChoice<Grouping>('group', groupings)
  const worst = useMemo(() => worstOf({ rows: alarms.rows, done: alarms.done }), [alarms.rows, alarms.done])
  const [only, setOnly] = useChoice('only', onlys)
  const hurts = useMemo(
    () => hosts.rows.filter(({ hostId }) => only === undefined || worst === undefined || worst.has(hostId)),
    [hosts.rows, worst, only],
  )
  const groups = useMemo(() => groupRacks(hurts, by), [hurts, by])
  const shown = useMemo(
    () => hurts.filter((host) => (rack === undefined || host.rack === rack) && (q === '' || matches(host, q))),
    [hurts, rack, q],
  )
  if (hosts.total === undefined) {
    return hosts.problems.length === 0 ? <Bones rows={10} /> : <Empty icon="host" title={say.hostsFailed} />
  }
  if (hosts.rows.length === 0) {
    return <Empty icon="host" title={say.hostsNone} />
  }
  // Of a part of the hosts nobody knows that there is none like that.
  const unfound = hosts.reading ? <Bones rows={4} /> : <Empty title={saidTerms.notRead} />
  return (
    <>
      {worst === undefined && (alarms.problems.length > 0 || alarms.truncated) && <ProblemLine>{say.hostAlarmsMissing}</ProblemLine>}
      <Panel
        title={say.racks}
        sub={phone || worst === undefined ? undefined : say.racksSub}
        query={openQuery(HostList, { code, first: 500 })}
        extra={
          <>
            {worst && (
              <Toggle pressed={only !== undefined} onToggle={(pressed) => setOnly(pressed ? 'alarms' : undefined)}>
                {say.onlyIll}
              </Toggle>
            )}
            <Segmented<Grouping>
              label={say.grouping}
              value={by}
              onChange={(value) => setBy(value === 'cluster' ? undefined : value)}
              segments={[
                { value: 'cluster', label: say.byCluster },
                { value: 'room', label: say.byRoom },
              ]}
            />
          </>
        }
      >
        {groups.length === 0 && (hosts.done ? <Empty icon="check" title={say.noneIll} /> : unfound)}
        <RackGrid groups={groups} by={by} worst={worst} chosen={rack} onChoose={(chosen) => change({ rack: chosen }, 'replace')} />
      </Panel>
      <div className={page.filters}>
        <TextFilter slash label={say.filterHosts} placeholder={say.filterHosts} value={q} onChange={(text) => change({ q: text || undefined }, 'replace')} />
        {rack !== undefined && (
          <Toggle pressed onToggle={() => change({ rack: undefined }, 'replace')}>
            {saidTerms.rack} <code>{rack}</code>
          </Toggle>
        )}
        <span className={page.counted} role="status">
          {say.hostsShown(count(shown.length), count(hosts.total ?? hosts.rows.length))}
        </span>
      </div>
      {shown.length === 0 && !hosts.done ? (
        unfound
      ) : shown.length === 0 ? (
        <Empty title={say.hostsEmpty}>
          <button type="button" className={styles.button} onClick={() => change({ q: undefined, rack: undefined, only: undefined })}>
            {say.hostsEmptyMore}
          </button>
        </Empty>
      ) : (
        <div className={styles.list}>
          <HostTable hosts={shown} worst={worst} href={(host) => href(`/hosts/${encodeURIComponent(host.hostId)}`)} onOpen={(host) => go(`/hosts/${encodeURIComponent(host.hostId)}`)} />
        </div>
      )}
    </>
  )
}
