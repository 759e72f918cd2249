import { useEffect, type ReactNode } from 'react'

import { dropUnknown, Link } from '../../address'
import { asCurl, isMissing, openQuery, useAnswer, type Problem } from '../../data'
import { useKeys, useRegionName } from '../../frame'
import { Chip } from '../../parts/chip'
import { Copy } from '../../parts/copy'
import { Drawer } from '../../parts/drawer'
import { Bones, Empty } from '../../parts/empty'
import { Facts, type Fact } from '../../parts/facts'
import { Icon } from '../../parts/icon'
import { QueryLink } from '../../parts/panel'
import { SeverityMark } from '../../parts/severity'
import { Time } from '../../parts/time'
import { useNow } from '../../text/clock'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import styles from './detail.module.css'
import { AlarmsDetail, type Detail } from './documents'
import { Same } from './same'
import { objectOf, serviceOf, StateOf } from './table'
import { words } from './words'

interface AlarmDrawerProps {
  id: string | undefined
  /** changed is told how to ask for the alarm anew: when an event is about it. */
  changed: { current: ((id: string | undefined) => void) | undefined }
  onClose: () => void
  /** onMove goes to the next row of the list, or the one before. */
  onMove: (by: number) => void
}

/** AlarmDrawer is all that is known of the alarm of the address. */
export function AlarmDrawer({ id, changed, onClose, onMove }: AlarmDrawerProps) {
  const say = useWords(words)
  const variables = { id: id ?? '' }
  const answer = useAnswer(AlarmsDetail, variables, { pause: id === undefined, own: true })
  const { refetch, data, problems } = answer
  const alarm = alarmOf(data?.node)
  const noId = id !== undefined && problems.some(({ code }) => code === 'BAD_USER_INPUT')
  useEffect(() => {
    if (noId) {
      dropUnknown('id', id)
    }
  }, [noId, id])
  useEffect(() => {
    changed.current = (other) => (other === undefined || other === id) && refetch()
    return () => {
      changed.current = undefined
    }
  }, [changed, id, refetch])
  const title = alarm === undefined ? say.detail : <Title alarm={alarm} />
  const extra = id !== undefined && (
    <>
      <Step name={say.previous} icon="chevronUp" keys="k" onClick={() => onMove(-1)} />
      <Step name={say.next} icon="chevronDown" keys="j" onClick={() => onMove(1)} />
      <QueryLink href={openQuery(AlarmsDetail, variables)} of={say.detail} />
    </>
  )
  return (
    <Drawer open={id !== undefined} onClose={onClose} title={title} extra={extra}>
      {id !== undefined && <DrawerKeys onMove={onMove} />}
      {alarm !== undefined && <Body key={alarm.id} alarm={alarm} problems={problems} />}
      {alarm === undefined && answer.at === 0 && <Bones rows={8} height={28} />}
      {alarm === undefined && answer.at > 0 && (
        <Empty title={problems.length > 0 ? say.unread : say.gone} icon="alarms">
          {problems.length > 0 ? problems[0]?.message : say.goneMore}
        </Empty>
      )}
    </Drawer>
  )
}

/** alarmOf is the alarm that an id names: none where it names something else, or nothing any more. */
function alarmOf(node: object | null | undefined): Detail | undefined {
  return node != null && 'csn' in node ? (node as Detail) : undefined
}

/** DrawerKeys are those of the list, which has none while it is behind the drawer. */
function DrawerKeys({ onMove }: { onMove: (by: number) => void }) {
  useKeys({ j: () => onMove(1), k: () => onMove(-1) })
  return null
}

function Step({ name, icon, keys, onClick }: { name: string; icon: 'chevronUp' | 'chevronDown'; keys: string; onClick: () => void }) {
  return (
    <button type="button" className={styles.step} aria-label={name} title={`${name} (${keys})`} aria-keyshortcuts={keys} onClick={onClick}>
      <Icon name={icon} />
    </button>
  )
}

