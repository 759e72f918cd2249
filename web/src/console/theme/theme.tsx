import '@mantine/core/styles/default-css-variables.layer.css'
import './mantine.css'
import './tokens.css'
import './base.css'

import { createTheme, MantineProvider, useComputedColorScheme, useMantineColorScheme, type MantineColorSchemeManager } from '@mantine/core'
import { useCallback, type ReactNode } from 'react'

import { remember, remembered } from '../text/memory'

// The name under which scheme.js looks, too.
const kept = 'theme'

const manager: MantineColorSchemeManager = {
  get(otherwise) {
    const scheme = remembered(kept)
    return scheme === 'light' || scheme === 'dark' ? scheme : otherwise
  },
  set: (scheme) => remember(kept, scheme),
  // Other tabs keep their own theme until they are loaded again.
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
}

const theme = createTheme({
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  respectReducedMotion: true,
  cursorType: 'pointer',
})

/**
 * Theme is what components of Mantine stand in. It writes no style of its own into the page, whose policy allows files only: variables
 * and helper classes come from files, and our tokens override them.
 */
export function Theme({ children }: { children: ReactNode }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={manager} withCssVariables={false} withGlobalClasses={false}>
      {children}
    </MantineProvider>
  )
}

/** useScheme is whether the page is light or dark, and what turns it over. */
export function useScheme(): { scheme: 'light' | 'dark'; turn: () => void } {
  // Transitions are kept: to forbid them for a moment Mantine would write a style.
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const turn = useCallback(() => setColorScheme(scheme === 'dark' ? 'light' : 'dark'), [scheme, setColorScheme])
  return { scheme, turn }
}
