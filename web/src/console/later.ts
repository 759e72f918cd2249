import { lazy, type ComponentType, type LazyExoticComponent } from 'react'

import { tryAgain, untilHere } from './data/gateway'

/**
 * later is a part of the console that is loaded when it is first drawn. While the gateway is away it is waited for: a browser may keep a
 * failure for as long as the page is there, and React does. What does not come from a gateway that answers is gone.
 */
export function later<Props>(load: () => Promise<{ default: ComponentType<Props> }>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    await untilHere()
    for (let left = 1; ; ) {
      try {
        return await load()
      } catch (fault) {
        await tryAgain()
        if (!(await untilHere()) && left-- === 0) {
          throw fault
        }
        await sheetsAgain()
      }
    }
  })
}

// What the build loads style sheets with asks for each of them once.
async function sheetsAgain() {
  const failed = [...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')].filter(({ sheet }) => sheet === null)
  await Promise.all(
    failed.map(
      (link) =>
        new Promise<unknown>((told) => {
          const again = link.cloneNode() as HTMLLinkElement
          again.onload = again.onerror = told
          link.replaceWith(again)
        }),
    ),
  )
}
