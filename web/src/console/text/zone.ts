import { settings } from '../settings'
import { store, useStore } from '../store'
import { remember, remembered } from './memory'

/** Zone says by which clock times are told: that of the site, of the reader, or none. */
export type Zone = 'site' | 'browser' | 'utc'

const zones: readonly Zone[] = ['site', 'browser', 'utc']
const kept = remembered('zone') as Zone | null
const current = store<Zone>(kept !== null && zones.includes(kept) ? kept : 'site')

export function setZone(zone: Zone) {
  remember('zone', zone)
  current.set(zone)
}

let ofBrowser: string | undefined

function nameOf(zone: Zone): string {
  if (zone === 'site') {
    return settings.timeZone
  }
  return zone === 'utc' ? 'UTC' : (ofBrowser ??= Intl.DateTimeFormat().resolvedOptions().timeZone)
}

/** useZone gives the chosen zone and its IANA name. */
export function useZone(): { zone: Zone; name: string } {
  const zone = useStore(current)
  return { zone, name: nameOf(zone) }
}
