/** topOf is the top of an axis from 0 that has the highest value under it: 1, 2, 2.5 or 5 times a power of ten in each step. */
export function topOf(highest: number, steps = 4): { top: number; step: number } {
  if (!(highest > 0)) {
    return { top: steps, step: 1 }
  }
  const raw = highest / steps
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10) * power
  return { top: step * Math.ceil(highest / step - 1e-9), step }
}

/** wholeTopOf is the same for counts: no step is a part of one. */
export function wholeTopOf(highest: number, steps = 3): { top: number; step: number } {
  const step = Math.max(1, Math.ceil(topOf(highest, steps).step))
  return { top: Math.max(1, Math.ceil(highest / step)) * step, step }
}

/** ticksOf are the values at which an axis has lines, 0 among them. */
export function ticksOf({ top, step }: { top: number; step: number }): number[] {
  return Array.from({ length: Math.round(top / step) + 1 }, (_, index) => round(index * step))
}

/** everyNth is how many labels of an axis to leave out so that they don't touch: every so many-th stays. */
export function everyNth(count: number, width: number, labelWidth: number): number {
  return Math.max(1, Math.ceil((count * labelWidth) / Math.max(width, 1)))
}

function round(value: number): number {
  return Number(value.toPrecision(12))
}
