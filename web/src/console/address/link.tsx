import type { AnchorHTMLAttributes, MouseEvent } from 'react'
import { navigate, useSearch } from 'wouter/use-browser-location'

import { carried, hrefFrom } from './base'

export interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  /** A page of the console, with parameters of its own where it has some. */
  to: string
  /** The parameters of this page that go along. */
  keep?: readonly string[]
}

/** Link goes to another page of the console, as a link of a document does: a new tab by the usual keys, an address to copy. */
export function Link({ to, keep = carried, onClick, children, ...rest }: LinkProps) {
  // What is carried along changes with the address, whoever changes it.
  useSearch()
  const target = hrefFrom(to, keep)
  const click = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    const elsewhere = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey
    if (!event.defaultPrevented && !elsewhere && rest.target === undefined) {
      event.preventDefault()
      navigate(target)
    }
  }
  return (
    <a {...rest} href={target} onClick={click}>
      {children}
    </a>
  )
}
