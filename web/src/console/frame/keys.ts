import { createContext, useContext, useEffect, useId } from 'react'

import { useLatest } from '../latest'
import { store, useStore } from '../store'
import { remember, remembered } from '../text/memory'

/**
 * Keys are what keys do: `j`, `/`, `?`, `.`, `Enter`, `Escape`, `ArrowDown`, `g o` for one after the other, `mod+k` for Ctrl or Command.
 * One that returns false did nothing: the next one that knows the key is asked, and then the browser.
 */
export type Keys = Record<string, (event: KeyboardEvent) => void | false>

interface Layer {
  keys: { readonly current: Keys }
  /** The dialog that they are of; undefined for those of the page. */
  dialog: string | undefined
  anywhere: boolean
}

// The layer that came last is asked first: a page before the frame.
const layers: Layer[] = []

// The open dialogs. What lies below the last one has no keys but those that work anywhere.
const dialogs: string[] = []

/** Within is the dialog that a component is in. */
export const Within = createContext<string | undefined>(undefined)

/** useDialogKeys keeps keys from what lies below a dialog, and gives its name for what is in it. */
export function useDialogKeys(open: boolean): string {
  const id = useId()
  useEffect(() => {
    if (!open) {
      return undefined
    }
    dialogs.push(id)
    return () => void dialogs.splice(dialogs.indexOf(id), 1)
  }, [open, id])
  return id
}

function asked(): Layer[] {
  return layers.filter(({ dialog, anywhere }) => anywhere || dialog === dialogs.at(-1))
}

// Letters can be switched off: whoever speaks to a computer types them by accident (WCAG 2.1.4).
const name = 'keys'
const letters = store(remembered(name) !== 'off')

export function setLetters(on: boolean) {
  remember(name, on ? 'on' : 'off')
  letters.set(on)
}

/** useLetters is whether single characters are keys. */
export function useLetters(): boolean {
  return useStore(letters)
}

function typesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) {
    return false
  }
  const input = target instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'range', 'submit'].includes(target.type)
  return input || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
}

function ask(key: string, event: KeyboardEvent): boolean {
  for (const { keys } of asked().toReversed()) {
    const act = keys.current[key]
    if (act !== undefined && act(event) !== false) {
      event.preventDefault()
      return true
    }
  }
  return false
}

// The first letter of two, and until when the second one belongs to it.
let started = ''
let until = 0

function press(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing || event.altKey) {
    return
  }
  if (event.ctrlKey || event.metaKey) {
    ask(`mod+${event.key.toLowerCase()}`, event)
    return
  }
  const isCharacter = event.key.length === 1
  if (typesText(event.target) || (isCharacter && !letters.get())) {
    // Escape leaves a field, whatever was typed; all other keys are the field's own.
    if (event.key === 'Escape') {
      ask('Escape', event)
    }
    return
  }
  // A letter that is held down goes on moving, and does nothing else again.
  if (event.repeat && isCharacter && event.key !== 'j' && event.key !== 'k') {
    return
  }
  if (started !== '' && event.timeStamp < until && ask(`${started} ${event.key}`, event)) {
    started = ''
    return
  }
  started = ''
  const begins = isCharacter && asked().some(({ keys }) => Object.keys(keys.current).some((key) => key.startsWith(`${event.key} `)))
  if (begins) {
    started = event.key
    until = event.timeStamp + 1500
    return
  }
  ask(event.key, event)
}

/**
 * useKeys has keys do something while the component is there; what they do may change with each time it is drawn. Those that work anywhere
 * also do below a dialog.
 */
export function useKeys(keys: Keys, anywhere = false) {
  const latest = useLatest(keys)
  const dialog = useContext(Within)
  useEffect(() => {
    const layer = { keys: latest, dialog, anywhere }
    if (layers.push(layer) === 1) {
      document.addEventListener('keydown', press)
    }
    return () => {
      layers.splice(layers.indexOf(layer), 1)
      if (layers.length === 0) {
        document.removeEventListener('keydown', press)
      }
    }
  }, [latest, dialog, anywhere])
}
