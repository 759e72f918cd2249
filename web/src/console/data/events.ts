import { useEffect } from 'react'

import { useLatest } from '../latest'
import { operationName, type Document } from './graphql'
import { follow, type Root } from './live'
import { keyOf } from './question'

/** EventsOptions say what else a page wants to know of what it follows. */
export interface EventsOptions {
  pause?: boolean
  /** onLagged is told that changes were missed: everything has to be read again. */
  onLagged?: (missed: number | undefined) => void
  /**
   * onStands is told when the subscription has begun. What was read before may lack what changed since, so that a page reads again here;
   * `again` is true after a cut, where the missed events follow by themselves.
   */
  onStands?: (again: boolean) => void
}

/**
 * useEvents follows a subscription as long as a component is there. Its document has a variable $after, by which it goes on behind the last
 * event after a lost connection, and one root field with eventId, kind and missed.
 */
export function useEvents<Data, Variables extends object>(
  document: Document<Data, Variables>,
  variables: Omit<Variables, 'after'>,
  onEvent: (data: Data) => void,
  { pause = false, onLagged, onStands }: EventsOptions = {},
): void {
  const key = keyOf(document, variables)
  const heard = useLatest({ onEvent, onLagged, onStands })
  useEffect(() => {
    if (pause) {
      return
    }
    return follow(document.toString(), operationName(document), variables, {
      event(data) {
        const root = Object.values(data as object)[0] as Root
        if (root.kind === 'LAGGED') {
          heard.current.onLagged?.(root.missed ?? undefined)
        } else {
          heard.current.onEvent(data as Data)
        }
      },
      stands: (again) => heard.current.onStands?.(again),
    })
    // The key stands for the document and the variables.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, pause])
}
