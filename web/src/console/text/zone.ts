import { useSyncExternalStore } from 'react'

import { settings } from '../settings'
import { remember, remembered } from './memory'

/** Zone says by which clock times are told: that of the site, of the reader, or none. */
export type Zone = 'site' | 'browser' | 'utc'

const zones: readonly Zone[] = ['site', 'browser', 'utc']
const kept = remembered('zone') as Zone | null
let current: Zone = kept !== null && zones.includes(kept) ? kept : 'site'
const listeners = new Set<() => void>()

export function setZone(zone: Zone) {
  current = zone
  remember('zone', zone)
  listeners.forEach((listener) => listener())
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** useZone gives the chosen zone and its IANA name. */
export function useZone(): { zone: Zone; name: string } {
  const zone = useSyncExternalStore(subscribe, () => current)
  const names: Record<Zone, string> = {
    site: settings.timeZone,
    browser: Intl.DateTimeFormat().resolvedOptions().timeZone,
    utc: 'UTC',
  }
  return { zone, name: names[zone] }
}
