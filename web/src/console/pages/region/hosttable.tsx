import { DataTable, type Column } from '../../parts/datatable'
import { SeverityMark } from '../../parts/severity'
import { unknown, useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import lines from '../../parts/lines.module.css'
import type { Host, Worst } from './racks'
import { words } from './words'

interface HostTableProps {
  hosts: readonly Host[]
  /** Undefined before all alarms are read. */
  worst: Worst | undefined
  href: (host: Host) => string
  onOpen: (host: Host) => void
}

/** HostTable is the hosts of the region, as many as there are. */
export function HostTable({ hosts, worst, href, onOpen }: HostTableProps) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { gib } = useFormat()
  const mark = (host: Host) => {
    if (worst === undefined) {
      return unknown
    }
    const severity = worst.get(host.hostId)
    return severity === undefined ? null : <SeverityMark severity={severity} />
  }
  const columns: Column<Host>[] = [
    { key: 'worst', title: say.worst, width: 84, cell: mark },
    { key: 'name', title: saidTerms.name, width: '20%', cell: (host) => <code>{host.name ?? host.hostId}</code> },
    { key: 'cluster', title: saidTerms.cluster, cell: ({ cluster }) => cluster ?? unknown },
    { key: 'rack', title: saidTerms.rack, cell: ({ rack }) => <code>{rack ?? unknown}</code> },
    { key: 'zone', title: saidTerms.availabilityZone, hideBelow: 1100, cell: ({ availabilityZone }) => availabilityZone ?? unknown },
    { key: 'memory', title: saidTerms.memory, width: 110, align: 'end', cell: ({ memoryGib }) => gib(memoryGib) },
    { key: 'architecture', title: say.architecture, width: 110, hideBelow: 1100, cell: ({ cpuArchitecture }) => cpuArchitecture ?? unknown },
    { key: 'address', title: say.address, hideBelow: 900, cell: ({ ipAddresses }) => <code>{ipAddresses[0] ?? unknown}</code> },
  ]
  return (
    <DataTable<Host>
      label={saidTerms.hosts}
      columns={columns}
      rows={hosts}
      rowKey={({ id }) => id}
      href={href}
      onOpen={onOpen}
      phone={(host) => (
        <span className={lines.phone}>
          <span className={lines.cut}>
            {mark(host)} <code>{host.name ?? host.hostId}</code>
          </span>
          <span className={lines.second}>{[host.cluster, host.rack, gib(host.memoryGib)].filter(Boolean).join(' · ')}</span>
        </span>
      )}
    />
  )
}
