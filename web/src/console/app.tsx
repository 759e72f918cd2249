import { lazy, Suspense, type ComponentType } from 'react'

import { usePath } from './address'
import { Frame } from './frame/frame'
import { Bones } from './parts/empty'

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

type Page = ComponentType<Record<string, string>>

const Missing = lazy(() => import('./frame/missing')) as unknown as Page

// A page is made once: another one of the same name would begin anew at each drawing.
const pages = new Map(routes.map(([, name]) => [name, pageOf(modules[`./pages/${name}/${name}.tsx`])]))

function pageOf(load: (() => Promise<{ default: Page }>) | undefined): Page {
  return load === undefined ? Missing : lazy(load)
}

// Whoever types an address may leave a per cent sign in it: then it stands for itself.
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** find gives the page of a path, and the parts of the path that are its own: `code`, `hostId`, `id`. */
function find(path: string): { Page: Page; parts: Record<string, string> } {
  for (const [pattern, name] of routes) {
    const match = pattern.exec(path)
    if (match !== null) {
      const parts = Object.entries(match.groups ?? {}).map(([part, value]) => [part, decoded(value)])
      return { Page: pages.get(name) ?? Missing, parts: Object.fromEntries(parts) as Record<string, string> }
    }
  }
  return { Page: Missing, parts: {} }
}

/** App is the page of the path, in its frame. */
export function App() {
  const path = usePath()
  const { Page, parts } = find(path)
  return (
    <Frame>
      <Suspense fallback={<Bones rows={6} />}>
        <Page key={path} {...parts} />
      </Suspense>
    </Frame>
  )
}
