import { leftOf, quotaLevelOf } from '../../parts/quota'
import { Tile } from '../../parts/tile'
import { useNow } from '../../text/clock'
import { useFormat } from '../../text/format'
import { lengthOf } from '../../text/lengths'
import { useWords } from '../../text/words'
import type { Quota, Upstream } from './document'
import { oldestOf, type Row } from './standing'
import styles from './upstream.module.css'
import { words } from './words'

/** Tiles are what is looked at first: whether calls can go out, whether something is broken, how much is held. */
export function Tiles({ upstream, rows }: { upstream: Upstream; rows: readonly Row[] }) {
  return (
    <div className={styles.tiles}>
      {upstream.quotas.map((quota) => (
        <QuotaTile key={quota.name} quota={quota} />
      ))}
      <AttentionTile rows={rows} />
      <HeldTile upstream={upstream} />
    </div>
  )
}

function QuotaTile({ quota }: { quota: Quota }) {
  const say = useWords(words)
  const { count, duration } = useFormat()
  const level = quotaLevelOf(quota.left, quota.limit)
  const window = lengthOf(quota.window)
  const per = window === 1000 ? say.perSecond : window === 60_000 ? say.perMinute : say.perWindow(duration(window))
  return (
    <Tile label={say.quota(quota.name)} value={count(quota.left)} sub={`${say.ofLimit(count(quota.limit))} ${per}`} level={level}>
      <span className={styles.bar} role="img" aria-label={say.leftLabel(quota.name, count(quota.left), count(quota.limit))}>
        <span className={styles.left} data-level={level} style={{ width: `${leftOf(quota) * 100}%` }} />
      </span>
      <span className={styles.facts}>
        <Next at={quota.nextAt} />
        <span data-waits={quota.waiting > 0 || undefined}>{say.waiting(count(quota.waiting))}</span>
        {quota.effectiveLimit < quota.limit && <span>{say.reduced(count(Math.floor(quota.effectiveLimit)))}</span>}
        {quota.coordinated && <span>{say.coordinated}</span>}
      </span>
    </Tile>
  )
}

/** Next counts down to when the oldest call leaves the window. */
function Next({ at }: { at: string | null }) {
  const say = useWords(words)
  const { duration } = useFormat()
  const now = useNow()
  if (at === null || Date.parse(at) <= now) {
    return <span>{at === null ? say.noneUsed : say.allFree}</span>
  }
  return <span>{say.nextIn(duration(Math.ceil((Date.parse(at) - now) / 1000) * 1000))}</span>
}

function AttentionTile({ rows }: { rows: readonly Row[] }) {
  const say = useWords(words)
  const { count } = useFormat()
  const open = rows.filter(({ standing }) => standing === 'open' || standing === 'half').length
  const failed = rows.flatMap(({ snapshots }) => snapshots).filter(({ lastError }) => lastError !== null).length
  const bad = rows.filter(({ standing }) => ['open', 'half', 'failing'].includes(standing)).length
  const failing = bad - open
  const told = [open > 0 && say.circuits(count(open)), failing > 0 && say.failingOf(count(failing)), failed > 0 && say.refreshes(count(failed))].filter((text) => text !== false)
  return (
    <Tile label={say.attention} value={count(bad)} sub={say.attentionOf(count(rows.length))} level={open > 0 ? 'full' : bad > 0 ? 'nearly' : undefined}>
      <span>{told.length === 0 ? say.allWell : told.join(' · ')}</span>
    </Tile>
  )
}

function HeldTile({ upstream }: { upstream: Upstream }) {
  const say = useWords(words)
  const { count, age } = useFormat()
  const now = useNow(5)
  const oldest = oldestOf(upstream.snapshots)
  const records = upstream.snapshots.reduce((sum, snapshot) => sum + snapshot.records, 0)
  return (
    <Tile label={say.held} value={count(upstream.snapshots.length)} sub={say.heldSub(count(records))}>
      <span>{oldest === undefined ? say.nothingRead : say.oldest(age(oldest.fetchedAt, now))}</span>
    </Tile>
  )
}
