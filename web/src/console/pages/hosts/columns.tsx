import { Link } from '../../address'
import { useRegionName } from '../../frame/regions'
import { type Column } from '../../parts/datatable'
import { LevelMark, levelOf, MeterCell } from '../../parts/meter'
import { SeverityMark, useSeverityWord } from '../../parts/severity'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { Figure, HostFigures, Known } from './found'
import lines from '../../parts/lines.module.css'
import styles from './hosts.module.css'
import { words } from './words'

export interface HostRow {
  id: string
  hostId: string
  name?: string | null | undefined
  regionCode?: string | null | undefined
  availabilityZone?: string | null | undefined
  cluster?: string | null | undefined
  rack?: string | null | undefined
  memoryGib?: number | null | undefined
  cpuArchitecture?: string | null | undefined
}

/** useColumns are the columns of the list; without figures those of the boards are left out. */
export function useColumns(known: Known, figures: boolean): Column<HostRow>[] {
  const say = useWords(words)
  const term = useWords(terms)
  const { gib, quantity, dateTime } = useFormat()
  const region = useRegionName()
  const use = (name: 'cpu' | 'memory', label: string) => (row: HostRow) => {
    const figure = known.get(row.hostId)?.[name]
    if (figure === undefined) {
      return null
    }
    return (
      <MeterCell
        value={figure === null ? null : figure.value / 100}
        nearlyFull={settings.nearlyFull}
        full={settings.full}
        label={`${row.name ?? row.hostId} ${label}`}
        title={figure === null ? undefined : dateTime(figure.at)}
      />
    )
  }
  const plain = (name: 'inlet' | 'power', unit: string) => (row: HostRow) => {
    const figure: Figure | null | undefined = known.get(row.hostId)?.[name]
    return figure === undefined ? null : <span title={figure === null ? undefined : dateTime(figure.at)}>{quantity(figure?.value, unit)}</span>
  }
  const boards: Column<HostRow>[] = [
    { key: 'cpu', title: say.cpu, width: 104, sort: true, cell: use('cpu', say.cpu) },
    { key: 'memory', title: say.memoryUse, width: 112, sort: true, cell: use('memory', say.memoryUse) },
    { key: 'inlet', title: say.inlet, width: 100, align: 'end', sort: true, hideBelow: 1300, cell: plain('inlet', '°C') },
    { key: 'power', title: say.power, width: 84, align: 'end', sort: true, hideBelow: 1300, cell: plain('power', 'W') },
  ]
  return [
    {
      key: 'name', title: term.host, sort: true, width: figures ? 164 : undefined,
      cell: (row) => (
        <Link to={`/hosts/${encodeURIComponent(row.hostId)}`} tabIndex={-1} className={styles.name} title={row.hostId}>
          {row.name ?? row.hostId}
        </Link>
      ),
    },
    {
      key: 'region', title: term.region,
      cell: (row) => (
        <span title={[region(row.regionCode), row.availabilityZone].filter((part) => part).join(' · ')}>
          {region(row.regionCode)}
        </span>
      ),
    },
    { key: 'cluster', title: term.cluster, sort: true, width: 94, hideBelow: 900, cell: (row) => row.cluster ?? '—' },
    { key: 'rack', title: term.rack, sort: true, width: 124, hideBelow: 1100, cell: (row) => <span className="mono">{row.rack ?? '—'}</span> },
    { key: 'alarms', title: say.activeAlarms, width: 72, cell: (row) => <Worst alarms={known.get(row.hostId)?.alarms} /> },
    ...(figures ? boards : []),
    { key: 'size', title: say.size, width: 94, align: 'end', sort: true, hideBelow: 900, cell: (row) => gib(row.memoryGib) },
    { key: 'architecture', title: say.arch, width: 92, hideBelow: 1300, cell: (row) => row.cpuArchitecture ?? '—' },
  ]
}

function Worst({ alarms }: { alarms: HostFigures['alarms'] }) {
  const say = useWords(words)
  const { count } = useFormat()
  const word = useSeverityWord()
  if (alarms === undefined) {
    return null
  }
  if (alarms === null || alarms.count === 0) {
    return <span className={styles.none}>{alarms === null ? '—' : count(0)}</span>
  }
  return (
    <span title={say.alarmsOf(count(alarms.count), word(alarms.worst))}>
      <SeverityMark severity={alarms.worst} /> {alarms.count !== null && count(alarms.count)}
    </span>
  )
}

/** PhoneRow is a host in two lines: what it is and how much it has to do, where it stands and its worst alarm. */
export function PhoneRow({ row, figures }: { row: HostRow; figures: HostFigures | undefined }) {
  const say = useWords(words)
  const region = useRegionName()
  const { percent } = useFormat()
  const use = (label: string, figure: Figure | null | undefined) => {
    const value = figure ? figure.value / 100 : null
    const level = levelOf(value, settings.nearlyFull, settings.full)
    return figure === undefined ? null : (
      <span className={styles.use} data-level={level}>
        {label} {percent(value)} <LevelMark level={level} />
      </span>
    )
  }
  return (
    <span className={lines.phone}>
      <span className={lines.line}>
        <Link to={`/hosts/${encodeURIComponent(row.hostId)}`} tabIndex={-1} className={styles.name}>
          {row.name ?? row.hostId}
        </Link>
        <span className={styles.uses}>
          {use(say.cpu, figures?.cpu)}
          {use(say.memoryUse, figures?.memory)}
        </span>
      </span>
      <span className={lines.line} data-second>
        <span className={lines.cut}>{[region(row.regionCode), row.cluster, row.rack].filter((part) => part).join(' · ')}</span>
        {figures?.alarms?.count !== 0 && <Worst alarms={figures?.alarms} />}
      </span>
    </span>
  )
}