function Title({ alarm }: { alarm: Detail }) {
  return (
    <span className={styles.title}>
      <SeverityMark severity={alarm.severity} cleared={alarm.cleared === true} size={15} /> {alarm.name ?? alarm.csn}
    </span>
  )
}

function Body({ alarm, problems }: { alarm: Detail; problems: Problem[] }) {
  const say = useWords(words)
  const term = useWords(terms)
  return (
    <div className={styles.body}>
      <Summary alarm={alarm} />
      <Part title={say.cause} shown={Boolean(alarm.probableCause || alarm.additionalInformation)}>
        <Facts
          facts={[
            { name: term.probableCause, value: alarm.probableCause },
            { name: term.additionalInformation, value: <Lines text={alarm.additionalInformation} /> },
          ]}
        />
      </Part>
      <Part title={term.object}>
        <ObjectFacts alarm={alarm} problems={problems} />
      </Part>
      <Part title={say.handling} shown={alarm.cleared === true || alarm.acknowledged === true}>
        <Ends alarm={alarm} />
      </Part>
      <Same alarm={alarm} />
      <Raw alarm={alarm} />
      <div className={styles.foot}>
        <Copy text={alarm.csn} label={say.copyCsn}>
          {say.csn} <code>{alarm.csn}</code>
        </Copy>
        <Copy text={asCurl(AlarmsDetail, { id: alarm.id })} label={say.copyCurl}>
          {say.curl}
        </Copy>
      </div>
    </div>
  )
}

function Part({ title, shown = true, children }: { title: string; shown?: boolean; children: ReactNode }) {
  return shown ? (
    <section className={styles.part} aria-label={title}>
      <h3 className={styles.heading}>{title}</h3>
      {children}
    </section>
  ) : null
}

