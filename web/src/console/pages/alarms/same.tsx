import { Link, useParameter } from '../../address'
import { useAnswer } from '../../data'
import type { AlarmFilter } from '../../generated/graphql'
import { SeverityMark } from '../../parts/severity'
import { Time } from '../../parts/time'
import { useFormat } from '../../text/format'
import { useWords } from '../../text/words'
import styles from './detail.module.css'
import { AlarmsSame, type Detail, type Row } from './documents'
import { objectOf } from './table'
import { words } from './words'

/** Same are alarms that are like this one: of its kind, and of its host or object. */
export function Same({ alarm }: { alarm: Detail }) {
  const say = useWords(words)
  const object = useObject(alarm)
  const kind: AlarmFilter = alarm.definitionId == null ? {} : { definitionIds: [alarm.definitionId], cleared: false }
  const [withKind, withObject] = [alarm.definitionId != null, object !== undefined]
  const variables = { kind, withKind, object: object?.filter ?? {}, withObject }
  const { data, problems } = useAnswer(AlarmsSame, variables, { own: true, pause: !withKind && !withObject })
  const failed = data === undefined && problems.length > 0 ? null : undefined
  return (
    <>
      {alarm.definitionId != null && (
        <List title={say.sameKind} alarm={alarm} list={data === undefined ? failed : data.kind} to={`/alarms?kind=${encodeURIComponent(alarm.definitionId)}`} />
      )}
      {object !== undefined && <List title={object.title} alarm={alarm} list={data === undefined ? failed : data.object} to={object.to} />}
    </>
  )
}

/**
 * useObject finds alarms of the same host where one was recognised, else those with the object's name in their text: no filter is as narrow
 * as it.
 */
function useObject(alarm: Detail): { title: string; filter: AlarmFilter; to: string } | undefined {
  const say = useWords(words)
  if (alarm.host != null) {
    const { hostId } = alarm.host
    return { title: say.sameHost, filter: { hostIds: [hostId] }, to: `/alarms?state=all&host=${encodeURIComponent(hostId)}` }
  }
  const name = alarm.managedElement?.name?.slice(0, 128)
  if (name === undefined || name === '') {
    return undefined
  }
  return { title: say.sameText(name), filter: { textContains: name }, to: `/alarms?state=all&q=${encodeURIComponent(name)}` }
}

interface ListProps {
  title: string
  alarm: Detail
  list: { totalCount?: number | null; nodes: Row[] } | null | undefined
  to: string
}

function List({ title, alarm, list, to }: ListProps) {
  const say = useWords(words)
  const { count } = useFormat()
  const [, setId] = useParameter('id')
  const others = (list?.nodes ?? []).filter(({ id }) => id !== alarm.id).slice(0, 5)
  return (
    <section className={styles.part} aria-label={title}>
      <h3 className={styles.heading}>
        {title}
        {others.length > 0 && (
          <Link to={to} className={styles.all}>
            {say.allOf(count(list?.totalCount))}
          </Link>
        )}
      </h3>
      {list !== undefined && others.length === 0 && <p className={styles.quiet}>{list === null ? '—' : say.noOthers}</p>}
      <ul className={styles.list}>
        {others.map((row) => (
          <li key={row.id}>
            <button
              type="button"
              className={styles.other}
              data-over={row.cleared === true || undefined}
              onClick={() => setId(row.id, 'replace')}
            >
              <SeverityMark severity={row.severity} cleared={row.cleared === true} />
              <span className={styles.otherName}>{row.name ?? row.csn}</span>
              <span className={styles.otherObject}>{objectOf(row)}</span>
              <Time at={row.lastOccurredAt} seconds={60} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
