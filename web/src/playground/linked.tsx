import { ToolbarButton, useGraphiQL } from '@graphiql/react'
import { useEffect } from 'react'

import { change } from './answers'
import { copyText } from './clipboard'
import { readLink, writeLink } from '../wire/link'
import { useOpen } from './open'

/** Linked opens the query of the page's address in a tab, when the page loads and when the address changes. It does not run it. */
export function Linked() {
  const open = useOpen()
  const ready = open !== undefined
  useEffect(() => {
    if (!ready) {
      return
    }
    const read = () => {
      const found = readLink(window.location.hash)
      if (found === undefined) {
        return
      }
      // The tab keeps the query from now on: a reload must not open it once more.
      window.history.replaceState(null, '', window.location.pathname + window.location.search)
      if ('fault' in found) {
        change({ told: { text: `This link can't be opened: ${found.fault}.`, passing: false } })
        return
      }
      open(found.linked.document, found.linked.variables)
      change({ told: { text: 'The query comes from a link and has not run. Read it before you run it.', passing: false } })
    }
    read()
    window.addEventListener('hashchange', read)
    return () => window.removeEventListener('hashchange', read)
  }, [ready])
  return null
}

/** LinkButton copies a link of the query and the variables in the editors. Headers are not part of it. */
export function LinkButton() {
  const queryEditor = useGraphiQL((state) => state.queryEditor)
  const variableEditor = useGraphiQL((state) => state.variableEditor)
  const copy = async () => {
    const made = writeLink(window.location.href, {
      document: queryEditor?.getValue() ?? '',
      variables: variableEditor?.getValue() ?? '',
    })
    if ('fault' in made) {
      change({ told: { text: `There is no link of this query: ${made.fault}.`, passing: false } })
      return
    }
    const copied = await copyText(made.url)
    const text = copied ? 'Link copied. It has the query and the variables, and no header.' : 'The browser did not allow to copy the link.'
    change({ told: { text, passing: copied } })
  }
  return (
    <ToolbarButton label="Copy link to this query" onClick={() => void copy()}>
      <svg className="graphiql-toolbar-icon" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
        <path d="M8.5 11.5a3.5 3.5 0 0 0 5 0l3-3a3.54 3.54 0 0 0-5-5l-1 1M11.5 8.5a3.5 3.5 0 0 0-5 0l-3 3a3.54 3.54 0 0 0 5 5l1-1" />
      </svg>
    </ToolbarButton>
  )
}