/** Summary is what the duty officer asks first: how bad, is it over, since when, how often. */
function Summary({ alarm }: { alarm: Detail }) {
  const say = useWords(words)
  const term = useWords(terms)
  const { count, duration } = useFormat()
  const now = useNow(60)
  const from = alarm.firstOccurredAt == null ? undefined : Date.parse(alarm.firstOccurredAt)
  const to = alarm.cleared === true ? (alarm.clearance?.at == null ? undefined : Date.parse(alarm.clearance.at)) : now
  return (
    <>
      <div className={styles.chips}>
        <SeverityMark severity={alarm.severity} cleared={alarm.cleared === true} word />
        <StateOf row={alarm} />
        <Chip>{say[alarm.source]}</Chip>
      </div>
      <dl className={styles.figures}>
        <Figure name={term.firstOccurred}>
          <Time at={alarm.firstOccurredAt} show="date" seconds={60} />
        </Figure>
        <Figure name={term.lastOccurred}>
          <Time at={alarm.lastOccurredAt} show="date" seconds={60} />
        </Figure>
        <Figure name={term.occurrences}>{count(alarm.occurrences)}</Figure>
        <Figure name={alarm.cleared === true ? say.lasted : say.lasts}>
          {from === undefined || to === undefined ? '—' : duration(Math.max(0, to - from))}
        </Figure>
      </dl>
    </>
  )
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function ObjectFacts({ alarm, problems }: { alarm: Detail; problems: Problem[] }) {
  const say = useWords(words)
  const term = useWords(terms)
  const nameOf = useRegionName()
  const { regionCode } = alarm
  const region =
    regionCode == null ? (
      alarm.regionText
    ) : (
      <>
        <Link to={`/regions/${encodeURIComponent(regionCode)}`}>{nameOf(regionCode)}</Link>{' '}
        <code className={styles.code}>{regionCode}</code>
      </>
    )
  const facts: Fact[] = [
    { name: term.object, value: objectOf(alarm), mono: true },
    { name: say.objectType, value: [alarm.managedElement?.category, alarm.managedElement?.type].filter(Boolean).join(' · ') },
    { name: say.service, value: serviceOf(alarm) === '—' ? undefined : serviceOf(alarm) },
    { name: term.host, value: <HostOf alarm={alarm} problems={problems} /> },
    { name: term.region, value: region },
    { name: term.dataCentre, value: alarm.dataCenter },
    { name: term.resourcePool, value: alarm.resourcePool },
    { name: term.availabilityZone, value: alarm.availabilityZone },
    { name: say.tenant, value: alarm.tenant },
    { name: say.system, value: alarm.originSystem?.name ?? alarm.originSystem?.type },
    { name: say.kind, value: alarm.definitionId, mono: true },
  ]
  return <Facts facts={facts} />
}

/** HostOf is the host that the alarm is about, with how sure that is: no document shows a key that both systems share. */
function HostOf({ alarm, problems }: { alarm: Detail; problems: Problem[] }) {
  const say = useWords(words)
  if (alarm.host == null) {
    return <span className={styles.quiet}>{isMissing(problems, 'node.host') ? say.hostUnread : say.noHost}</span>
  }
  const sureness = { SERIAL_NUMBER: say.sure, ADDRESS: say.likely, NAME: say.guess } as const
  return (
    <>
      <Link to={`/hosts/${encodeURIComponent(alarm.host.hostId)}`} className={styles.host}>
        {alarm.host.name ?? alarm.host.hostId}
      </Link>
      {alarm.hostMatch != null && <span className={styles.match}>{sureness[alarm.hostMatch]}</span>}
    </>
  )
}

function Ends({ alarm }: { alarm: Detail }) {
  const say = useWords(words)
  const { clearance, acknowledgement } = alarm
  return (
    <Facts
      facts={[
        { name: say.clearedAt, value: alarm.cleared === true && <Time at={clearance?.at} show="date" seconds={60} /> },
        { name: say.clearedBy, value: clearance?.by },
        { name: say.clearType, value: [clearance?.type, clearance?.category].filter(Boolean).join(' · ') },
        { name: say.acknowledgedAt, value: alarm.acknowledged === true && <Time at={acknowledgement?.at} show="date" seconds={60} /> },
        { name: say.acknowledgedBy, value: acknowledgement?.by },
      ]}
    />
  )
}

/** Raw is what the upstream sent, word for word: for those who have its documents open beside. */
function Raw({ alarm }: { alarm: Detail }) {
  const say = useWords(words)
  const { managedElement } = alarm
  const sent: [string, string | null | undefined][] = [
    ['severity', alarm.severityText],
    ['event_type', alarm.eventType],
    ['moi', alarm.managedObject],
    ['moc', alarm.managedObjectClass],
    ['me_name', managedElement?.name],
    ['me_dn', managedElement?.dn],
    ['native_me_dn', managedElement?.nativeDn],
    ['me_category', managedElement?.category],
    ['me_type', managedElement?.type],
    ['origin_system', [alarm.originSystem?.type, alarm.originSystem?.name].filter(Boolean).join(' ')],
    ['merge_key', alarm.mergeKey],
    ['product', alarm.product],
    ['affected_service', alarm.affectedService],
    ['service_affected_type', alarm.affectedServiceType],
    ['region', alarm.regionText],
    ['additional_info', alarm.additionalInformation],
  ]
  return (
    <details className={styles.raw}>
      <summary>{say.raw}</summary>
      <Facts facts={sent.map(([name, value]) => ({ name: <code>{name}</code>, value, mono: true, key: name }))} />
    </details>
  )
}

/** Lines breaks a text of many values where the upstream puts a semicolon. */
function Lines({ text }: { text: string | null | undefined }) {
  if (text == null || text === '') {
    return null
  }
  return (
    <span className={styles.lines}>
      {text.split(/(?<=[;；])\s*/).map((line, at) => (
        <span key={at}>{line}</span>
      ))}
    </span>
  )
}
