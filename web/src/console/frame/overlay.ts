import { store, useStore } from '../store'

/** Overlay is what lies over the page: the palette, with what is written in it, or the sheet of keys. */
export interface Overlay {
  name: 'palette' | 'keys'
  text: string
}

const overlay = store<Overlay | undefined>(undefined)

export function openOverlay(name: Overlay['name'], text = '') {
  overlay.set({ name, text })
}

export function closeOverlay() {
  overlay.set(undefined)
}

export function useOverlay(): Overlay | undefined {
  return useStore(overlay)
}
