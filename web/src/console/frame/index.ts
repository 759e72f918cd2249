// What pages use of the frame.
export { useKeys, type Keys } from './keys'
export { PageHead, type HeadAge, type PageHeadProps } from './pagehead'
