import { useParameters } from '../../address'
import { useNamed, useRegions } from '../../frame'
import { Toggle } from '../../parts/chip'
import { usePhone } from '../../parts/screen'
import { Segmented } from '../../parts/segmented'
import { Select } from '../../parts/select'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { wholePercent } from '../../text/formats'
import { serviceName } from '../../text/services'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { measured, type Asked } from './asked'
import styles from './capacity.module.css'
import { dimensions } from './figures'
import { useNames } from './names'
import { words } from './words'

/** Filters are what is asked: what cells show, what rows and columns are, and of what. Found are the pools that are as full as is asked. */
export function Filters({ asked, found }: { asked: Asked; found: number | undefined }) {
  const say = useWords(words)
  const common = useWords(terms)
  const { count } = useFormat()
  const regions = useRegions()
  const named = useNamed()
  const phone = usePhone()
  const least = wholePercent(asked.least ?? settings.nearlyFull)
  return (
    <div className={styles.filters}>
      <Segmented
        label={say.show}
        value={asked.show}
        segments={[
          { value: 'percent', label: say.percent },
          { value: 'quantity', label: say.quantity },
          { value: 'days', label: say.days },
        ]}
        onChange={(value) => asked.setShow(value === 'percent' ? undefined : value)}
      />
      <Axes asked={asked} />
      <Select label={common.region} value={asked.region} all={say.allRegions} choices={regions.map((region) => ({ value: region.code, label: named(region) }))} onChange={asked.setRegion} />
      <Select
        label={common.cloudService}
        value={asked.service}
        all={say.allServices}
        choices={measured.map((service) => ({ value: service, label: serviceName(service) }))}
        onChange={(value) => asked.setService(measured.find((one) => one === value))}
      />
      <Select
        label={say.zone}
        value={asked.zone}
        all={say.allZones}
        choices={[
          { value: 'POD', label: common.tenantZone },
          { value: 'MANAGE', label: common.managementZone },
        ]}
        onChange={(value) => asked.setZone(value === 'POD' || value === 'MANAGE' ? value : undefined)}
      />
      <Toggle
        pressed={asked.least !== undefined}
        onToggle={(pressed) => asked.setLeast(pressed ? settings.nearlyFull : undefined)}
        label={say.fromLabel(least, count(found ?? null))}
      >
        {say.from(least)} {!phone && found !== undefined && <b>{count(found)}</b>}
      </Toggle>
    </div>
  )
}

/** Axes chooses rows and columns. Choosing for one what the other is swaps them. */
function Axes({ asked: { rows, columns } }: { asked: Asked }) {
  const say = useWords(words)
  const { dimensionOf } = useNames()
  const [, set] = useParameters()
  const choose = (next: { rows: string; columns: string }) => {
    const isUsual = next.rows === 'region' && next.columns === 'service'
    set({ rows: isUsual ? undefined : next.rows, cols: isUsual ? undefined : next.columns, id: undefined })
  }
  return (
    <>
      <Select
        label={say.rowsLabel}
        value={rows}
        choices={dimensions.map((value) => ({ value, label: say.rows(dimensionOf[value]) }))}
        onChange={(value = 'region') => choose({ rows: value, columns: value === columns ? rows : columns })}
      />
      <Select
        label={say.columnsLabel}
        value={columns}
        choices={dimensions.map((value) => ({ value, label: say.columns(dimensionOf[value]) }))}
        onChange={(value = 'service') => choose({ rows: value === rows ? columns : rows, columns: value })}
      />
    </>
  )
}
