import { useSyncExternalStore } from 'react'

/** Overlay is what lies over the page: the palette, with what is written in it, or the sheet of keys. */
export interface Overlay {
  name: 'palette' | 'keys'
  text: string
}

let overlay: Overlay | undefined
const listeners = new Set<() => void>()

function set(to: Overlay | undefined) {
  overlay = to
  listeners.forEach((listener) => listener())
}

export function openOverlay(name: Overlay['name'], text = '') {
  set({ name, text })
}

export function closeOverlay() {
  set(undefined)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useOverlay(): Overlay | undefined {
  return useSyncExternalStore(subscribe, () => overlay)
}
