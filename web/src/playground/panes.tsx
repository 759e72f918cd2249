import { ExecuteButton, useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'

import { see } from './answers'

const panes = [
  { name: 'query', label: 'Query' },
  { name: 'variables', label: 'Variables' },
  { name: 'answer', label: 'Answer' },
] as const

type Pane = (typeof panes)[number]['name']

// The width below which one pane is shown at a time; panes.css has the same.
const narrow = window.matchMedia('(max-width: 720px)')

function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrow.addEventListener('change', listener)
      return () => narrow.removeEventListener('change', listener)
    },
    () => narrow.matches,
  )
}

/** Panes is the switch between what a small screen shows one at a time. A query that runs leads to its answer, a new tab to its query. */
export function Panes() {
  const isNarrow = useNarrow()
  const [pane, setPane] = useState<Pane>('query')
  const { setVisiblePlugin } = useGraphiQLActions()
  const plugin = useGraphiQL((state) => state.visiblePlugin)
  const isFetching = useGraphiQL((state) => state.isFetching)
  const tab = useSeenTab()
  const shown = plugin ? 'plugin' : pane
  const go = (to: Pane) => {
    setPane(to)
    if (narrow.matches) {
      setVisiblePlugin(null)
    }
  }
  useEffect(() => {
    document.documentElement.dataset['pane'] = shown
  }, [shown])
  useEffect(() => {
    if (isFetching) {
      go('answer')
    }
  }, [isFetching])
  const before = useRef(tab)
  useEffect(() => {
    if (before.current !== tab) {
      before.current = tab
      go('query')
    }
  }, [tab])
  if (!isNarrow) {
    return null
  }
  return (
    <nav className="playground-panes playground-beside" aria-label="Panes">
      {panes.map(({ name, label }) => (
        <button key={name} type="button" aria-pressed={shown === name} onClick={() => go(name)}>
          {label}
        </button>
      ))}
      <ExecuteButton />
    </nav>
  )
}

/** useSeenTab tells the rest of the page which of the editor's tabs is seen, and keeps its head in sight. */
function useSeenTab(): string {
  const tabs = useGraphiQL((state) => state.tabs)
  const active = useGraphiQL((state) => state.activeTabIndex)
  const tab = tabs[active]?.id ?? ''
  const open = tabs.map(({ id }) => id).join(' ')
  useEffect(() => see(tab, open.split(' ')), [tab, open])
  const title = tabs[active]?.title
  useEffect(() => {
    document.querySelector('.graphiql-tab-active')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [tab, title])
  return tab
}
