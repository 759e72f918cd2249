// All of the address in one place, for those who read and change it.
export { carried, href, type Parameters } from './base'
export { forgetDropped, useDropped } from './dropped'
export { Link } from './link'
export { dropUnknown, go, useChoice, useParameter, useParameters, usePath } from './parameters'
export { offered, parseRange, useRange, useRangeShown, type Range, type TimeRange } from './range'
