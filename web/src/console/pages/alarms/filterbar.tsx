import { useState, type ReactNode } from 'react'

import type { DataOf } from '../../data'
import { useNamed, useRegions } from '../../frame'
import { Toggle } from '../../parts/chip'
import { Icon } from '../../parts/icon'
import { usePhone } from '../../parts/screen'
import { Segmented } from '../../parts/segmented'
import { Select } from '../../parts/select'
import { severities, SeverityMark, type Severity } from '../../parts/severity'
import { TextFilter } from '../../parts/textfilter'
import { useFormat } from '../../text/format'
import { serviceName } from '../../text/services'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { AlarmsHead } from './documents'
import { noFilter, whole, type Chosen, type State } from './filter'
import styles from './filterbar.module.css'
import { useSpan } from './span'
import { words } from './words'

type Head = DataOf<typeof AlarmsHead>

interface FilterBarProps {
  chosen: Chosen
  head: Head | undefined
}

/** FilterBar is all that narrows the list. Each button says how many it would leave. */
export function FilterBar({ chosen, head }: FilterBarProps) {
  const say = useWords(words)
  const term = useWords(terms)
  const isPhone = usePhone()
  const [open, setOpen] = useState(false)
  const { state, change } = chosen
  const segments = [
    { value: 'active', label: term.active },
    { value: 'cleared', label: term.cleared },
    { value: 'all', label: term.all },
  ] as const
  const selects = (
    <>
      <RegionSelect chosen={chosen} head={head} />
      <ServiceSelect chosen={chosen} head={head} />
    </>
  )
  return (
    <div className={styles.bar} role="search" aria-label={say.filters}>
      <div className={styles.line}>
        <Segmented<State>
          label={term.state}
          value={state}
          segments={segments}
          onChange={(value) => change({ state: value === 'active' ? undefined : value })}
        />
        {isPhone && (
          <button type="button" className={styles.more} aria-expanded={open} aria-label={say.more} onClick={() => setOpen(!open)}>
            <Icon name="filter" />
            {(chosen.region !== undefined || chosen.service !== undefined) && <span className={styles.set} />}
          </button>
        )}
      </div>
      <Severities chosen={chosen} head={head} />
      {(!isPhone || open) && <div className={styles.selects}>{selects}</div>}
      <div className={styles.text}>
        <TextFilter
          label={say.textLabel}
          placeholder={say.text}
          value={chosen.text}
          slash
          onChange={(q) => change({ q: q === '' ? undefined : q }, 'replace')}
        />
      </div>
      <Chips chosen={chosen} />
    </div>
  )
}

function Severities({ chosen, head }: { chosen: Chosen; head: Head | undefined }) {
  const say = useWords(words)
  const { count } = useFormat()
  const isPhone = usePhone()
  const counts = countsOf(head)
  const toggle = (severity: Severity, on: boolean) => {
    const next = severities.filter((one) => (one === severity ? on : chosen.severities.includes(one)))
    chosen.change({ severity: next.length === 0 ? undefined : next.join() })
  }
  return (
    <div className={styles.severities} role="group" aria-label={useWords(terms).severity}>
      {severities.map((severity) => (
        <Toggle key={severity} pressed={chosen.severities.includes(severity)} onToggle={(on) => toggle(severity, on)}>
          <SeverityMark severity={severity} word={!isPhone} />
          <span className={styles.count}>{count(counts[severity])}</span>
        </Toggle>
      ))}
      {(counts.unknown ?? 0) > 0 && (
        <span className={styles.unknown} title={say.unknownSeverity(count(counts.unknown))}>
          <SeverityMark severity={null} />
          <span className={styles.count}>{count(counts.unknown)}</span>
        </span>
      )}
    </div>
  )
}

