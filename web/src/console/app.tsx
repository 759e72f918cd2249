import { Suspense, type ComponentType } from 'react'

import { usePath } from './address'
import { Frame } from './frame/frame'
import { later } from './later'
import { Bones } from './parts/empty'

type Page = ComponentType<Record<string, string>>

const Jobs = later(() => import('./pages/jobs/jobs'))

/** routes are the paths that the gateway answers with this page, and the pages behind them. */
const routes = [
  [/^\/$/, later(() => import('./pages/overview/overview'))],
  [/^\/regions\/(?<code>[^/]+)$/, later(() => import('./pages/region/region'))],
  [/^\/hosts$/, later(() => import('./pages/hosts/hosts'))],
  [/^\/hosts\/(?<hostId>[^/]+)$/, later(() => import('./pages/host/host'))],
  [/^\/alarms$/, later(() => import('./pages/alarms/alarms'))],
  [/^\/capacity$/, later(() => import('./pages/capacity/capacity'))],
  [/^\/jobs$/, Jobs],
  [/^\/jobs\/(?<id>[^/]+)$/, Jobs],
  [/^\/upstream$/, later(() => import('./pages/upstream/upstream'))],
] as unknown as readonly [pattern: RegExp, page: Page][]

const Missing = later(() => import('./frame/missing'))

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
  for (const [pattern, Page] of routes) {
    const match = pattern.exec(path)
    if (match !== null) {
      const parts = Object.entries(match.groups ?? {}).map(([part, value]) => [part, decoded(value)])
      return { Page, parts: Object.fromEntries(parts) as Record<string, string> }
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
