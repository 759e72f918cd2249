import { useDebouncedValue } from '@mantine/hooks'
import type { ReactNode } from 'react'

import { go, href } from '../address'
import { askForToken, graphql, useAnswer, type DataOf, type Problem } from '../data'
import { Icon, type IconName } from '../parts/icon'
import { SeverityMark } from '../parts/severity'
import { settings } from '../settings'
import { useFormat } from '../text/format'
import { setLanguage, useLanguage } from '../text/language'
import { terms } from '../text/terms'
import { useWords } from '../text/words'
import { useScheme } from '../theme/theme'
import { places } from './navigation'
import { openOverlay } from './overlay'
import { useNamed, useRegionName, useRegions } from './regions'
import { words } from './words'

const PaletteQuery = graphql(`
  query Palette($text: String!) {
    hosts(first: 8, filter: { nameContains: $text }) {
      totalCount
      nodes {
        id
        hostId
        name
        regionCode
      }
    }
    alarms(first: 5, filter: { nameContains: $text, cleared: false }, orderBy: { field: URGENCY, direction: DESC }) {
      nodes {
        id
        name
        severity
        regionCode
        managedElement {
          name
        }
      }
    }
    devices(first: 5, filter: { nameContains: $text }) {
      nodes {
        id
        deviceId
        name
        managementIp
      }
    }
  }
`)

/** Found is one line of the palette. */
export interface Found {
  key: string
  mark: ReactNode
  label: string
  /** What tells it from others with the same label. */
  more?: string | undefined
  open: () => void
}

export interface FoundGroup {
  title: string
  found: Found[]
}

function icon(name: IconName): ReactNode {
  return <Icon name={name} />
}

function contains(text: string, ...parts: (string | null | undefined)[]): boolean {
  return parts.some((part) => part?.toLowerCase().includes(text.toLowerCase()))
}

/** FoundNow is what is found so far. Where there are problems it lacks something. */
interface FoundNow {
  groups: FoundGroup[]
  asking: boolean
  problems: Problem[]
  again: () => void
}

/** useFound is everything that a text leads to: pages, regions and actions at once, what the gateway knows after a moment. */
export function useFound(text: string): FoundNow {
  const typed = text.trim()
  const [asked] = useDebouncedValue(typed, 250)
  const pause = asked.length < 2
  const { data, problems, at, kept, refetch } = useAnswer(PaletteQuery, { text: asked }, { own: true, pause, keep: true })
  const near = useNear(typed)
  const isOld = kept || asked !== typed
  const far = useFar(pause ? undefined : data, asked, isOld)
  return {
    groups: [...near, ...far].filter(({ found }) => found.length > 0),
    asking: !pause && (isOld || at === 0),
    problems: pause || isOld ? [] : problems,
    again: refetch,
  }
}

function useNear(text: string): FoundGroup[] {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const named = useNamed()
  const regions = useRegions()
  const language = useLanguage()
  const { scheme, turn } = useScheme()
  const pages: Found[] = places.map(({ to, name, icon: picture }) => ({
    key: to,
    mark: icon(picture),
    label: saidTerms[name],
    open: () => go(to),
  }))
  pages.push({ key: 'playground', mark: icon('query'), label: saidTerms.playground, open: () => location.assign(href('/playground')) })
  const actions: Found[] = [
    { key: 'theme', mark: icon(scheme === 'dark' ? 'sun' : 'moon'), label: scheme === 'dark' ? say.toLight : say.toDark, open: turn },
    {
      key: 'language',
      mark: icon('globe'),
      label: say.switchLanguageLong,
      open: () => setLanguage(language === 'zh' ? 'en' : 'zh'),
    },
    ...(settings.identity === 'token' ? [{ key: 'token', mark: icon('key'), label: say.token, open: askForToken }] : []),
    // The palette closes itself after what was chosen: the sheet opens after that.
    { key: 'keys', mark: icon('key'), label: say.keys, open: () => setTimeout(() => openOverlay('keys')) },
  ]
  const sites = regions
    .filter((region) => contains(text, region.code, region.name, region.nameEn))
    .map((region) => ({
      key: region.code,
      mark: icon('globe'),
      label: named(region),
      more: region.code,
      open: () => go(`/regions/${encodeURIComponent(region.code)}`),
    }))
  return [
    { title: say.palettePages, found: pages.filter(({ label, key }) => contains(text, label, key)) },
    { title: say.paletteRegions, found: sites },
    { title: say.paletteActions, found: actions.filter(({ label, key }) => contains(text, label, key)) },
  ]
}

function useFar(data: DataOf<typeof PaletteQuery> | undefined, text: string, isOld: boolean): FoundGroup[] {
  const say = useWords(words)
  const regionName = useRegionName()
  const { count } = useFormat()
  const hosts = data?.hosts?.nodes ?? []
  const total = data?.hosts?.totalCount ?? 0
  const foundHosts: Found[] = hosts.map(({ id, hostId, name, regionCode }) => ({
    key: id,
    mark: icon('host'),
    label: name ?? hostId,
    more: regionName(regionCode),
    open: () => go(`/hosts/${encodeURIComponent(hostId)}`),
  }))
  // How many there are of one text is not how many there are of the next one.
  if (total > hosts.length && !isOld) {
    foundHosts.push({
      key: 'all-hosts',
      mark: icon('search'),
      label: say.paletteAllHosts(count(total)),
      open: () => go(`/hosts?q=${encodeURIComponent(text)}`),
    })
  }
  const alarms: Found[] = (data?.alarms?.nodes ?? []).map(({ id, name, severity, regionCode, managedElement }) => ({
    key: id,
    mark: <SeverityMark severity={severity} />,
    label: name ?? id,
    more: [regionName(regionCode), managedElement?.name].filter(Boolean).join(' · '),
    open: () => go(`/alarms?id=${encodeURIComponent(id)}`),
  }))
  // Devices have no page of their own: what one looks for is what is wrong with them.
  const devices: Found[] = (data?.devices?.nodes ?? []).map(({ id, deviceId, name, managementIp }) => ({
    key: id,
    mark: icon('link'),
    label: name ?? id,
    more: managementIp ?? undefined,
    open: () => go(`/alarms?state=all&device=${encodeURIComponent(deviceId)}`),
  }))
  return [
    { title: say.paletteHosts, found: foundHosts },
    { title: say.paletteAlarms, found: alarms },
    { title: say.paletteDevices, found: devices },
  ]
}
