import { useMemo } from 'react'

import { go, href, useChoice, useParameters } from '../../address'
import { openQuery, type Listed } from '../../data'
import { Bones, Empty } from '../../parts/empty'
import { Panel } from '../../parts/panel'
import { ProblemLine } from '../../parts/problem'
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
import { words } from './words'

interface HostsProps {
  code: string
  hosts: Listed<Host>
  alarms: Listed<HostAlarm>
}

const groupings = ['cluster', 'room'] as const

/** Hosts is which rack is in trouble, and which host in it: all of the region's are read, and filtered where they are. */
export function Hosts({ code, hosts, alarms }: HostsProps) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { count } = useFormat()
  const [{ q = '', rack }, change] = useParameters()
  const [by = 'cluster', setBy] = useChoice<Grouping>('group', groupings)
  const worst = useMemo(() => worstOf(alarms.rows), [alarms.rows])
  const groups = useMemo(() => groupRacks(hosts.rows, by), [hosts.rows, by])
  const shown = useMemo(
    () => hosts.rows.filter((host) => (rack === undefined || host.rack === rack) && (q === '' || matches(host, q))),
    [hosts.rows, rack, q],
  )
  if (hosts.total === undefined) {
    return hosts.problems.length === 0 ? <Bones rows={10} /> : <Empty icon="host" title={say.hostsFailed} />
  }
  if (hosts.rows.length === 0) {
    return <Empty icon="host" title={say.hostsNone} />
  }
  return (
    <>
      {alarms.problems.length > 0 && alarms.rows.length === 0 && <ProblemLine>{say.hostAlarmsMissing}</ProblemLine>}
      <Panel
        title={say.racks}
        sub={say.racksSub}
        query={openQuery(HostList, { code, first: 500 })}
        extra={
          <Segmented<Grouping>
            label={say.grouping}
            value={by}
            onChange={(value) => setBy(value === 'cluster' ? undefined : value)}
            segments={[
              { value: 'cluster', label: say.byCluster },
              { value: 'room', label: say.byRoom },
            ]}
          />
        }
      >
        <RackGrid groups={groups} by={by} worst={worst} chosen={rack} onChoose={(chosen) => change({ rack: chosen }, 'replace')} />
      </Panel>
      <div className={styles.filters}>
        <TextFilter slash label={say.filterHosts} placeholder={say.filterHosts} value={q} onChange={(text) => change({ q: text || undefined }, 'replace')} />
        {rack !== undefined && (
          <Toggle pressed onToggle={() => change({ rack: undefined }, 'replace')}>
            {saidTerms.rack} <code>{rack}</code>
          </Toggle>
        )}
        <span className={styles.counted} role="status">
          {say.hostsShown(count(shown.length), count(hosts.total ?? hosts.rows.length))}
        </span>
      </div>
      {shown.length === 0 ? (
        <Empty title={say.hostsEmpty}>
          <button type="button" className={styles.button} onClick={() => change({ q: undefined, rack: undefined })}>
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
