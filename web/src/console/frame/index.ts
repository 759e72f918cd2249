// What pages use of the frame.
export { useKeys, type Keys } from './keys'
export { openOverlay } from './overlay'
export { PageHead, type HeadAge, type PageHeadProps } from './pagehead'
export { useNamed, useRegionName, useRegions, type Named } from './regions'
export { ProblemOf } from './strip'
export { toast } from './toast'
