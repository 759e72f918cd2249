import { Link, useParameter, useRange } from '../../address'
import { isMissing, openQuery, useAnswer } from '../../data'
import { PageHead } from '../../frame'
import { useRegionName } from '../../frame/regions'
import { Bones, Empty } from '../../parts/empty'
import { Copy } from '../../parts/copy'
import { QueryLink } from '../../parts/panel'
import { useWidth } from '../../parts/width'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { HostAlarms } from './alarms'
import { HostPage } from './documents'
import { Hardware, Place } from './facts'
import { Figures } from './figures'
import styles from './host.module.css'
import { MachineDrawer } from './machine'
import { Machines } from './machines'
import { More } from './more'
import { Neighbours } from './neighbours'
import { rest } from './series'
import { spanOf } from './span'
import { words } from './words'

const minute = 60_000

/** pointsOf is how many points a chart has room for; in steps, so that not every width is a question of its own. */
function pointsOf(width: number): number {
  // All samples of a day, one in five minutes, whatever the width.
  return Math.min(2000, Math.max(300, Math.ceil(width / 2 / 100) * 100))
}

/** Host is the page of one host: what it does and did, what runs on it, what went wrong, where it stands and what it is. */
export default function Host({ hostId = '' }: { hostId?: string }) {
  const say = useWords(words)
  const term = useWords(terms)
  const regionName = useRegionName()
  const range = useRange('6h')
  const [vm] = useParameter('vm')
  const span = spanOf(range)
  const [box, width] = useWidth<HTMLDivElement>()
  const points = span.short ? pointsOf(width) : Math.max(800, pointsOf(width))
  const variables = { id: hostId, range: span.range, boards: span.boards, points, short: span.short }
  const answer = useAnswer(HostPage, variables, { every: range.endsNow ? minute : undefined, keep: true, pause: width === 0 })
  const host = answer.data?.host
  const query = openQuery(HostPage, variables)

  if (host === null || host === undefined) {
    const gone = answer.data !== undefined && !isMissing(answer.problems, 'host')
    return (
      <>
        <PageHead title={gone ? say.unknownTitle : term.host} sub={hostId} />
        <div ref={box} className={styles.alone}>
          {gone ? (
            <Empty title={say.unknownTitle} icon="host">
              {say.unknown(hostId)} <Link to={`/hosts?q=${encodeURIComponent(hostId)}`}>{say.search}</Link>
            </Empty>
          ) : answer.problems.length > 0 ? (
            <Empty title={say.unread} icon="warning">
              {answer.problems.some(({ retryable }) => retryable) ? say.unreadHint : say.unreadWhy}
            </Empty>
          ) : (
            answer.loading && <Bones rows={10} height={56} />
          )}
        </div>
      </>
    )
  }

  const region = host.regionCode ? regionName(host.regionCode) : ''
  const where = [region, host.availabilityZone, host.rack ?? host.serverPosition?.rack].filter((part) => part).join(' · ')
  const machine = host.virtualMachines?.nodes.find(({ id }) => id === vm)
  return (
    <>
      <PageHead
        title={host.name ?? host.hostId}
        mono
        sub={where}
        extra={
          <>
            <Copy text={host.hostId} label={say.copyId}>
              <span className="mono">{host.hostId.slice(0, 8)}…</span>
            </Copy>
            <QueryLink href={query} of={host.name ?? host.hostId} />
          </>
        }
      />
      <div ref={box} className={styles.page}>
        <div className={styles.main}>
          <Figures host={host} answer={answer} span={span} range={range} query={query} />
          <Machines host={host} query={query} />
          {span.short && <More series={rest(host.metrics)} query={query} />}
        </div>
        <div className={styles.side}>
          <HostAlarms hostId={host.hostId} alarms={host.alarms} query={query} />
          <Place host={host} region={region} query={query} />
          <Hardware host={host} query={query} />
          {host.rack && <Neighbours hostId={host.hostId} rack={host.rack} region={host.regionCode} />}
        </div>
      </div>
      <MachineDrawer range={range} span={span} name={machine?.name ?? undefined} />
    </>
  )
}
