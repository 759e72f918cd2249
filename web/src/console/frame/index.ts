// What pages use of the frame.
export { useKeys } from './keys'
export { PageHead } from './pagehead'
export { useKnownRegion, useNamed, useRegionName, useRegions, useRegionsAnswer, type Named } from './regions'
export { ProblemOf } from './strip'
export { toast } from './toast'
