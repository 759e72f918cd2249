import { useEffect } from 'react'

import { useLatest } from '../latest'
import { store, useStore } from '../store'
import { remember, remembered } from '../text/memory'

/**
 * Keys are what keys do: `j`, `/`, `?`, `.`, `Enter`, `Escape`, `ArrowDown`, `g o` for one after the other, `mod+k` for Ctrl or Command.
 * One that returns false did nothing: the next one that knows the key is asked, and then the browser.
 */
export type Keys = Record<string, (event: KeyboardEvent) => void | false>

type Layer = { readonly current: Keys }

// The layer that came last is asked first: a drawer before its page, a page before the frame.
const layers: Layer[] = []

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
  for (const layer of layers.toReversed()) {
    const act = layer.current[key]
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
  if (started !== '' && event.timeStamp < until && ask(`${started} ${event.key}`, event)) {
    started = ''
    return
  }
  started = ''
  const begins = isCharacter && layers.some((layer) => Object.keys(layer.current).some((key) => key.startsWith(`${event.key} `)))
  if (begins) {
    started = event.key
    until = event.timeStamp + 1500
    return
  }
  ask(event.key, event)
}

/** useKeys has keys do something while the component is there; what they do may change with each time it is drawn. */
export function useKeys(keys: Keys) {
  const layer = useLatest(keys)
  useEffect(() => {
    if (layers.push(layer) === 1) {
      document.addEventListener('keydown', press)
    }
    return () => {
      layers.splice(layers.indexOf(layer), 1)
      if (layers.length === 0) {
        document.removeEventListener('keydown', press)
      }
    }
  }, [layer])
}
