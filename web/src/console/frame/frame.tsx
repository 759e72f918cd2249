import { Suspense, useEffect, useLayoutEffect, useRef, type ReactNode, type RefObject } from 'react'

import { copyText } from '../../playground/clipboard'
import { forgetDropped, go, usePath } from '../address'
import { refetchAll, useGateway, useTokenAsked } from '../data'
import { later } from '../later'
import { useFormat } from '../text/format'
import { useWords } from '../text/words'
import { useScheme } from '../theme/theme'
import { Away } from './away'
import { Boundary, isGone } from './boundary'
import { Foot } from './foot'
import styles from './frame.module.css'
import { useKeys } from './keys'
import { places, SideNavigation, TabBar } from './navigation'
import { closeOverlay, openOverlay, useOverlay, type Overlay } from './overlay'
import { Toast, toast } from './toast'
import { TopBar } from './topbar'
import { words } from './words'

// None of these is there at first sight.
const Palette = later(() => import('./palette'))
const KeysSheet = later(() => import('./keyssheet'))
const TokenDialog = later(() => import('../data/tokendialog'))

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
    <>
      <Boundary key={overlay?.name} instead={Unopened}>
        <Suspense fallback={<Opening />}>
          {overlay?.name === 'palette' && <Palette text={overlay.text} onClose={closeOverlay} />}
          {overlay?.name === 'keys' && <KeysSheet onClose={closeOverlay} />}
        </Suspense>
      </Boundary>
      <Boundary key={asked} instead={Unopened}>
        <Suspense>{asked !== 'no' && <TokenDialog />}</Suspense>
      </Boundary>
    </>
  )
}

// What can't be loaded now is not opened by surprise later.
function Opening() {
  const say = useWords(words)
  const { time } = useFormat()
  const { awaySince } = useGateway()
  useEffect(() => {
    if (awaySince !== undefined) {
      closeOverlay()
      toast(say.away(time(new Date(awaySince).toISOString())))
    }
  }, [awaySince, say, time])
  return null
}

function Unopened({ fault }: { fault: Error }) {
  const say = useWords(words)
  useEffect(() => {
    closeOverlay()
    toast(isGone(fault) ? say.oldTitle : say.failedTitle)
  }, [fault, say])
  return null
}

// The palette is loaded when it is first opened: what is typed until it has the focus goes into it, too, and is no key of the page.
function useTypedEarly(overlay: Overlay | undefined) {
  useEffect(() => {
    if (overlay?.name !== 'palette') {
      return undefined
    }
    const take = (event: KeyboardEvent) => {
      const writes = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey
      if (writes && document.activeElement?.closest('[aria-modal]') == null) {
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
function useArrival(path: string, main: RefObject<HTMLElement | null>) {
  const arrived = useRef(path)
  // Before the effects of the new page, which may have something to say about its address, or open the palette.
  useLayoutEffect(() => {
    if (path !== arrived.current) {
      arrived.current = path
      forgetDropped()
      closeOverlay()
      main.current?.scrollTo(0, 0)
      main.current?.focus({ preventScroll: true })
    }
  }, [path, main])
}

function useFrameKeys() {
  const say = useWords(words)
  const { turn } = useScheme()
  const copy = async () => toast((await copyText(location.href)) ? say.linkCopied : say.linkNotCopied)
  useKeys(
    {
      'mod+k': () => openOverlay('palette'),
      '?': () => openOverlay('keys'),
      t: turn,
      x: () => void copy(),
      r: () => {
        refetchAll(10)
        toast(say.refreshed)
      },
      ...Object.fromEntries(places.map(({ key, to }) => [`g ${key}`, () => go(to)])),
    },
    true,
  )
}
