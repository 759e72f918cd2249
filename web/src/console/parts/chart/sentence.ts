import { type ChartSeries, figuresOf } from './series'

/** Said are the words of a chart's sentence. */
export interface Said {
  sentence(label: string, last: string, average: string, peak: string): string
  gaps(count: number): string
}

/** sentenceOf tells what a chart shows to those who don't see it: of each line the last value, average, peak and gaps. */
export function sentenceOf(label: string, series: readonly ChartSeries[], say: Said, write: (value: number) => string): string {
  const told = (value: number | null) => (value === null ? '—' : write(value))
  const parts = series.map((one) => {
    const { last, average, peak, gaps } = figuresOf(one)
    const text = say.sentence(series.length === 1 ? label : one.label, told(last), told(average), told(peak))
    return gaps > 0 ? `${text}, ${say.gaps(gaps)}` : text
  })
  return series.length === 1 ? parts.join('') : `${label}: ${parts.join('; ')}`
}
