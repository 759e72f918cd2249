// All of the address in one place, for those who read and change it.
export { href, prefix, type Parameters } from './base'
export { forgetDropped, useDropped } from './dropped'
export { Link } from './link'
export { carried, dropUnknown, go, useChoice, useParameter, useParameters, usePath, type How } from './parameters'
export { offered, parseRange, useRange, useRangeShown, type Range, type TimeRange } from './range'
