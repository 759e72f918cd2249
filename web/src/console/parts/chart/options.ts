import type { RefObject } from 'react'
import uPlot from 'uplot'

import type { Format } from '../../text/format'
import { topOf } from './scale'
import { tooltip } from './tooltip'
import type { PlotProps } from './plot'

const lines = ['--line1', '--line2', '--line3']

/** token reads a colour as the theme has it now. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

function paler(color: string, alpha: number): string {
  return `color-mix(in srgb, ${color} ${alpha * 100}%, transparent)`
}

/** optionsOf is a chart for uPlot: y from 0, its unit in the head of the panel, no legend of its own. */
export function optionsOf(props: RefObject<PlotProps>, format: Format, element: HTMLElement, styles: Readonly<Record<string, string>>): uPlot.Options {
  const { series, unit, cursorGroup, width, height, onRange, peak } = props.current
  const drawn: uPlot.Series[] = [{}]
  const bands: uPlot.Band[] = []
  series.forEach((one, index) => {
    const color = () => token(lines[index % 3]!)
    drawn.push({
      label: one.label,
      stroke: color,
      width: 1.6,
      points: { show: false },
      spanGaps: false,
      ...(index === 0 && one.upper === undefined ? { fill: () => paler(color(), 0.1) } : {}),
    })
    if (one.upper !== undefined) {
      drawn.push({ label: peak, stroke: () => paler(color(), 0.45), width: 1, points: { show: false }, spanGaps: false })
      bands.push({ series: [drawn.length - 1, drawn.length - 2], fill: () => paler(color(), 0.16) })
    }
  })
  const axis = { stroke: () => token('--text2'), font: `12px ${getComputedStyle(document.body).fontFamily}`, ticks: { show: false } }
  return {
    width,
    height,
    // Half a label stands beyond the last sample.
    padding: [8, 18, 0, 0],
    series: drawn,
    bands,
    legend: { show: false },
    scales: {
      x: { time: true, range: () => [props.current.range.from / 1000, props.current.range.to / 1000] },
      y: { range: (_, __, max) => [0, unit === '%' ? 100 : topOf(Math.max(max ?? 0, props.current.threshold ?? 0)).top] },
    },
    axes: [
      { ...axis, grid: { show: false }, space: 70, size: 26, gap: 6, values: (_, splits) => timeLabels(splits, props.current.range, format) },
      {
        ...axis,
        grid: { stroke: () => token('--line'), width: 1 },
        size: 44,
        gap: 6,
        splits: (_, __, min, max) => splitsOf(min, max, unit === '%'),
        values: (_, splits) => splits.map((value) => (unit === '%' ? `${value}%` : format.quantity(value, ''))),
      },
    ],
    cursor: {
      ...(cursorGroup === undefined ? {} : { sync: { key: cursorGroup, setSeries: false } }),
      drag: { x: onRange !== undefined, y: false, setScale: false, dist: 6 },
      points: { size: 6 },
      y: false,
    },
    hooks: {
      draw: [(plot) => drawThreshold(plot, props.current.threshold)],
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select
          if (wide > 6) {
            const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + wide, 'x')]
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
            props.current.onRange?.(new Date(from * 1000), new Date(to * 1000))
          }
        },
      ],
    },
    plugins: [tooltip(props, format, element, styles)],
  }
}

function splitsOf(min: number, max: number, percent: boolean): number[] {
  const step = percent ? 20 : max / Math.max(1, Math.round(max / topOf(max).step))
  const splits: number[] = []
  for (let at = min; at <= max + step / 1000; at += step) {
    splits.push(Number(at.toPrecision(12)))
  }
  return splits
}

// Within a day the hour is enough; further it is the day, with the hour where labels are less than a day apart.
function timeLabels(splits: number[], range: { from: number; to: number }, format: Format): string[] {
  const days = (range.to - range.from) / 86_400_000
  const apart = splits.length > 1 ? splits[1]! - splits[0]! : 0
  return splits.map((at) => {
    const iso = new Date(at * 1000).toISOString()
    return days <= 1.05 ? format.time(iso) : apart >= 86_400 ? format.date(iso) : format.time(iso) === '00:00' ? format.date(iso) : format.time(iso)
  })
}

function drawThreshold(plot: uPlot, threshold: number | undefined) {
  if (threshold === undefined) {
    return
  }
  const { ctx, bbox } = plot
  const y = Math.round(plot.valToPos(threshold, 'y', true)) + 0.5
  ctx.save()
  ctx.strokeStyle = token('--major-fill')
  ctx.lineWidth = 1.2 * devicePixelRatio
  ctx.setLineDash([5 * devicePixelRatio, 3 * devicePixelRatio])
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
}
