import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react'

import { forgetDropped, go, usePath } from '../address'
import { useReports, useTokenAsked } from '../data'
import { useWords } from '../text/words'
import { useScheme } from '../theme/theme'
import { Away } from './away'
import { Boundary } from './boundary'
import { Foot } from './foot'
import styles from './frame.module.css'
import { useKeys } from './keys'
import { SideNavigation, TabBar } from './navigation'
import { closeOverlay, openOverlay, useOverlay, type Overlay } from './overlay'
import { Toast, toast } from './toast'
import { TopBar } from './topbar'
import { words } from './words'

// None of these is there at first sight.
const Palette = lazy(() => import('./palette'))
const KeysSheet = lazy(() => import('./keyssheet'))
const TokenDialog = lazy(() => import('../data/tokendialog'))

/** Frame is what stands around every page: the ways to the others, search, range, language, theme. It stays whatever the page does. */
export function Frame({ children }: { children: ReactNode }) {
  const say = useWords(words)
  const path = usePath()
  const main = useRef<HTMLElement>(null)
  useArrival(path, main)
  useFrameKeys()
  // The page has a base, with which a link to #main would leave it.
  const skip = () => main.current?.focus()
  return (
    <div className={styles.frame}>
      <button type="button" className={styles.skip} onClick={skip}>
        {say.skip}
      </button>
      <SideNavigation />
      <TopBar />
      <main ref={main} id="main" tabIndex={-1} className={styles.main}>
        <Away />
        <div className={styles.page}>
          <Boundary key={path}>{children}</Boundary>
        </div>
        <Foot />
      </main>
      <TabBar />
      <Toast />
      <Overlays />
    </div>
  )
}

function Overlays() {
  const overlay = useOverlay()
  const asked = useTokenAsked()
  useTypedEarly(overlay)
  return (
    <Suspense>
      {overlay?.name === 'palette' && <Palette text={overlay.text} onClose={closeOverlay} />}
      {overlay?.name === 'keys' && <KeysSheet onClose={closeOverlay} />}
      {asked !== 'no' && <TokenDialog />}
    </Suspense>
  )
}

// The palette is loaded when it is first opened: what is typed until it has the focus goes into it, too, and is no key of the page.
function useTypedEarly(overlay: Overlay | undefined) {
  useEffect(() => {
    if (overlay?.name !== 'palette') {
      return undefined
    }
    const take = (event: KeyboardEvent) => {
      const writes = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey
      if (writes && !(document.activeElement instanceof HTMLInputElement)) {
        event.preventDefault()
        event.stopPropagation()
        openOverlay('palette', overlay.text + event.key)
      }
    }
    document.addEventListener('keydown', take, true)
    return () => document.removeEventListener('keydown', take, true)
  }, [overlay])
}

/** useArrival begins a new page at its top, closes what was open over the old one, and tells screen readers where they are. */
function useArrival(path: string, main: React.RefObject<HTMLElement | null>) {
  const [arrived, setArrived] = useState(path)
  useEffect(() => {
    if (path !== arrived) {
      setArrived(path)
      forgetDropped()
      closeOverlay()
      main.current?.scrollTo(0, 0)
      main.current?.focus({ preventScroll: true })
    }
  }, [path, arrived, main])
}

const places = { o: '/', a: '/alarms', c: '/capacity', h: '/hosts', j: '/jobs', u: '/upstream' }

function useFrameKeys() {
  const say = useWords(words)
  const { turn } = useScheme()
  const { refetch } = useReports()
  const copy = () => {
    navigator.clipboard.writeText(location.href).then(
      () => toast(say.linkCopied),
      () => toast(say.linkNotCopied),
    )
  }
  useKeys({
    'mod+k': () => openOverlay('palette'),
    '?': () => openOverlay('keys'),
    t: turn,
    x: copy,
    r: () => {
      refetch(10)
      toast(say.refreshed)
    },
    ...Object.fromEntries(Object.entries(places).map(([key, to]) => [`g ${key}`, () => go(to)])),
  })
}
