/** sparkPath draws values into a box, one pixel away from its edges, from 0 or the lowest value to the top; a gap lifts the pen. */
export function sparkPath(points: readonly (number | null)[], width: number, height: number, max?: number): string {
  const known = points.filter((value) => value !== null)
  if (known.length === 0) {
    return ''
  }
  const top = max ?? Math.max(...known)
  const bottom = max === undefined ? Math.min(...known) : 0
  const across = (index: number) => (points.length === 1 ? width / 2 : 1 + (index / (points.length - 1)) * (width - 2))
  const up = (value: number) => (top === bottom ? height / 2 : height - 1 - ((value - bottom) / (top - bottom)) * (height - 2))
  let down = false
  return points
    .map((value, index) => {
      if (value === null) {
        down = false
        return ''
      }
      const alone = !down && (points[index + 1] ?? null) === null
      const text = `${down ? 'L' : 'M'}${across(index).toFixed(1)} ${up(value).toFixed(1)}${alone ? 'h0.1' : ''}`
      down = true
      return text
    })
    .join('')
}
