import { go, href, Link, usePath } from '../address'
import { askForToken } from '../data'
import { Icon, type IconName } from '../parts/icon'
import { Menu } from '../parts/menu'
import { settings } from '../settings'
import { terms } from '../text/terms'
import { useWords } from '../text/words'
import { Logo } from './logo'
import styles from './navigation.module.css'
import { openOverlay } from './overlay'
import { words } from './words'

interface Place {
  to: string
  /** Goes there behind `g`. */
  key: string
  name: 'overview' | 'alarms' | 'capacity' | 'hosts' | 'jobs' | 'upstream'
  icon: IconName
}

/** places are the pages that one goes to; those below them belong to the one whose path they begin with. */
export const places: readonly Place[] = [
  { to: '/', key: 'o', name: 'overview', icon: 'overview' },
  { to: '/alarms', key: 'a', name: 'alarms', icon: 'alarms' },
  { to: '/capacity', key: 'c', name: 'capacity', icon: 'capacity' },
  { to: '/hosts', key: 'h', name: 'hosts', icon: 'host' },
  { to: '/jobs', key: 'j', name: 'jobs', icon: 'jobs' },
  { to: '/upstream', key: 'u', name: 'upstream', icon: 'upstream' },
]

function isHere(to: string, path: string): boolean {
  return to === '/' ? path === '/' || path.startsWith('/regions/') : path === to || path.startsWith(`${to}/`)
}

function PlaceLink({ place }: { place: Place }) {
  const say = useWords(terms)
  const path = usePath()
  return (
    <Link to={place.to} className={styles.place} aria-current={isHere(place.to, path) ? 'page' : undefined} title={say[place.name]}>
      <Icon name={place.icon} />
      <span className={styles.name}>{say[place.name]}</span>
    </Link>
  )
}

/** SideNavigation is at the left of a wide screen: with names, or a rail of icons where there is less room. */
export function SideNavigation() {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  return (
    <nav className={styles.side} aria-label={say.pages}>
      <Link to="/" className={styles.brand} aria-label={say.home(settings.siteName)}>
        <Logo />
        <span className={styles.name}>{settings.siteName}</span>
      </Link>
      <ul className={styles.places}>
        {places.map((place) => (
          <li key={place.to}>
            <PlaceLink place={place} />
          </li>
        ))}
      </ul>
      <a href={href('/playground')} className={`${styles.place} ${styles.last}`} title={saidTerms.playground}>
        <Icon name="query" />
        <span className={styles.name}>{saidTerms.playground}</span>
      </a>
    </nav>
  )
}

const tabs = places.slice(0, 4)
const others = places.slice(4)

/** TabBar is at the bottom of a phone: four pages, and the rest behind three dots. */
export function TabBar() {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const path = usePath()
  const isOther = others.some((place) => isHere(place.to, path))
  const items = [
    ...others.map((place) => ({
      key: place.to,
      label: saidTerms[place.name],
      icon: <Icon name={place.icon} />,
      checked: isHere(place.to, path),
      onChoose: () => go(place.to),
    })),
    { key: 'playground', label: saidTerms.playground, icon: <Icon name="query" />, onChoose: () => location.assign(href('/playground')) },
    { key: 'keys', label: say.keys, icon: <Icon name="key" />, onChoose: () => openOverlay('keys') },
    ...(settings.identity === 'token' ? [{ key: 'token', label: say.token, icon: <Icon name="key" />, onChoose: askForToken }] : []),
  ]
  const dots = (
    <>
      <Icon name="dots" />
      <span className={styles.name}>{say.more}</span>
    </>
  )
  return (
    <nav className={styles.tabs} aria-label={say.pages}>
      {tabs.map((place) => (
        <PlaceLink key={place.to} place={place} />
      ))}
      <Menu label={say.more} items={items} button={{ className: styles.place, here: isOther, children: dots }} />
    </nav>
  )
}
