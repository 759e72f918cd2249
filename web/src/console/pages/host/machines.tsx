import { useParameter } from '../../address'
import { DataTable, type Column } from '../../parts/datatable'
import { Panel } from '../../parts/panel'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { Host } from './facts'
import styles from './host.module.css'
import { words } from './words'

type Machine = NonNullable<Host['virtualMachines']>['nodes'][number]

/** Machines are the virtual machines of a host; each opens its metrics. */
export function Machines({ host, query }: { host: Host; query: string }) {
  const say = useWords(words)
  const term = useWords(terms)
  const { count } = useFormat()
  const [open, setOpen] = useParameter('vm')
  const machines = host.virtualMachines
  const rows = machines?.nodes ?? []
  const columns: Column<Machine>[] = [
    { key: 'name', title: term.name, width: '50%', cell: (row) => <span className="mono">{row.name ?? row.vmId ?? '—'}</span> },
    { key: 'vcpus', title: say.vcpu, width: 72, align: 'end', cell: (row) => count(row.vcpus) },
    { key: 'system', title: say.system, cell: (row) => row.operatingSystem ?? '—' },
  ]
  const known = machines !== null && machines !== undefined
  const total = machines?.totalCount ?? rows.length
  const sub = !known ? undefined : total > rows.length ? `${count(total)} · ${say.moreMachines(count(rows.length))}` : count(total)
  return (
    <Panel title={term.virtualMachines} sub={sub} query={query} flush>
      {rows.length === 0 ? (
        <p className={styles.none}>{known ? say.noMachines : say.missing(term.virtualMachines)}</p>
      ) : (
        <DataTable
          label={term.virtualMachines}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          open={open}
          onOpen={(row) => setOpen(row.id)}
          phone={(row) => (
            <span className={styles.phone}>
              <span className="mono">{row.name ?? row.vmId ?? '—'}</span>
              <span className={styles.quiet}>
                {count(row.vcpus)} {say.vcpu} · {row.operatingSystem ?? '—'}
              </span>
            </span>
          )}
        />
      )}
    </Panel>
  )
}
