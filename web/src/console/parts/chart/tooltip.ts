import type { RefObject } from 'react'
import type uPlot from 'uplot'

import type { Format } from '../../text/format'
import type { PlotProps } from './plot'

/** tooltip writes the values under the cursor beside it; screen readers have the sentence and the table. */
export function tooltip(props: RefObject<PlotProps>, format: Format, element: HTMLElement, styles: Readonly<Record<string, string>>): uPlot.Plugin {
  const box = document.createElement('div')
  box.className = styles.tooltip ?? ''
  box.hidden = true
  return {
    hooks: {
      init: () => element.append(box),
      destroy: () => box.remove(),
      setCursor(plot) {
        const { idx, left } = plot.cursor
        if (idx === null || idx === undefined || left === undefined || left < 0) {
          box.hidden = true
          return
        }
        const at = plot.data[0][idx]
        const rows = plot.series.slice(1).flatMap((one, index) => {
          const value = plot.data[index + 1]?.[idx]
          return typeof value === 'number' ? [`${String(one.label)}  ${props.current.write(value)}`] : []
        })
        box.hidden = at === undefined || rows.length === 0
        if (at === undefined) {
          return
        }
        box.replaceChildren(...[format.dateTime(new Date(at * 1000).toISOString()), ...rows].map(line))
        const right = left + plot.bbox.left / devicePixelRatio > plot.width / 2
        box.style.left = right ? '' : `${left + plot.bbox.left / devicePixelRatio + 12}px`
        box.style.right = right ? `${plot.width - left - plot.bbox.left / devicePixelRatio + 12}px` : ''
      },
    },
  }
}

function line(text: string): HTMLElement {
  const row = document.createElement('div')
  row.textContent = text
  return row
}
