import 'uplot/dist/uPlot.min.css'

import { useEffect, useRef } from 'react'
import uPlot from 'uplot'

import { useFormat } from '../../text/format'
import { align, type ChartSeries } from './series'
import { optionsOf } from './options'
import styles from './plot.module.css'

export interface PlotProps {
  series: readonly ChartSeries[]
  unit: string
  threshold?: number | undefined
  range: { from: number; to: number }
  onRange?(from: Date, to: Date): void
  cursorGroup?: string | undefined
  width: number
  height: number
  write(value: number): string
  /** Names the band's upper edge. */
  peak: string
}

/** Plot is the canvas of a chart. It is made anew when its lines change, and is only given data when they do not. */
export default function Plot(props: PlotProps) {
  const box = useRef<HTMLDivElement>(null)
  const format = useFormat()
  const now = useRef(props)
  now.current = props
  const { series, unit, threshold, range, cursorGroup, width, height } = props
  const shape = JSON.stringify([series.map((one) => [one.key, one.label, one.upper !== undefined]), unit, threshold, cursorGroup])

  const plot = useRef<uPlot>(undefined)
  const data = () => {
    const { times, lines } = align(now.current.series.flatMap((one) => (one.upper === undefined ? [one] : [one, { points: one.upper, gap: one.gap }])))
    return [times, ...lines] as uPlot.AlignedData
  }
  useEffect(() => {
    const element = box.current
    if (element === null) {
      return
    }
    const made = new uPlot(optionsOf(now, format, element, styles), data(), element)
    plot.current = made
    const again = () => {
      // Colours are read from the tokens when a chart is drawn.
      made.redraw(false, true)
    }
    const theme = new MutationObserver(again)
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme', 'data-theme', 'class'] })
    return () => {
      theme.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [shape, format])
  useEffect(() => plot.current?.setSize({ width, height }), [width, height])
  useEffect(() => plot.current?.setData(data()), [series, range.from, range.to])
  return <div ref={box} className={styles.plot} />
}
