import { lazy, Suspense, type ComponentType } from 'react'

import { usePath } from './address'
import { Frame } from './frame/frame'

// Pages come when they are first looked at, and a page that nobody wrote yet is none.
const modules = import.meta.glob<{ default: ComponentType<Record<string, string>> }>([
  './pages/overview/overview.tsx',
  './pages/region/region.tsx',
  './pages/hosts/hosts.tsx',
  './pages/host/host.tsx',
  './pages/alarms/alarms.tsx',
  './pages/capacity/capacity.tsx',
  './pages/jobs/jobs.tsx',
  './pages/upstream/upstream.tsx',
])

/** routes are the paths that the gateway answers with this page, and the pages behind them. */
const routes: readonly [pattern: RegExp, page: string][] = [
  [/^\/$/, 'overview'],
  [/^\/regions\/(?<code>[^/]+)$/, 'region'],
  [/^\/hosts$/, 'hosts'],
  [/^\/hosts\/(?<hostId>[^/]+)$/, 'host'],
  [/^\/alarms$/, 'alarms'],
  [/^\/capacity$/, 'capacity'],
  [/^\/jobs$/, 'jobs'],
  [/^\/jobs\/(?<id>[^/]+)$/, 'jobs'],
  [/^\/upstream$/, 'upstream'],
]

const pages = new Map<string, ComponentType<Record<string, string>>>()

function pageOf(name: string): ComponentType<Record<string, string>> {
  const load = modules[`./pages/${name}/${name}.tsx`]
  const page = pages.get(name) ?? lazy(load ?? (() => Promise.reject(new Error(`no page ${name}`))))
  pages.set(name, page)
  return page
}

/** App is the page of the path, in its frame. A page gets the parts of its path: `code`, `hostId`, `id`. */
export function App() {
  const path = usePath()
  const match = routes.map(([pattern, name]) => ({ name, match: pattern.exec(path) })).find((one) => one.match !== null)
  const Page = pageOf(match?.name ?? 'overview')
  const parts = Object.fromEntries(Object.entries(match?.match?.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]))
  return (
    <Frame>
      <Suspense>
        <Page key={path} {...parts} />
      </Suspense>
    </Frame>
  )
}
