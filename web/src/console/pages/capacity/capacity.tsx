import { useEffect, useMemo } from 'react'

import { useParameter } from '../../address'
import { openQuery, useAnswer } from '../../data'
import { PageHead } from '../../frame'
import { Bones, Empty } from '../../parts/empty'
import { Icon } from '../../parts/icon'
import { LevelLegend } from '../../parts/meter'
import { Panel } from '../../parts/panel'
import { usePhone } from '../../parts/screen'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { wholePercent } from '../../text/formats'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { useAsked, type Show } from './asked'
import styles from './capacity.module.css'
import { CapacityForecast, CapacityTable } from './documents'
import { atLeast, fillingOf, forecastsOf, keyOf, matrixOf } from './figures'
import { Filters } from './filters'
import { FillsFirst } from './filling'
import { PoolList } from './list'
import { MatrixTable } from './matrix'
import { useNames } from './names'
import { Pool } from './pool'
import { saveCells } from './save'
import { words } from './words'

/** Page /capacity is for planners, once a day: what must be ordered, and by when. */
export default function CapacityPage() {
  const say = useWords(words)
  const common = useWords(terms)
  const { count, dateTime } = useFormat()
  const phone = usePhone()
  const { dimensionOf } = useNames()
  const asked = useAsked()
  const [id, setId] = useParameter('id')
  const shown = useAnswer(CapacityTable, asked.variables.table)
  const forecast = useAnswer(CapacityForecast, asked.variables.forecast, { own: true })
  useAlong(shown.at, forecast)
  const table = shown.data?.table ?? undefined
  const cells = useMemo(() => atLeast(table?.cells ?? [], asked.least), [table, asked.least])
  const matrix = useMemo(() => matrixOf(cells, shown.data?.sums?.cells ?? [], asked.rows, asked.columns), [cells, shown.data, asked.rows, asked.columns])
  const forecasts = useMemo(() => forecastsOf(forecast.data?.table?.cells, forecast.problems), [forecast.data, forecast.problems])
  const filling = useMemo(() => (forecasts === undefined || table === undefined ? undefined : fillingOf(cells, forecasts)), [cells, forecasts, table])
  // What takes the table away as well has been told above it.
  const problems = table === undefined ? forecast.problems.filter(({ code }) => shown.problems.every((problem) => problem.code !== code)) : forecast.problems
  const title = say.matrix(dimensionOf[asked.rows], dimensionOf[asked.columns])
  const opened = id === undefined ? undefined : table?.cells.find((cell) => keyOf(cell) === id)
  const outlook = opened && forecasts?.get(keyOf(opened))

  return (
    <>
      <PageHead
        title={common.capacity}
        sub={table === undefined ? undefined : say.pools(count(table.cells.length))}
        extra={
          cells.length > 0 && (
            <button type="button" className={styles.save} title={say.csvTitle} onClick={() => saveCells(cells, forecasts)}>
              <Icon name="download" size={14} /> {say.csv}
            </button>
          )
        }
      />
      <Filters asked={asked} found={table && atLeast(table.cells, asked.least ?? settings.nearlyFull).length} />
      <Panel
        title={phone ? say.list : title}
        sub={<Legend show={asked.show} />}
        age={table?.oldestObservedAt ? common.asOf(dateTime(table.oldestObservedAt)) : undefined}
        query={openQuery(CapacityTable, asked.variables.table)}
        flush
      >
        {table === undefined && shown.loading && <Bones rows={6} height={49} />}
        {table === undefined && shown.problems.length > 0 && <Empty title={say.missing} icon="warning" />}
        {table !== undefined && cells.length === 0 && <Nothing least={asked.least} onAll={() => asked.setLeast(undefined)} />}
        {cells.length > 0 &&
          (phone ? (
            <PoolList cells={cells} asked={asked} forecasts={forecasts} open={id} onOpen={setId} />
          ) : (
            <MatrixTable label={title} matrix={matrix} asked={asked} forecasts={forecasts} open={id} onOpen={setId} />
          ))}
      </Panel>
      {(table !== undefined || problems.length > 0) && (
        <FillsFirst asked={asked} filling={filling} problems={problems} again={() => forecast.refetch()} open={id} onOpen={setId} />
      )}
      <Pool
        id={table === undefined ? undefined : id}
        cell={opened}
        asked={asked}
        forecast={outlook}
        problems={outlook === undefined ? problems : []}
        again={() => forecast.refetch()}
        onClose={() => setId(undefined)}
      />
    </>
  )
}

/** useAlong asks a forecast that failed anew when the figures of now were asked anew: nobody else asks it. */
function useAlong(at: number, { problems, refetch }: { problems: readonly unknown[]; refetch(): void }) {
  const failed = problems.length > 0
  useEffect(() => {
    if (at > 0 && failed) {
      refetch()
    }
    // What failed later is asked again with the next answer, and not at once.
  }, [at])
}

function Legend({ show }: { show: Show }) {
  const say = useWords(words)
  if (show === 'days') {
    return <LevelLegend nearly={say.within('90')} full={say.within('30')} />
  }
  const [nearly, full] = [wholePercent(settings.nearlyFull), wholePercent(settings.full)]
  return <LevelLegend ok={say.below(nearly)} nearly={say.from(nearly)} full={say.from(full)} />
}

/** Nothing says what was asked, and the way out. */
function Nothing({ least, onAll }: { least: number | undefined; onAll(): void }) {
  const say = useWords(words)
  if (least === undefined) {
    return <Empty title={say.empty} icon="capacity" />
  }
  return (
    <Empty title={say.emptyFrom(wholePercent(least))} icon="check">
      <button type="button" className={styles.all} onClick={onAll}>
        {say.showAll}
      </button>
    </Empty>
  )
}
