import { useRegionName } from '../../frame/regions'
import type { Sort } from '../../parts/datatable'
import { Icon } from '../../parts/icon'
import { usePhone } from '../../parts/screen'
import { Select, type Choice } from '../../parts/select'
import { TextFilter } from '../../parts/textfilter'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { Chosen } from './chosen'
import styles from './hosts.module.css'
import { words } from './words'

export interface Counted {
  value?: string | null | undefined
  count: number
}

interface FiltersProps {
  chosen: Chosen
  /** The order in which the rows are. */
  sort: Sort
  regions: readonly Counted[]
  clusters: readonly Counted[]
  architectures: readonly Counted[]
}

/** Filters are what the list of hosts can be narrowed by, each choice with how many hosts it has. */
export function Filters({ chosen, sort, regions, clusters, architectures }: FiltersProps) {
  const say = useWords(words)
  const term = useWords(terms)
  const { count } = useFormat()
  const regionName = useRegionName()
  const phone = usePhone()
  const choices = (counted: readonly Counted[], name: (value: string) => string = (value) => value): Choice[] =>
    counted.flatMap(({ value, count: n }) => (value === null || value === undefined ? [] : [{ value, label: say.choice(name(value), count(n)) }]))
  return (
    <div role="group" aria-label={say.filters} className={styles.filters}>
      <TextFilter
        label={say.textLabel}
        placeholder={say.text}
        value={chosen.text}
        slash
        onChange={(text) => chosen.change({ q: text === '' ? undefined : text }, 'replace')}
      />
      <Select
        label={term.region}
        all={say.allRegions}
        value={chosen.region}
        choices={choices(regions, regionName)}
        // A cluster or rack of one region is none of another.
        onChange={(region) => chosen.change({ region, cluster: undefined, rack: undefined })}
      />
      <Select
        label={term.cluster}
        all={say.allClusters}
        value={chosen.cluster}
        choices={choices(clusters)}
        onChange={(cluster) => chosen.change({ cluster })}
      />
      <Select
        label={say.architecture}
        all={say.allArchitectures}
        value={chosen.architecture}
        choices={choices(architectures)}
        onChange={(arch) => chosen.change({ arch })}
      />
      {phone && <Order chosen={chosen} sort={sort} />}
      {chosen.rack !== undefined && (
        <button type="button" className={styles.chip} title={say.removeRack(chosen.rack)} onClick={() => chosen.change({ rack: undefined })}>
          {say.rackChip(chosen.rack)} <Icon name="close" size={11} />
          <span className="visually-hidden">{say.removeRack(chosen.rack)}</span>
        </button>
      )}
    </div>
  )
}

// On a phone there are no heads to click at.
function Order({ chosen, sort: { key, descending } }: Pick<FiltersProps, 'chosen' | 'sort'>) {
  const say = useWords(words)
  const value = descending && chosen.metric === undefined ? `-${key}` : key
  return (
    <Select
      label={say.sort}
      value={value}
      choices={[
        { value: 'name', label: say.byName },
        { value: 'cpu', label: say.byCpu },
        { value: 'memory', label: say.byMemory },
        { value: 'inlet', label: say.byInlet },
        { value: 'power', label: say.byPower },
        { value: 'cluster', label: say.byCluster },
        { value: 'rack', label: say.byRack },
        { value: '-size', label: say.bySize },
      ]}
      onChange={(sort) => chosen.change({ sort: sort === 'name' ? undefined : sort })}
    />
  )
}
