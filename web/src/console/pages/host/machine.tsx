import { useParameter, type Range } from '../../address'
import { openQuery, useAnswer } from '../../data'
import { Copy } from '../../parts/copy'
import { Drawer } from '../../parts/drawer'
import { Bones, Empty } from '../../parts/empty'
import { Facts } from '../../parts/facts'
import { QueryLink } from '../../parts/panel'
import { Time } from '../../parts/time'
import { TimeChart } from '../../parts/timechart'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { Machine as Document } from './documents'
import styles from './host.module.css'
import { rates, type Series } from './series'
import { between, ends, spanOf } from './span'
import { words } from './words'

/** MachineDrawer shows the metrics of the machine that the address names. */
export function MachineDrawer({ range, name }: { range: Range; name: string | undefined }) {
  const say = useWords(words)
  const [id, setId] = useParameter('vm')
  const span = spanOf(range)
  const variables = { id: id ?? '', range: span.range, points: 300 }
  const answer = useAnswer(Document, variables, { pause: id === undefined, keep: true, every: range.endsNow ? 60_000 : undefined })
  const node = answer.data?.node
  const machine = node !== null && node !== undefined && 'vmId' in node && node.id === id ? node : undefined
  const title = machine?.name ?? name ?? say.machines
  return (
    <Drawer
      open={id !== undefined}
      onClose={() => setId(undefined)}
      title={<span className={styles.mono}>{title}</span>}
      extra={id !== undefined && <QueryLink href={openQuery(Document, variables)} of={say.machineMetrics(title)} />}
      width={560}
    >
      {machine === undefined ? (
        answer.data === undefined && answer.problems.length === 0 ? (
          <Bones rows={6} />
        ) : (
          <Empty title={answer.problems.length > 0 ? say.missing(say.machines) : say.machineGone} icon="info" />
        )
      ) : (
        <Details machine={machine} range={range} at={answer.at} />
      )}
    </Drawer>
  )
}

interface Details {
  machine: {
    vmId?: string | null | undefined
    vcpus?: number | null | undefined
    operatingSystem?: string | null | undefined
    observedAt?: string | null | undefined
    metrics?: readonly Series[] | null | undefined
  }
  range: Range
  at: number
}

function Details({ machine, range, at }: Details) {
  const say = useWords(words)
  const term = useWords(terms)
  const { count } = useFormat()
  const span = spanOf(range)
  const length = Math.min(span.length, 86_400_000)
  const metrics = machine.metrics?.filter((one) => one.count > 0)
  return (
    <div className={styles.drawer}>
      <Facts
        facts={[
          { name: term.id, mono: true, value: machine.vmId && <>{machine.vmId} <Copy text={machine.vmId} /></> },
          { name: say.vcpu, value: count(machine.vcpus) },
          { name: say.system, value: machine.operatingSystem },
          { name: say.observed, value: machine.observedAt && <Time at={machine.observedAt} /> },
        ]}
      />
      {!span.short && <p className={styles.note}>{say.machineShort}</p>}
      {metrics === undefined ? (
        <p className={styles.why}>{say.missing(say.more)}</p>
      ) : metrics.length === 0 ? (
        <p className={styles.why}>{say.noMetrics}</p>
      ) : (
        metrics.map((one) => {
          const shown = rates([{ one, label: say.average }], length)
          return (
            shown && (
              <section key={one.key} className={styles.metric}>
                <h3 className={styles.metricName}>
                  <span className={styles.mono}>{one.key}</span> <span className={styles.quiet}>{shown.unit}</span>
                </h3>
                <TimeChart
                  label={one.key}
                  series={shown.series}
                  unit={shown.unit}
                  threshold={shown.unit === '%' ? Math.round(settings.nearlyFull * 100) : undefined}
                  range={ends(span.range, length, at)}
                  onRange={(from, to) => range.set(between(from, to))}
                  cursorGroup="machine"
                  height={130}
                />
              </section>
            )
          )
        })
      )}
    </div>
  )
}