/** countsOf are the alarms of each severity; those of none that is known are what is left of all. Null is not known. */
function countsOf(head: Head | undefined): Record<Severity | 'unknown', number | null> {
  const of = (part: { totalCount?: number | null } | null | undefined) => part?.totalCount ?? null
  const counts = { CRITICAL: of(head?.critical), MAJOR: of(head?.major), MINOR: of(head?.minor), WARNING: of(head?.warning) }
  const known = Object.values(counts)
  const all = of(head?.all)
  const unknown = all === null || known.includes(null) ? null : all - known.reduce<number>((sum, one) => sum + (one ?? 0), 0)
  return { ...counts, unknown }
}

function RegionSelect({ chosen, head }: FilterBarProps) {
  const say = useWords(words)
  const term = useWords(terms)
  const { count } = useFormat()
  const regions = useRegions()
  const named = useNamed()
  const counted = new Map((head?.anywhere?.byRegion ?? []).map((one) => [one.regionCode, countOf(one, chosen.state)]))
  const choices = regions
    .map((region) => ({ region, n: counted.get(region.code) }))
    .sort((a, b) => (b.n ?? 0) - (a.n ?? 0))
    .map(({ region, n }) => ({ value: region.code, label: withCount(`${named(region)}  ${region.code}`, n === undefined ? undefined : count(n)) }))
  return (
    <Select
      label={term.region}
      all={say.allRegions}
      value={chosen.region}
      choices={choices}
      onChange={(region) => chosen.change({ region })}
    />
  )
}

function countOf({ total, active }: { total: number; active: number }, state: State): number {
  return state === 'active' ? active : state === 'cleared' ? total - active : total
}

function ServiceSelect({ chosen, head }: { chosen: Chosen; head: Head | undefined }) {
  const say = useWords(words)
  const { count } = useFormat()
  const counted = (head?.anything?.byService ?? []).flatMap(({ service, count: n }) => (service ? [{ service, n }] : []))
  const choices = counted.map(({ service, n }) => ({
    value: service,
    // The summary counts active ones: their number says nothing of cleared ones.
    label: withCount(serviceName(service), chosen.state === 'active' ? count(n) : undefined),
  }))
  const missing = chosen.service !== undefined && counted.every(({ service }) => service !== chosen.service)
  const all =
    missing && chosen.service !== undefined ? [...choices, { value: chosen.service, label: serviceName(chosen.service) }] : choices
  return (
    <Select
      label={say.service}
      all={say.allServices}
      value={chosen.service}
      choices={all}
      onChange={(service) => chosen.change({ service })}
    />
  )
}

function withCount(name: string, n: string | undefined): string {
  return n === undefined ? name : `${name}  (${n})`
}

/** Chips are the parts of the filter that came with a link or the trend, each with a button that takes it away. */
function Chips({ chosen }: { chosen: Chosen }) {
  const say = useWords(words)
  const span = useSpan()
  const { kind, host, device, range, change, narrowed } = chosen
  const chips: [key: string, text: string | undefined][] = [
    ['kind', kind === undefined ? undefined : say.kindOf(kind)],
    ['host', host === undefined ? undefined : say.hostOf(host)],
    ['device', device === undefined ? undefined : say.deviceOf(device)],
    ['range', range.text === whole ? undefined : say.spanOf(span(range))],
  ]
  const shown = chips.filter((chip): chip is [string, string] => chip[1] !== undefined)
  if (shown.length === 0 && !narrowed) {
    return null
  }
  return (
    <div className={styles.chips}>
      {shown.map(([key, text]) => (
        <Removable key={key} name={say.takeAway(text)} onRemove={() => change({ [key]: undefined })}>
          {text}
        </Removable>
      ))}
      {narrowed && (
        <button type="button" className={styles.reset} onClick={() => change(noFilter)}>
          {say.reset}
        </button>
      )}
    </div>
  )
}

function Removable({ children, name, onRemove }: { children: ReactNode; name: string; onRemove: () => void }) {
  return (
    <button type="button" className={styles.chip} aria-label={name} title={name} onClick={onRemove}>
      <span className={styles.chipText}>{children}</span>
      <Icon name="close" size={12} />
    </button>
  )
}
