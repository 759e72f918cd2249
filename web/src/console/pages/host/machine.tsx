import { useParameter, type Range } from '../../address'
import { isMissing, openQuery, useAnswer } from '../../data'
import { Copy } from '../../parts/copy'
import { Drawer } from '../../parts/drawer'
import { Bones, Empty } from '../../parts/empty'
import { Facts } from '../../parts/facts'
import { QueryLink } from '../../parts/panel'
import { ProblemLine } from '../../parts/problem'
import { Time } from '../../parts/time'
import { TimeChart } from '../../parts/timechart'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { Machine as Document } from './documents'
import styles from './host.module.css'
import { rates, type Series } from './series'
import { between, ends, type Span } from './span'
import { words } from './words'

/** MachineDrawer shows the metrics of the machine that the address names. */
export function MachineDrawer({ range, span, name }: { range: Range; span: Span; name: string | undefined }) {
  const say = useWords(words)
  const term = useWords(terms)
  const [id, setId] = useParameter('vm')
  const variables = { id: id ?? '', range: span.range, points: 300 }
  const answer = useAnswer(Document, variables, { pause: id === undefined, keep: true, every: range.endsNow ? 60_000 : undefined })
  const node = answer.data?.node
  const machine = node !== null && node !== undefined && 'vmId' in node && node.id === id ? node : undefined
  const title = machine?.name ?? name ?? term.virtualMachines
  return (
    <Drawer
      open={id !== undefined}
      onClose={() => setId(undefined)}
      title={<span className="mono">{title}</span>}
      extra={id !== undefined && <QueryLink href={openQuery(Document, variables)} of={say.machineMetrics(title)} />}
      width={560}
    >
      {machine === undefined ? (
        (answer.data === undefined || answer.kept) && answer.problems.length === 0 ? (
          <Bones rows={6} />
        ) : (
          <Empty title={answer.problems.length > 0 ? say.missing(term.virtualMachines) : say.machineGone} icon="info" />
        )
      ) : (
        <Details machine={machine} failed={isMissing(answer.problems, 'node.metrics')} range={range} span={span} at={answer.at} />
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
  failed: boolean
  range: Range
  span: Span
  at: number
}

function Details({ machine, failed, range, span, at }: Details) {
  const say = useWords(words)
  const term = useWords(terms)
  const { count } = useFormat()
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
      {metrics?.some(({ truncated }) => truncated) && <ProblemLine>{say.truncated}</ProblemLine>}
      {metrics === undefined || metrics.length === 0 ? (
        <p className={styles.why}>{failed ? say.missing(say.metrics) : metrics === undefined ? say.noMachineId : say.noMachineMetrics}</p>
      ) : (
        metrics.map((one) => {
          const shown = rates([{ one, label: say.average }], length)
          return (
            shown && (
              <section key={one.key}>
                <h3 className={styles.metricName}>
                  <span className="mono">{one.key}</span> <span className={styles.quiet}>{shown.unit}</span>
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
